//! Sign-in at identity providers (OpenID Connect Core 1.0, authorization code flow).
//!
//! `outbound`, at the root, makes the calls to a provider, `provider` caches its documents, `exchange` requests tokens, and
//! `claims` reads them. `begin`, `callback` and `leave` are visited by browsers; `check` re-checks signed-in accounts;
//! `backchannel` is called by the provider.

mod access;
mod authorization_attempt;
mod backchannel;
mod begin;
mod callback;
mod check;
mod claims;
mod deadline;
mod document;
mod error_page;
mod exchange;
mod leave;
mod provider;
mod providers;
mod redirect;
mod sign_in_error;
mod token_answer;

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{StatusCode, header::ALLOW};

use crate::{
    AppState,
    http::edge::Head,
    routes::{Opens, Routes, unguarded},
};

pub(crate) use access::NotKnown;
pub(crate) use authorization_attempt::{LEAVING, is_attempt};
pub(crate) use leave::{PATH as LEAVE, leaving};
pub(crate) use providers::Providers;

/// Every route of this module.
pub(crate) static ROUTES: LazyLock<Routes> = LazyLock::new(|| sign_in().merge(sign_out()).merge(called_by_providers()));

fn sign_in() -> Routes {
    Routes::default().route("GET", "/sign-in/oidc/{provider}", Opens::Everybody, get(begin::begin)).route(
        "GET",
        "/sign-in/oidc/{provider}/callback",
        Opens::Everybody,
        get(callback::callback),
    )
}

fn sign_out() -> Routes {
    Routes::default().route("GET", leave::PATH, Opens::Everybody, get(leave::leave))
}

/// Authorized by the token that the provider signed.
fn called_by_providers() -> Routes {
    let path = "/sign-in/oidc/{provider}/backchannel-logout";
    Routes::default().route("POST", path, Opens::Everybody, post(backchannel::sign_out))
}

/// Routes for browsers; they belong inside the layers of the admin app. After an error, the sign-in page is shown at
/// the URLs of a sign-in and posts its form to them, so posts go to `forms`.
pub(crate) fn routes(forms: &Router) -> Router<AppState> {
    sign_in()
        .router(|_, handlers| handlers.post_service(forms.clone()))
        .merge(sign_out().router(unguarded))
        .route_layer(from_fn(not_by_head))
}

/// Refuses `HEAD`: these routes start, use up or end something, and a safe method must not (RFC 9110 §9.2.1).
async fn not_by_head(request: Request, next: Next) -> Response {
    if request.extensions().get::<Head>().is_some() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET")]).into_response();
    }
    next.run(request).await
}

/// Routes that providers call.
pub(crate) fn backchannel() -> Router<AppState> {
    called_by_providers().router(unguarded)
}
