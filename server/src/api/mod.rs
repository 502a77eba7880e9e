//! The public API: what a vendor's software, and the machines around it, call.
//!
//! No cookies, no redirects; every answer that is not a success is a [`problem`]. One file an endpoint.

mod activations;
mod bearer;
mod body;
mod health;
mod jwks;
mod key;
mod limits;
mod offline;
mod openapi;
mod problem;
mod problems;
mod sessions;
mod status_list;
mod tickets;
mod whoami;

use std::sync::Arc;

use axum::{
    Extension, Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};

use crate::{AppState, bounds};

/// Every route of the public API, and the pages that explain its problems.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/api/v1/activations/jwt", post(activations::jwt))
        .route("/api/v1/activations/license", post(activations::license))
        .route("/api/v1/activations/offline", post(offline::activate))
        .route("/api/v1/activations/offline/release", post(offline::release))
        .route("/api/v1/activations/release", post(tickets::release))
        .route("/api/v1/activations/{sessionId}", get(sessions::standing).delete(sessions::release))
        .route("/api/v1/activations/{sessionId}/renew", post(sessions::renew))
        .route("/api/v1/activations/{sessionId}/check-in", post(sessions::check_in))
        .route("/api/v1/activations/{sessionId}/check-out", post(sessions::check_out))
        .route("/api/v1/admin/whoami", get(whoami::whoami))
        .route("/api/openapi.json", get(openapi::openapi))
        .route("/api", any(StatusCode::NOT_FOUND))
        .route("/api/", any(StatusCode::NOT_FOUND))
        .route("/api/{*rest}", any(StatusCode::NOT_FOUND))
        .route("/.well-known/jwks.json", get(jwks::jwks))
        .route("/status-lists/{id}", get(status_list::status_list))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(Extension(Arc::<limits::Failures>::default()))
        .layer(from_fn(bounds::keep))
        .layer(from_fn_with_state(state.clone(), problem::write))
        .route("/problems", get(problems::list))
        .route("/problems/{code}", get(problems::page))
}
