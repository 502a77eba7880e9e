//! The `Idempotency-Key` header, which any call that writes may carry.

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::request::Parts,
};
use licensing::Invalid;
use service::{CallKey, KEY_HEADER};

use super::problem::Problem;

/// The key that was sent, if any, bound to this endpoint.
pub(super) struct Key(pub(super) Option<CallKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all(KEY_HEADER).iter();
        let Some(key) = keys.next() else { return Ok(Self(None)) };
        if keys.next().is_some() {
            return Err(Invalid::one(KEY_HEADER, "was sent twice: send it once").into());
        }
        let path = parts.extensions.get::<MatchedPath>().map_or_else(|| parts.uri.path(), MatchedPath::as_str);
        Ok(Self(Some(CallKey::read(format!("{} {path}", parts.method), key.as_bytes())?)))
    }
}
