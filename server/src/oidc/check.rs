//! Periodic check of signed-in accounts: whether the provider still accepts them, and with which role.
//!
//! After ten minutes of use, one request asks the provider before it continues: with the refresh token if there is one,
//! or else its userinfo while the access token lasts. If neither works, the person must sign in again. While the
//! provider is unavailable, logins continue unchanged and it is asked again every minute. Any other answer either
//! confirms the person or ends the login.

use std::sync::Arc;

use licensing::Span;
use service::{Origin, UpstreamSession};
use tokio::time::timeout;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{
    claims::{Claims, at, person},
    deadline::IN_TIME,
    exchange::{ExchangeError, Verified},
    provider::{Provider, ProviderMetadata},
    providers::Providers,
    redirect::redirect_uri,
};
use crate::{AppState, outbound::CallError};

/// Interval between checks. With the seconds that a check takes, a role that is lost at the provider is lost here
/// within a quarter of an hour.
const EVERY: Span = Span::minutes(10);
/// Interval between attempts while the provider does not answer.
const AGAIN: Span = Span::minutes(1);

/// The provider's answer about a person.
enum Outcome {
    /// Unknown: the provider is unavailable.
    Nothing,
    /// The person is confirmed, with these claims.
    This(Box<Verified>),
    /// The login must end, for this reason.
    Out(String),
}

impl Providers {
    /// Returns `true` if a login with this upstream session may continue.
    ///
    /// The provider is asked in a task of its own. If the browser disconnects, the check must neither be cancelled,
    /// which would keep a lost role, nor lose the new tokens in the answer.
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
        // Wait even if no check is due: another request may be asking now, and its answer counts for this one.
        let _turn = turn.lock().await;
        let Some(upstream_session) = service.identity().upstream_session(id).await? else { return Ok(false) };
        let now = service.clock().now();
        // Record the check now, dated so that it is due again in a minute; an answer moves the date on.
        if EVERY.after(upstream_session.checked_at) > now
            || !service.identity().claim_check(&upstream_session, EVERY.before(AGAIN.after(now))).await?
        {
            return Ok(true);
        }
        let outcome = match self.by_issuer(&upstream_session.issuer) {
            Some(provider) => (provider.ask(state, &upstream_session).await, Some(provider)),
            None => (Outcome::Out("the identity provider was removed from the settings".to_owned()), None),
        };
        match outcome {
            (Outcome::This(verified), Some(provider)) => {
                let claimed = person(&verified.claims, &upstream_session.subject, &provider.settings);
                let role = claimed.role.or(claimed.unknown);
                Ok(service
                    .identity()
                    .claims_again(id, (role, claimed.left_out.as_deref()), Some(&verified.tokens), origin)
                    .await?
                    .is_some())
            }
            (Outcome::Out(why), _) => {
                service.identity().end_upstream_session(id, Some(&why), origin).await?;
                Ok(false)
            }
            (Outcome::Nothing, _) | (Outcome::This(_), None) => Ok(true),
        }
    }
}

impl Provider {
    async fn ask(self: &Arc<Self>, state: &AppState, upstream_session: &UpstreamSession) -> Outcome {
        let late = |_| Err(CallError::Late(IN_TIME).into());
        match timeout(IN_TIME, self.ask_about(state, upstream_session)).await.unwrap_or_else(late) {
            Ok(outcome) => outcome,
            Err(error) if error.is_away() => {
                tracing::warn!(provider = self.settings.id, %error, "a login continues without a check");
                Outcome::Nothing
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.id, %error, "the identity provider does not confirm a login");
                Outcome::Out(out(&error))
            }
        }
    }

    /// Returns `true` if these claims determine the role.
    fn tells_roles(&self, claims: &Claims) -> bool {
        self.settings.roles.is_empty() || at(claims, &self.settings.roles_claim).is_some()
    }

    async fn ask_about(
        self: &Arc<Self>,
        state: &AppState,
        upstream_session: &UpstreamSession,
    ) -> Result<Outcome, ExchangeError> {
        let now = state.service.clock().now();
        let known = self.known().await?;
        let refused = match self.refreshed(state, upstream_session, &known).await {
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) => None,
            // RFC 6749 §5.2: `invalid_grant` means that the grant is over. Other errors concern the request or this
            // server as a client, not the person, so the userinfo is tried next.
            Err(ExchangeError::Refused(code)) if code != "invalid_grant" => Some(code),
            Err(error) => return Err(error),
        };
        if let Some(error) = &refused {
            tracing::warn!(provider = self.settings.id, error, "the identity provider refuses to renew tokens");
        }
        let lasts = upstream_session.tokens.access_ends_at.is_none_or(|end| end > now);
        if lasts && upstream_session.tokens.access_token.is_some() && known.document.userinfo_endpoint.is_some() {
            let claims = self.userinfo(&known, &upstream_session.subject, &upstream_session.tokens).await?;
            // If the provider reports roles only in the ID token, their absence here means nothing.
            if self.tells_roles(&claims) {
                let (subject, tokens) = (upstream_session.subject.clone(), upstream_session.tokens.clone());
                return Ok(Outcome::This(Box::new(Verified { subject, claims, tokens, whole: false })));
            }
        }
        if let Some(code) = refused {
            return Err(ExchangeError::Refused(code));
        }
        // There is no way to ask. While the provider is unavailable, the person could not sign in again either.
        if self.answers().await {
            Ok(Outcome::Out("the identity provider gave no usable token for further checks".to_owned()))
        } else {
            Ok(Outcome::Nothing)
        }
    }

    /// Renews the tokens and returns the provider's answer; `None` if there is no refresh token, or if the answer does
    /// not determine the role.
    async fn refreshed(
        self: &Arc<Self>,
        state: &AppState,
        upstream_session: &UpstreamSession,
        known: &ProviderMetadata,
    ) -> Result<Option<Outcome>, ExchangeError> {
        let Some(refresh) = &upstream_session.tokens.refresh_token else { return Ok(None) };
        let client = self.client(known, redirect_uri(state, self))?;
        let mut verified = self
            .refresh(&state.service, &client, (&upstream_session.subject, &upstream_session.tokens), refresh)
            .await?;
        // Store them at once: the old refresh token may be invalid now, whatever fails later.
        if let Err(error) = state.service.identity().put_tokens(upstream_session.id, &verified.tokens).await {
            tracing::warn!(%error, "new tokens of an upstream session could not be stored");
        }
        self.completed(known, &mut verified).await?;
        let tells = verified.whole || self.tells_roles(&verified.claims);
        Ok(tells.then(|| Outcome::This(Box::new(verified))))
    }
}

/// Returns the reason why a login has ended, for the event.
fn out(error: &ExchangeError) -> String {
    match error {
        ExchangeError::Refused(code) if code == "invalid_grant" => {
            "the identity provider has ended the session".to_owned()
        }
        ExchangeError::Refused(code) => format!("the identity provider refused to renew the tokens: {code}"),
        ExchangeError::Call(CallError::Status(status)) if matches!(status.as_u16(), 401 | 403) => {
            "the identity provider no longer accepts the access token".to_owned()
        }
        ExchangeError::Call(error) => format!("the identity provider does not confirm the person: {error}"),
        ExchangeError::Untrusted(why) => format!("the identity provider's answer cannot be trusted: {why}"),
    }
}
