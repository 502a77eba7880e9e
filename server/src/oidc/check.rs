//! Looking again at whoever is signed in: whether the provider still knows them, and by which role.
//!
//! Every ten minutes of use, one request asks the provider before it goes on: with the refresh token, where there is one; else
//! its userinfo, as long as the access token lasts. Where there is nothing left to ask with, the person signs in again.
//! While the provider is away, all goes on as it was, and it is asked again every minute. Whatever else it answers either
//! speaks for the person or ends the login.

use std::sync::Arc;

use licensing::Span;
use service::{Origin, SignOn};
use tokio::time::timeout;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{
    IN_TIME, Providers,
    claims::{Claims, at, person},
    exchange::{ExchangeError, Verified},
    outbound::CallError,
    provider::{Known, Provider},
    redirect_uri,
};
use crate::AppState;

/// How often the provider is asked. With the seconds that it may take, a role that is lost there is lost here within a
/// quarter of an hour.
const EVERY: Span = Span::minutes(10);
/// How long after it was asked without an answer it is asked again.
const AGAIN: Span = Span::minutes(1);

/// What the provider says.
enum Said {
    /// Nobody can tell: it is away.
    Nothing,
    /// Who they are now.
    This(Box<Verified>),
    /// They are out; why.
    Out(String),
}

impl Providers {
    /// Whether a login that began with this sign-on goes on.
    ///
    /// The provider is asked behind the request, not within it: a browser that hangs up must neither call the question off, and
    /// so keep a role that is lost, nor have us forget the fresh tokens that come with the answer.
    pub(crate) async fn check(&self, state: &AppState, id: Uuid, origin: Origin) -> Result<bool, service::Error> {
        let (providers, state) = (self.clone(), state.clone());
        let looking = async move { providers.look_again(&state, id, origin).await };
        let looked = tokio::spawn(looking.in_current_span()).await;
        looked.unwrap_or_else(|error| Err(service::Error::Internal(error.to_string())))
    }

    async fn look_again(&self, state: &AppState, id: Uuid, origin: Origin) -> Result<bool, service::Error> {
        let service = &state.service;
        let turn = usize::try_from(id.as_u128() % self.0.checks.len() as u128).unwrap_or_default();
        let Some(turn) = self.0.checks.get(turn) else { return Ok(true) };
        // Also where it is not due: another request may be asking at this moment, and its answer counts for this one.
        let _turn = turn.lock().await;
        let Some(sign_on) = service.sign_on(id).await? else { return Ok(false) };
        let now = service.clock().now();
        // Until there is an answer it counts as asked so long ago that a minute is left.
        if EVERY.after(sign_on.checked_at) > now
            || !service.claim_check(&sign_on, EVERY.before(AGAIN.after(now))).await?
        {
            return Ok(true);
        }
        let said = match self.by_issuer(&sign_on.issuer) {
            Some(provider) => (provider.ask(state, &sign_on).await, Some(provider)),
            None => (Said::Out("the identity provider is in the settings no more".to_owned()), None),
        };
        match said {
            (Said::This(verified), Some(provider)) => {
                let claimed = person(&verified.claims, &sign_on.subject, &provider.settings);
                let role = claimed.role.or(claimed.unknown);
                Ok(service
                    .claims_again(id, (role, claimed.left_out.as_deref()), Some(&verified.tokens), origin)
                    .await?
                    .is_some())
            }
            (Said::Out(why), _) => {
                service.end_sign_on(id, Some(&why), origin).await?;
                Ok(false)
            }
            (Said::Nothing, _) | (Said::This(_), None) => Ok(true),
        }
    }
}

impl Provider {
    async fn ask(self: &Arc<Self>, state: &AppState, sign_on: &SignOn) -> Said {
        let late = |_| Err(CallError::Late.into());
        match timeout(IN_TIME, self.ask_about(state, sign_on)).await.unwrap_or_else(late) {
            Ok(said) => said,
            Err(error) if error.is_away() => {
                tracing::warn!(provider = self.settings.id, %error, "a login goes on unchecked");
                Said::Nothing
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.id, %error, "the identity provider does not speak for a login");
                Said::Out(out(&error))
            }
        }
    }

    /// Whether these claims say what there is to know.
    fn tells_roles(&self, claims: &Claims) -> bool {
        self.settings.roles.is_empty() || at(claims, &self.settings.roles_claim).is_some()
    }

    async fn ask_about(self: &Arc<Self>, state: &AppState, sign_on: &SignOn) -> Result<Said, ExchangeError> {
        let now = state.service.clock().now();
        let known = self.known().await?;
        let refused = match self.refreshed(state, sign_on, &known).await {
            Ok(Some(said)) => return Ok(said),
            Ok(None) => None,
            // RFC 6749 §5.2: the grant itself is over. All other errors speak of the request or of this server as a client, and
            // not of the person: there is another way to ask.
            Err(ExchangeError::Refused(code)) if code != "invalid_grant" => Some(code),
            Err(error) => return Err(error),
        };
        if let Some(error) = &refused {
            tracing::warn!(provider = self.settings.id, error, "the identity provider renews no tokens");
        }
        let lasts = sign_on.tokens.access_ends_at.is_none_or(|end| end > now);
        if lasts && sign_on.tokens.access_token.is_some() && known.document.userinfo_endpoint.is_some() {
            let claims = self.userinfo(&known, &sign_on.subject, &sign_on.tokens).await?;
            // A provider that tells roles in the ID token alone tells nothing here, and that is not a loss.
            if self.tells_roles(&claims) {
                let (subject, tokens) = (sign_on.subject.clone(), sign_on.tokens.clone());
                return Ok(Said::This(Box::new(Verified { subject, claims, tokens, whole: false })));
            }
        }
        if let Some(code) = refused {
            return Err(ExchangeError::Refused(code));
        }
        // Nothing to ask with. While the provider is away nobody could sign in again either.
        if self.answers().await {
            Ok(Said::Out("the identity provider gave nothing to ask it again with".to_owned()))
        } else {
            Ok(Said::Nothing)
        }
    }

    /// What the provider says with fresh tokens; nothing where there is no refresh token, or where it says nothing of roles.
    async fn refreshed(
        self: &Arc<Self>,
        state: &AppState,
        sign_on: &SignOn,
        known: &Known,
    ) -> Result<Option<Said>, ExchangeError> {
        let Some(refresh) = &sign_on.tokens.refresh_token else { return Ok(None) };
        let client = self.client(known, redirect_uri(state, self))?;
        let mut verified = self.refresh(&state.service, &client, (&sign_on.subject, &sign_on.tokens), refresh).await?;
        // At once: the old refresh token may be good no more, whatever goes wrong from here on.
        if let Err(error) = state.service.put_tokens(sign_on.id, &verified.tokens).await {
            tracing::warn!(%error, "fresh tokens of a sign-on could not be kept");
        }
        self.completed(known, &mut verified).await?;
        let tells = verified.whole || self.tells_roles(&verified.claims);
        Ok(tells.then(|| Said::This(Box::new(verified))))
    }
}

/// Why a login has ended, for the event.
fn out(error: &ExchangeError) -> String {
    match error {
        ExchangeError::Refused(code) if code == "invalid_grant" => {
            "the identity provider has ended the session".to_owned()
        }
        ExchangeError::Refused(code) => format!("the identity provider renews no tokens: it says {code}"),
        ExchangeError::Call(CallError::Status(status)) if matches!(status.as_u16(), 401 | 403) => {
            "the identity provider takes the access token no more".to_owned()
        }
        ExchangeError::Call(error) => format!("the identity provider does not speak for them: {error}"),
        ExchangeError::Untrusted(why) => format!("what the identity provider says cannot be trusted: {why}"),
    }
}
