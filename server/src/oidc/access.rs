//! Access tokens at the activation API (RFC 9068): verification, and the person behind them.

use licensing::{Email, activation::Person};
use serde_json::Value;
use service::{ExpectedToken, Service};

use super::{
    claims::{Claims, id, part, values},
    providers::Providers,
};
use crate::{config::IdentityProvider, outbound::CallError};

/// Maximum size of an access token or logout token, in bytes.
pub(super) const LARGEST: usize = 16 * 1024;
/// Tolerated difference between two clocks, in seconds.
pub(super) const LEEWAY: i64 = 60;

/// Error of an access token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKnown {
    /// The token is not valid; the reason is for the log.
    #[error("{0}")]
    Token(&'static str),
    /// The provider's keys cannot be fetched.
    #[error(transparent)]
    Away(CallError),
}

impl Providers {
    /// Returns `true` if any provider's access tokens are accepted.
    pub(crate) fn give_access(&self) -> bool {
        self.0.all.iter().any(|provider| provider.settings.audience.is_some())
    }

    /// Returns `true` if the token claims one of these providers as its issuer. This verifies nothing.
    pub(crate) fn claim(&self, token: &str) -> bool {
        self.issuer_of(token).is_some_and(|issuer| self.by_issuer(&issuer).is_some())
    }

    fn issuer_of(&self, token: &str) -> Option<String> {
        part(token, 1)?.get("iss")?.as_str().map(str::to_owned)
    }

    /// Verifies an access token for our API (RFC 9068 §4), and returns the person to whom a provider issued it.
    pub(crate) async fn person(&self, service: &Service, token: &str) -> Result<Person, NotKnown> {
        let issuer = self.issuer_of(token).ok_or(NotKnown::Token("it is not a JWT with an issuer"))?;
        let provider = self.by_issuer(&issuer).ok_or(NotKnown::Token("its issuer is not in the settings"))?;
        let settings = &provider.settings;
        let audience = settings.audience.as_deref().ok_or(NotKnown::Token("its issuer has no configured audience"))?;
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
        let claims = service.identity().read_provider_token(token, &expected).map_err(NotKnown::Token)?;
        if !claims.contains_key("exp") {
            return Err(NotKnown::Token("it has no expiry"));
        }
        if settings.api_scope.as_ref().is_some_and(|scope| !has_scope(&claims, scope)) {
            return Err(NotKnown::Token("it lacks the scope"));
        }
        let subject = id(&claims, "sub").ok_or(NotKnown::Token("it has no subject"))?;
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

/// Returns `true` if the claim `scope`, a list separated by spaces (RFC 9068 §2.2.3), contains this scope.
fn has_scope(claims: &Claims, scope: &str) -> bool {
    let given = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    given.split(' ').any(|one| one == scope)
}
