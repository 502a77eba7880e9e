//! Checks and normalization of every request before routing.
//!
//! The request target is normalized, `Host` is read once, and `HEAD` is answered like `GET`. Inner routers see only
//! origin-form targets without repeated slashes, and never `HEAD`: each of axum's nested routers drops the body of a
//! response to `HEAD`, and the next outer one would then announce a length of 0.

mod host;
mod target;

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{CONNECTION, LOCATION},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{AppState, http::error_pages::Reader};

use host::Host;
pub(crate) use host::guard;
use target::Target;

/// Marks a request that was sent as `HEAD` and is answered as `GET`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head;

/// Marks a request with ambiguous framing, with the reason. Its response closes the connection, since it is unknown
/// where the next request begins (RFC 9112 §11.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadFraming(pub(crate) &'static str);

/// Marks a request on a connection beyond the limits. Only health checks are answered there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overloaded;

/// Admits a request, or answers it: 400 without a usable target or `Host`, 503 beyond the connection limits, 308 for a
/// page whose URL has repeated slashes.
pub(crate) async fn admit(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let refuse =
        |request: &Request, status, message| Reader::of(request).write(state.service.keys().issuer(), status, message);
    if let Some(BadFraming(why)) = request.extensions().get() {
        let mut answer = refuse(&request, StatusCode::BAD_REQUEST, why);
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        return answer;
    }
    let host = match Host::of(&request) {
        Ok(host) => host,
        Err(why) => return refuse(&request, StatusCode::BAD_REQUEST, why),
    };
    match target::read(&request) {
        Target::Plain => {}
        Target::Rewritten(uri) => target::rewrite(&mut request, uri),
        Target::Moved(to) => {
            let Ok(to) = HeaderValue::try_from(to) else { return StatusCode::BAD_REQUEST.into_response() };
            return (StatusCode::PERMANENT_REDIRECT, [(LOCATION, to)]).into_response();
        }
        Target::Bad(why) => return refuse(&request, StatusCode::BAD_REQUEST, why),
    }
    let health = request.uri().path().starts_with("/health/");
    if request.extensions().get::<Overloaded>().is_some() && !health {
        return refuse(&request, StatusCode::SERVICE_UNAVAILABLE, "");
    }
    request.extensions_mut().insert(host);
    if request.method() == Method::HEAD {
        request.extensions_mut().insert(Head);
        *request.method_mut() = Method::GET;
    }
    next.run(request).await
}
