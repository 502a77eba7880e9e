//! Access tokens at the activation API (RFC 9068): whose they are.

use licensing::{Email, activation::Person};
use serde_json::Value;
use service::{ExpectedToken, Service};

use super::{
    Providers,
    claims::{Claims, id, part, values},
    outbound::CallError,
};
use crate::config::IdentityProvider;

/// The largest access token or logout token, in bytes.
pub(super) const LARGEST: usize = 16 * 1024;
/// The difference between two clocks that is allowed for, in seconds.
pub(super) const LEEWAY: i64 = 60;

/// Why a token says nothing of anybody.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKnown {
    /// It is not good; why, for the log.
    #[error("{0}")]
    Token(&'static str),
    /// The provider's keys cannot be had.
    #[error(transparent)]
    Away(CallError),
}

impl Providers {
    /// Whether any provider's access tokens are accepted.
    pub(crate) fn give_access(&self) -> bool {
        self.0.all.iter().any(|provider| provider.settings.audience.is_some())
    }

    /// Whether this token says of itself that one of these providers issued it. Nothing is verified by that.
    pub(crate) fn claim(&self, token: &str) -> bool {
        self.issuer_of(token).is_some_and(|issuer| self.by_issuer(&issuer).is_some())
    }

    fn issuer_of(&self, token: &str) -> Option<String> {
        part(token, 1)?.get("iss")?.as_str().map(str::to_owned)
    }

    /// The person to whom a provider gave this access token for our API (RFC 9068 §4).
    pub(crate) async fn person(&self, service: &Service, token: &str) -> Result<Person, NotKnown> {
        let issuer = self.issuer_of(token).ok_or(NotKnown::Token("it is no JWT of an issuer"))?;
        let provider = self.by_issuer(&issuer).ok_or(NotKnown::Token("its issuer is none of the settings"))?;
        let settings = &provider.settings;
        let audience = settings.audience.as_deref().ok_or(NotKnown::Token("its issuer gives no access here"))?;
        let kid = part(token, 0).and_then(|header| header.get("kid")?.as_str().map(str::to_owned));
        let known = provider.knowing(kid.as_deref()).await.map_err(NotKnown::Away)?;
        let expected = ExpectedToken {
            keys: &known.keys,
            algorithms: &settings.algorithms,
            types: &["at+jwt"],
            issuer: &settings.issuer,
            audience,
            access_token: None,
            refuses_keys: true,
            largest: LARGEST,
            leeway: (LEEWAY, LEEWAY),
        };
        let claims = service.read_provider_token(token, &expected).map_err(NotKnown::Token)?;
        if !claims.contains_key("exp") {
            return Err(NotKnown::Token("it does not say when it ends"));
        }
        if settings.api_scope.as_ref().is_some_and(|scope| !has_scope(&claims, scope)) {
            return Err(NotKnown::Token("it lacks the scope"));
        }
        let subject = id(&claims, "sub").ok_or(NotKnown::Token("it names nobody"))?;
        Ok(person(&claims, subject, settings))
    }
}

fn person(claims: &Claims, subject: &str, settings: &IdentityProvider) -> Person {
    let verified = claims.get("email_verified") == Some(&Value::Bool(true));
    let email = claims.get("email").and_then(Value::as_str).filter(|_| verified);
    Person {
        issuer: settings.issuer.clone(),
        subject: subject.to_owned(),
        email: email.and_then(Email::vouched),
        roles: values(claims, &settings.roles_claim).unwrap_or_default(),
    }
}

/// `scope`, as RFC 9068 §2.2.3 has it: names with spaces between them.
fn has_scope(claims: &Claims, scope: &str) -> bool {
    let given = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    given.split(' ').any(|one| one == scope)
}
