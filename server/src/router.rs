//! The server's router.

use app::App;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};
use tower_http::compression::{
    CompressionLayer,
    predicate::{Predicate as _, SizeAbove},
};

use crate::{
    AppState, api,
    http::{bounds, edge, error_pages, headers, nul, origin, timing},
    oidc, page_threads,
    routes::unguarded,
    sign_in_limits,
    web::{acts, assets, csrf, existing, forms, leptos_context, live, logins, mask_emails, visitor},
};

/// Builds the router for everything that this server answers.
pub fn router(state: AppState) -> Router {
    let routes = Router::new()
        .merge(api::routes(&state))
        .merge(bounds::keep(oidc::backchannel().layer(from_fn_with_state(state.clone(), sign_in_limits::keep_logouts))))
        .fallback_service(admin(state.clone()))
        .with_state(state.clone());
    // Wrapped in another router, since layers added to the routes would run only after routing.
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(state.clone(), edge::admit))
        .layer(from_fn_with_state(state.clone(), headers::harden))
        .layer(from_fn_with_state(state.clone(), origin::note))
        .with_state(state)
}

/// Builds the admin app: the browser's files, acts, pages, and its own 404 page.
fn admin(state: AppState) -> Router {
    let (app, inner) = (state.leptos.clone(), state.clone());
    let pages = acts::ROUTES
        .router(acts::guarded)
        .leptos_routes_with_context(
            &state,
            generate_route_list(App),
            move || leptos_context::provide(&inner),
            move || app::shell(app.clone()),
        )
        .fallback(nowhere)
        .with_state(state.clone());
    // Layers from the inside out: the first is the last that a request passes.
    let pages = forms::with_forms(pages)
        .layer(from_fn_with_state(state.clone(), mask_emails::mask))
        .layer(CompressionLayer::new().compress_when(SizeAbove::default().and(is_compressed)))
        .layer(from_fn(page_threads::draw));
    // A stream never ends by itself, so no layer of pages, which may read a response to its end, is around it.
    let routes = oidc::routes(&pages)
        .merge(live::ROUTES.router(unguarded))
        .with_state(state.clone())
        .fallback_service(pages)
        .layer(from_fn_with_state(state.clone(), visitor::meet))
        .layer(logins::layer(&state))
        .layer(from_fn(logins::secure))
        .layer(from_fn_with_state(state.clone(), logins::renew))
        .layer(from_fn_with_state(state.clone(), csrf::cross_site))
        .layer(from_fn_with_state(state.clone(), existing::keep))
        .layer(from_fn_with_state(state.clone(), edge::guard))
        .layer(from_fn(nul::refuse))
        .layer(from_fn_with_state(state.clone(), sign_in_limits::keep));
    bounds::keep(routes)
        .layer(from_fn_with_state(state, error_pages::write))
        .layer(from_fn(timing::report))
        .layer(from_fn(file))
}

/// Returns `true` for pages, which are compressed here; the browser's files are compressed at build time.
fn is_compressed(_: StatusCode, _: http::Version, headers: &http::HeaderMap, _: &http::Extensions) -> bool {
    headers::is_page(headers)
}

/// Renders the 404 page.
async fn nowhere(State(state): State<AppState>, request: Request) -> Response {
    let leptos = state.leptos.clone();
    let draw =
        render_app_async_with_context(move || leptos_context::provide(&state), move || app::shell(leptos.clone()));
    let mut page = draw(request).await.into_response();
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

/// Serves scripts, styles and images, wherever they are stored.
async fn file(request: Request, next: Next) -> Response {
    match assets::answer(request.method(), request.uri().path(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}
