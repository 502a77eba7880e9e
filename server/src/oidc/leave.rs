//! Signing out at the provider as well (OpenID Connect RP-Initiated Logout 1.0).

use app::http::address;
use axum::{
    extract::{Request, State},
    response::Response,
};
use form_urlencoded::Serializer;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{authorization_attempt::take_leaving, redirect::go};
use crate::AppState;

/// Path through which a browser signs out at a provider.
pub(crate) const PATH: &str = "/sign-out/oidc";
/// Path to which the provider redirects the browser afterwards.
const AFTERWARDS: &str = "/sign-in";

/// Data that a browser keeps for signing out at the provider.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Leaving {
    provider: String,
    /// ID token for `id_token_hint` (§2); `None` if it is too large for a cookie.
    id_token: Option<String>,
}

/// Maximum length of an ID token that fits into a cookie once sealed, in bytes.
const LONGEST: usize = 2700;

/// Ends an upstream session, and returns the data for signing out at its provider, if that is possible.
pub(crate) async fn leaving(state: &AppState, upstream_session: Uuid) -> Option<Leaving> {
    let found = state.service.identity().upstream_session(upstream_session).await;
    let found = found.inspect_err(|error| tracing::warn!(%error, "an upstream session cannot be read")).ok()??;
    if let Err(error) =
        state.service.identity().end_upstream_session(upstream_session, None, service::Origin::default()).await
    {
        tracing::warn!(%error, "an upstream session could not be ended");
    }
    let provider = state.providers.by_issuer(&found.issuer)?;
    let id_token = Some(found.tokens.id_token).filter(|token| token.len() <= LONGEST);
    Some(Leaving { provider: provider.settings.id.clone(), id_token })
}

/// `GET`: redirects to the provider's logout endpoint, or to the home page if it has none or does not answer.
pub(super) async fn leave(State(state): State<AppState>, request: Request) -> Response {
    let mut headers = HeaderMap::new();
    let leaving: Option<Leaving> = take_leaving((&state.service, &state.config), request.headers(), &mut headers);
    let to = match leaving {
        Some(leaving) => sign_out_address(&state, leaving).await,
        None => None,
    };
    go(to.as_deref().unwrap_or(address::HOME), headers)
}

async fn sign_out_address(state: &AppState, leaving: Leaving) -> Option<String> {
    let provider = state.providers.by_id(&leaving.provider)?;
    let known = provider.known().await.ok()?;
    let endpoint = known.document.end_session_endpoint.as_deref()?;
    let mut query = Serializer::new(String::new());
    if let Some(hint) = &leaving.id_token {
        query.append_pair("id_token_hint", hint);
    }
    query.append_pair("client_id", &provider.settings.client_id);
    query.append_pair("post_logout_redirect_uri", &format!("{}{AFTERWARDS}", state.config.public_url));
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    Some(format!("{endpoint}{joint}{}", query.finish()))
}
