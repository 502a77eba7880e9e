//! The public API, called by the vendor's software and by monitoring systems.
//!
//! It uses no cookies and no redirects, and every response that is not a success is a [`problem`]. One file per
//! endpoint.

mod activations;
mod bearer;
mod body;
mod caller;
mod cors;
mod docs;
mod health;
mod jwks;
mod key;
mod limits;
mod manage;
mod offline;
mod openapi;
pub(crate) mod problem;
mod problem_pages;
mod provision;
mod sessions;
mod shell;
mod status_list;
mod tickets;
mod webhook_types;
mod whoami;

use std::sync::LazyLock;

use axum::{
    Extension, Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{any, get},
};
use utoipa_axum::routes;

use crate::{
    AppState,
    http::{bounds, error_pages},
    routes::{Opens, Routes, unguarded},
};

/// Calls of the vendor's software.
static ACTIVATIONS: LazyLock<Routes> = LazyLock::new(|| {
    Routes::default()
        .call(Opens::Everybody, routes!(activations::jwt::jwt))
        .call(Opens::Everybody, routes!(activations::license::license))
        .call(Opens::Everybody, routes!(offline::activate))
        .call(Opens::Everybody, routes!(offline::release))
        .call(Opens::Everybody, routes!(tickets::release))
        .call(Opens::Session, routes!(sessions::session_status))
        .call(Opens::Session, routes!(sessions::release))
        .call(Opens::Session, routes!(sessions::renew))
        .call(Opens::Session, routes!(sessions::check_in))
        .call(Opens::Session, routes!(sessions::check_out))
});

/// Calls of the vendor's own systems. Each names the act that the caller's API token must permit.
static MANAGEMENT: LazyLock<Routes> = LazyLock::new(|| {
    let whoami = Routes::default().call(Opens::ApiToken, routes!(whoami::whoami));
    whoami.merge(manage::routes()).merge(provision::routes())
});

/// Calls about the server itself: its health and its API. Also answers addresses that do not exist.
static SERVER: LazyLock<Routes> = LazyLock::new(|| {
    Routes::default()
        .call(Opens::Everybody, routes!(openapi::openapi))
        .call(Opens::Everybody, routes!(webhook_types::list))
        .call(Opens::Everybody, routes!(health::live))
        .call(Opens::Everybody, routes!(health::ready))
        .route("GET", "/api", Opens::Everybody, any(StatusCode::NOT_FOUND))
        .route("GET", "/api/", Opens::Everybody, any(StatusCode::NOT_FOUND))
        .route("GET", "/api/{*rest}", Opens::Everybody, any(StatusCode::NOT_FOUND))
});

/// Calls of programs that verify tokens.
static KEYS: LazyLock<Routes> = LazyLock::new(|| Routes::default().call(Opens::Everybody, routes!(jwks::jwks)));
static LISTS: LazyLock<Routes> =
    LazyLock::new(|| Routes::default().call(Opens::Everybody, routes!(status_list::status_list)));

/// The pages that describe the API and explain its problems. Their own errors are HTML pages too.
static PAGES: LazyLock<Routes> = LazyLock::new(|| {
    Routes::default()
        .route("GET", "/api/docs", Opens::Everybody, get(docs::page))
        .route("GET", "/problems", Opens::Everybody, get(problem_pages::list))
        .route("GET", "/problems/{code}", Opens::Everybody, get(problem_pages::page))
});

/// Every route of the public API, and the pages that explain its problems.
pub(crate) static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    [&ACTIVATIONS, &MANAGEMENT, &SERVER, &KEYS, &LISTS, &PAGES]
        .into_iter()
        .fold(Routes::default(), |all, some| all.merge((**some).clone()))
});

static DOCUMENT: openapi::Document = LazyLock::new(|| openapi::document(&ROUTES));

/// The router of the public API, and of the pages that explain its problems.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let guarded = |routes: &Routes| routes.router(|opens, handlers| caller::guard(state, opens, handlers));
    let systems = guarded(&MANAGEMENT).merge(guarded(&SERVER)).layer(Extension(&DOCUMENT));
    let public = guarded(&KEYS).merge(guarded(&LISTS).layer(status_list::gzip()));
    // CORS is the outermost layer, so that scripts of other websites can read problems too.
    let limited =
        |routes: Router<AppState>| bounds::keep(routes).layer(from_fn_with_state(state.clone(), problem::write));
    let (theirs, everybodys) = (cors::activations(&state.config), cors::public());
    limited(guarded(&ACTIVATIONS))
        .layer(from_fn_with_state(theirs, cors::apply))
        .merge(limited(systems))
        .merge(limited(public).merge(pages(state)).layer(from_fn_with_state(everybodys, cors::apply)))
}

fn pages(state: &AppState) -> Router<AppState> {
    bounds::keep(PAGES.router(unguarded)).layer(from_fn_with_state(state.clone(), error_pages::write))
}
