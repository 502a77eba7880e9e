//! `GET /.well-known/jwks.json`: every public key that a valid token may need.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    Json,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, ETAG},
    },
    response::{IntoResponse, Response},
};
use service::Service;

use crate::web::assets;

/// Answers the key set (RFC 7517 §5), cacheable for five minutes; 304 if the client already has it. During a database
/// outage it is served from memory.
pub(super) async fn jwks(State(service): State<Service>, headers: HeaderMap) -> Response {
    let keys = service.keys().jwks().await;
    let tag = tag(&keys.to_string());
    let fresh = if assets::has(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(&*keys).into_response()
    };
    ([(ETAG, tag), (CACHE_CONTROL, "public, max-age=300".to_owned())], fresh).into_response()
}

/// Returns an `ETag` for the content. It protects no secret, so any good hash will do.
pub(super) fn tag(content: &str) -> String {
    let mut hash = DefaultHasher::new();
    content.hash(&mut hash);
    format!("\"{:016x}\"", hash.finish())
}
