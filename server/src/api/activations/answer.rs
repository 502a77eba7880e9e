//! Responses with a token.

use axum::{
    http::{HeaderName, HeaderValue, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

/// Marks a response that contains a token as not cacheable.
pub(in crate::api) fn not_stored(answer: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], answer).into_response()
}

/// Header with the id of the decision behind a response; support can look the decision up by it.
pub(in crate::api) const DECISION: HeaderName = HeaderName::from_static("latchkey-decision");

/// Like [`not_stored`], with the [`DECISION`] header of a grant.
pub(in crate::api) fn granted(decision: Uuid, answer: impl IntoResponse) -> Response {
    let mut answer = not_stored(answer);
    if let Ok(id) = HeaderValue::try_from(decision.to_string()) {
        answer.headers_mut().insert(DECISION, id);
    }
    answer
}
