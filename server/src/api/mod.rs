//! The public API, called by the vendor's software and by monitoring systems.
//!
//! It uses no cookies and no redirects, and every response that is not a success is a [`problem`]. One file per
//! endpoint.

mod activations;
mod bearer;
mod body;
mod cors;
mod health;
mod jwks;
mod key;
mod limits;
mod offline;
mod openapi;
pub(crate) mod problem;
mod problems;
mod sessions;
mod status_list;
mod tickets;
mod whoami;

use axum::{
    Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{any, get, post},
};

use crate::{
    AppState,
    http::{bounds, error_pages},
};

/// Every route of the public API, and the pages that explain its problems.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let activations = Router::new()
        .route("/api/v1/activations/jwt", post(activations::jwt))
        .route("/api/v1/activations/license", post(activations::license))
        .route("/api/v1/activations/offline", post(offline::activate))
        .route("/api/v1/activations/offline/release", post(offline::release))
        .route("/api/v1/activations/release", post(tickets::release))
        .route("/api/v1/activations/{sessionId}", get(sessions::session_status).delete(sessions::release))
        .route("/api/v1/activations/{sessionId}/renew", post(sessions::renew))
        .route("/api/v1/activations/{sessionId}/check-in", post(sessions::check_in))
        .route("/api/v1/activations/{sessionId}/check-out", post(sessions::check_out));
    let machines = Router::new()
        .route("/api/v1/admin/whoami", get(whoami::whoami))
        .route("/api/openapi.json", get(openapi::openapi))
        .route("/api", any(StatusCode::NOT_FOUND))
        .route("/api/", any(StatusCode::NOT_FOUND))
        .route("/api/{*rest}", any(StatusCode::NOT_FOUND))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready));
    let lists = Router::new().route("/status-lists/{id}", get(status_list::status_list)).layer(status_list::gzip());
    let public = Router::new().route("/.well-known/jwks.json", get(jwks::jwks)).merge(lists);
    // CORS is the outermost layer, so that scripts of other websites can read problems too.
    let limited =
        |routes: Router<AppState>| bounds::keep(routes).layer(from_fn_with_state(state.clone(), problem::write));
    let (theirs, everybodys) = (cors::activations(&state.config), cors::public());
    limited(activations)
        .layer(from_fn_with_state(theirs, cors::apply))
        .merge(limited(machines))
        .merge(limited(public).merge(pages(state)).layer(from_fn_with_state(everybodys, cors::apply)))
}

/// The pages that explain problems. Their own errors are HTML pages too.
fn pages(state: &AppState) -> Router<AppState> {
    let pages = Router::new().route("/problems", get(problems::list)).route("/problems/{code}", get(problems::page));
    bounds::keep(pages).layer(from_fn_with_state(state.clone(), error_pages::write))
}
