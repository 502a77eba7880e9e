//! `GET /.well-known/jwks.json`: every public key that a valid token may need.
//!
//! The key set may be cached for five minutes. During a database outage it is served from memory.

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
use utoipa::ToSchema;

use crate::web::assets;

/// A JSON Web Key Set.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes")]
struct KeySet {
    #[schema(value_type = Vec<Object>)]
    keys: Vec<serde_json::Value>,
}

/// Returns every public key that a valid token may need (RFC 7517).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "keys",
    tag = "machines",
    responses(
        (status = 200, description = "The key set.", body = inline(KeySet)),
        (status = 304, description = "Not modified: the client already has the current version."),
    ),
)]
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
