//! The one route table.

use app::App;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::post,
};
use http::StatusCode;
use leptos_axum::{
    LeptosRoutes as _, generate_route_list, handle_server_fns_with_context, render_app_async_with_context,
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{Predicate as _, SizeAbove},
};

use crate::{
    AppState, api, bounds, context, doors, edge, faults, forms, guard, headers, logins, nul, oidc, origin,
    page_threads, rate_limit, site, veil, visitor,
};

/// Everything that this server answers, from the top to the bottom.
pub fn router(state: AppState) -> Router {
    let routes = Router::new()
        .merge(api::routes(&state))
        .merge(
            oidc::backchannel()
                .layer(from_fn_with_state(state.clone(), rate_limit::keep_logouts))
                .layer(from_fn(bounds::keep)),
        )
        .fallback_service(admin(state.clone()))
        .with_state(state.clone());
    // A router of its own around them, since a layer of theirs would only see what has been routed.
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(state.clone(), edge::admit))
        .layer(from_fn_with_state(state.clone(), headers::harden))
        .layer(from_fn_with_state(state.clone(), origin::note))
        .with_state(state)
}

/// The admin app: the browser's files, acts, pages, and its own 404 page for whatever else there is not.
fn admin(state: AppState) -> Router {
    let (app, inner) = (state.leptos.clone(), state.clone());
    let pages = Router::new()
        .route("/admin/api/{*function}", post(act))
        .leptos_routes_with_context(
            &state,
            generate_route_list(App),
            move || context::provide(&inner),
            move || app::shell(app.clone()),
        )
        .fallback(nowhere)
        .with_state(state.clone());
    // From the inside to the outside: what a request meets last stands first.
    let pages = forms::with_forms(pages)
        .layer(from_fn_with_state(state.clone(), veil::cover))
        .layer(CompressionLayer::new().compress_when(SizeAbove::default().and(is_page)))
        .layer(from_fn(page_threads::draw));
    oidc::routes(&pages)
        .with_state(state.clone())
        .fallback_service(pages)
        .layer(from_fn_with_state(state.clone(), visitor::meet))
        .layer(logins::layer(&state))
        .layer(from_fn(logins::secure))
        .layer(from_fn_with_state(state.clone(), logins::renew))
        .layer(from_fn_with_state(state.clone(), guard::cross_site))
        .layer(from_fn_with_state(state.clone(), guard::existing))
        .layer(from_fn_with_state(state.clone(), edge::guard))
        .layer(from_fn(nul::refuse))
        .layer(from_fn_with_state(state.clone(), rate_limit::keep))
        .layer(from_fn(bounds::keep))
        .layer(from_fn_with_state(state, faults::write))
        .layer(from_fn(file))
}

/// Pages are compressed here; the browser's files come compressed from the build.
fn is_page(_: StatusCode, _: http::Version, headers: &http::HeaderMap, _: &http::Extensions) -> bool {
    headers.get(http::header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Calls an act. A form may name one that does not exist.
async fn act(State(state): State<AppState>, request: Request) -> Response {
    if !doors::exists(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    handle_server_fns_with_context(move || context::provide(&state), request).await.into_response()
}

/// Our own page for an address that leads nowhere.
async fn nowhere(State(state): State<AppState>, request: Request) -> Response {
    let leptos = state.leptos.clone();
    let draw = render_app_async_with_context(move || context::provide(&state), move || app::shell(leptos.clone()));
    let mut page = draw(request).await.into_response();
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

/// Script, style and pictures, wherever they lie.
async fn file(request: Request, next: Next) -> Response {
    match site::answer(request.method(), request.uri().path(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}
