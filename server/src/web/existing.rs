//! Answers for addresses without a route, before anything else about the request is checked.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};

use super::csrf::allowed;
use crate::{AppState, access_table, http::error_pages::asks_for_html};

/// Answers 404 if nothing exists at the path, before the cross-site check. A browser that opens such an address
/// continues: the admin app has a page for it, whose forms (sign out, theme) are posted to that address.
pub(crate) async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (method, headers) = (request.method(), request.headers());
    let is_ours = [Method::GET, Method::POST].contains(method) && allowed(method, headers, &state.config.public_url);
    let opens = is_ours && asks_for_html(headers);
    if opens || access_table::exists(request.uri().path()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
