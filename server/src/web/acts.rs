//! The address of the admin app's acts.

use std::sync::LazyLock;

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::StatusCode;
use leptos_axum::handle_server_fns_with_context;
use licensing::Act;

use super::{export, leptos_context};
use crate::{
    AppState,
    access::{Opens, Routes},
};

/// The route of all acts, each of which has its own row in `app::admin::TABLE`, and the download that an act admits.
pub(crate) static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    Routes::default().route("POST", "/admin/api/{*function}", Opens::Everybody, post(act)).route(
        "GET",
        "/licenses/export",
        Opens::Page(Act::LicensesExport),
        get(export::download),
    )
});

/// Returns `true` if this is the path of an act.
pub(crate) fn exists(path: &str) -> bool {
    app::admin::TABLE.iter().any(|row| row.path() == Some(path))
}

/// Calls an act. The form may name one that does not exist.
async fn act(State(state): State<AppState>, request: Request) -> Response {
    if !exists(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    handle_server_fns_with_context(move || leptos_context::provide(&state), request).await.into_response()
}
