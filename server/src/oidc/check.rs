//! Looking again at whoever is signed in: whether the provider still knows them, and by which role.
//!
//! Every ten minutes of use, one request asks the provider before it goes on: with the refresh token, where there is one; else
//! its userinfo, as long as the access token lasts. Where there is nothing left to ask with, the person signs in again.
//! While the provider is away, all goes on as it was.

use std::sync::Arc;

use licensing::Span;
use service::{Origin, Service, SignOn};
use uuid::Uuid;

use super::{
    Providers,
    claims::{Claims, at, person},
    exchange::{ExchangeError, Verified},
    outbound::CallError,
    provider::Provider,
    redirect_uri,
};
use crate::AppState;

/// How often the provider is asked. With the five seconds of a call, a role that is lost there is lost here within a quarter
/// of an hour.
const EVERY: Span = Span::minutes(10);

/// What the provider says.
enum Said {
    /// All is as it was, or nobody can tell.
    Nothing,
    /// Who they are now.
    This(Box<Verified>),
    /// They are out; why.
    Out(&'static str),
}

impl Providers {
    /// Whether a login that began with this sign-on goes on.
    pub(crate) async fn check(&self, state: &AppState, id: Uuid, origin: Origin) -> Result<bool, service::Error> {
        let service = &state.service;
        let turn = usize::try_from(id.as_u128() % self.0.checks.len() as u128).unwrap_or_default();
        let Some(turn) = self.0.checks.get(turn) else { return Ok(true) };
        // Also where it is not due: another request may be asking at this moment, and its answer counts for this one.
        let _turn = turn.lock().await;
        let Some(sign_on) = service.sign_on(id).await? else { return Ok(false) };
        if !is_due(service, &sign_on) || !service.claim_check(&sign_on).await? {
            return Ok(true);
        }
        let said = match self.by_issuer(&sign_on.issuer) {
            Some(provider) => (provider.ask(state, &sign_on).await, Some(provider)),
            None => (Said::Out("the identity provider is in the settings no more"), None),
        };
        match said {
            (Said::This(verified), Some(provider)) => {
                let claimed = person(&verified.claims, &sign_on.subject, &provider.settings);
                let role = claimed.role.or(claimed.unknown);
                Ok(service.claims_again(id, role, Some(&verified.tokens), origin).await?.is_some())
            }
            (Said::Out(why), _) => {
                service.end_sign_on(id, Some(why), origin).await?;
                Ok(false)
            }
            (Said::Nothing, _) | (Said::This(_), None) => Ok(true),
        }
    }
}

fn is_due(service: &Service, sign_on: &SignOn) -> bool {
    EVERY.after(sign_on.checked_at) <= service.clock().now()
}

impl Provider {
    async fn ask(self: &Arc<Self>, state: &AppState, sign_on: &SignOn) -> Said {
        match self.ask_about(state, sign_on).await {
            Ok(said) => said,
            Err(ExchangeError::Refused(code)) if code == "invalid_grant" => {
                Said::Out("the identity provider has ended the session")
            }
            Err(ExchangeError::Call(CallError::Status(status))) if status.as_u16() == 401 || status.as_u16() == 403 => {
                Said::Out("the identity provider takes the access token no more")
            }
            Err(ExchangeError::Untrusted(why)) => {
                tracing::warn!(
                    provider = self.settings.id,
                    why,
                    "what the identity provider says of a login cannot be trusted"
                );
                Said::Out("what the identity provider says cannot be trusted")
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.id, %error, "a login goes on unchecked");
                Said::Nothing
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
        if let Some(refresh) = &sign_on.tokens.refresh_token {
            let client = self.client(&known, redirect_uri(state, self))?;
            let mut verified = self.refresh(&client, (&sign_on.subject, &sign_on.tokens), refresh, now).await?;
            // At once: the old refresh token may be good no more, whatever goes wrong from here on.
            if let Err(error) = state.service.put_tokens(sign_on.id, &verified.tokens).await {
                tracing::warn!(%error, "fresh tokens of a sign-on could not be kept");
            }
            self.completed(&known, &mut verified).await?;
            if verified.whole || self.tells_roles(&verified.claims) {
                return Ok(Said::This(Box::new(verified)));
            }
        }
        let lasts = sign_on.tokens.access_ends_at.is_none_or(|end| end > now);
        if lasts && sign_on.tokens.access_token.is_some() && known.metadata.userinfo_endpoint().is_some() {
            let claims = self.userinfo(&known, &sign_on.subject, &sign_on.tokens).await?;
            // A provider that tells roles in the ID token alone tells nothing here, and that is not a loss.
            if self.tells_roles(&claims) {
                let (subject, tokens) = (sign_on.subject.clone(), sign_on.tokens.clone());
                return Ok(Said::This(Box::new(Verified { subject, claims, tokens, whole: false })));
            }
        }
        // Nothing to ask with. While the provider is away nobody could sign in again either.
        if self.answers().await {
            Ok(Said::Out("the identity provider gave nothing to ask it again with"))
        } else {
            Ok(Said::Nothing)
        }
    }
}
