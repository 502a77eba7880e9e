//! Access for scripts of other websites (Fetch Standard, CORS protocol), never with cookies.

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, Method,
        header::{
            ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER,
        },
    },
    middleware::Next,
    response::Response,
};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::activations::DECISION;
use crate::{Config, http::origin::REQUEST_ID};

/// Time for which a browser may cache the response to a preflight request.
const KEPT: std::time::Duration = std::time::Duration::from_secs(600);

/// Public resources, which every website may read.
pub(super) fn public() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([ACCEPT, IF_NONE_MATCH])
        .expose_headers([ETAG, RETRY_AFTER, REQUEST_ID])
        .max_age(KEPT)
}

/// The activation API, for the configured origins.
pub(super) fn activations(config: &Config) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("idempotency-key")])
        .expose_headers([
            DECISION,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            RETRY_AFTER,
            REQUEST_ID,
        ])
        .max_age(KEPT);
    if config.cors_origins.iter().any(|origin| origin == "*") {
        return layer.allow_origin(Any);
    }
    let origins = config.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    layer.allow_origin(AllowOrigin::list(origins))
}

/// Applies the layer, except to an `OPTIONS` request that is not a preflight: the layer alone would answer it, but it
/// must be refused like any other unsupported method.
pub(super) async fn apply(State(cors): State<CorsLayer>, request: Request, next: Next) -> Response {
    let preflight = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && !preflight {
        return next.run(request).await;
    }
    cors.layer(next).oneshot(request).await.unwrap_or_else(|never| match never {})
}
