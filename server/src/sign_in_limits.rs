//! Rate limits of the routes for signing in, signing out and setting up, which are open to every caller.
//!
//! Passwords, activation codes and API tokens are limited where they are checked.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header::RETRY_AFTER};
use service::{
    Origin,
    rate_limit::{Bucket, Limit},
};

use crate::AppState;

/// Path prefixes and their limit per network. The first match counts.
const WAYS_IN: [(&str, Limit); 5] = [
    ("/sign-in/oidc/", Limit::ProviderSignIn),
    ("/link", Limit::AccountLink),
    ("/admin/api/link/", Limit::AccountLink),
    ("/first-start", Limit::AccountLink),
    ("/admin/api/first-start/", Limit::AccountLink),
];

/// Answers 429 to a network that uses one of these routes too often.
pub(crate) async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let limit = WAYS_IN.into_iter().find(|(path, _)| request.uri().path().starts_with(path)).map(|(_, limit)| limit);
    held(&state, limit, request, next).await
}

/// Answers 429 to a network that calls the back-channel logout too often.
pub(crate) async fn keep_logouts(State(state): State<AppState>, request: Request, next: Next) -> Response {
    held(&state, Some(Limit::ProviderLogout), request, next).await
}

async fn held(state: &AppState, limit: Option<Limit>, request: Request, next: Next) -> Response {
    if let Some(limit) = limit.filter(|_| state.config.rate_limits) {
        let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
        let now = state.service.clock().now();
        if let Err(seconds) = state.service.rate_limits().take(limit, Bucket::of(&origin), now) {
            return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds.to_string())]).into_response();
        }
    }
    next.run(request).await
}
