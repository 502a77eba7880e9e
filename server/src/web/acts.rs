//! The address of the admin app's acts.

use std::sync::LazyLock;

use app::http::{address::sign_in_address, context::Visitor};
use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use http::{
    StatusCode, Uri,
    header::{HOST, REFERER},
    uri::Authority,
};
use leptos_axum::handle_server_fns_with_context;
use licensing::Act;

use super::{export, leptos_context};
use crate::{
    AppState,
    routes::{Opens, Routes},
};

/// The route of all acts, each of which has its own row in `app::admin::TABLE`, and the download that an act admits.
pub(crate) static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    Routes::default().route("POST", "/admin/api/{*function}", Opens::Everybody, post(act)).route(
        "GET",
        "/export",
        // Jobs can be seen by all accounts. The download checks the act of what was asked for.
        Opens::Account(Act::JobsSee),
        get(export::download),
    )
});

/// Adds the check of the account to a route that only accounts with a permission may use.
pub(crate) fn guarded(opens: Opens, handlers: MethodRouter<AppState>) -> MethodRouter<AppState> {
    match opens {
        Opens::Account(act) => handlers.route_layer(from_fn_with_state(act, admit)),
        Opens::Everybody | Opens::Session | Opens::ApiToken | Opens::Act(_) => handlers,
    }
}

async fn admit(State(act): State<Act>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    match visitor.account {
        None => Redirect::to(&sign_in_address(&came_from(&request))).into_response(),
        Some(account) if account.role.may(act.permission()) => next.run(request).await,
        Some(_) => StatusCode::FORBIDDEN.into_response(),
    }
}

/// Returns the address of the page whose link or form led here, or this address if it is not a page of this server.
fn came_from(request: &Request) -> String {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let from = header(REFERER).and_then(|from| from.parse::<Uri>().ok());
    let ours = from.filter(|from| from.authority().map(Authority::as_str) == header(HOST));
    let page = ours.filter(|from| !from.path().starts_with("/sign-in"));
    let page = page.and_then(|from| from.path_and_query().map(|page| page.as_str().to_owned()));
    page.unwrap_or_else(|| request.uri().path().to_owned())
}

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
