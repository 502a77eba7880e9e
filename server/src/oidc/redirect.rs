//! Redirects to a provider and back.

use axum::response::{IntoResponse as _, Response};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, LOCATION},
};

use super::provider::Provider;
use crate::AppState;

/// Returns the redirect URI of a provider.
pub(super) fn redirect_uri(state: &AppState, provider: &Provider) -> String {
    format!("{}/sign-in/oidc/{}/callback", state.config.public_url, provider.settings.id)
}

/// Redirects the browser, without caching: the URL is private to this request.
pub(super) fn go(to: &str, mut headers: HeaderMap) -> Response {
    let Ok(to) = HeaderValue::try_from(to) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    headers.insert(LOCATION, to);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::SEE_OTHER, headers).into_response()
}
