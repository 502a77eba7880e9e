//! The character U+0000, which no text here may contain and PostgreSQL cannot store.
//!
//! It is refused once, where URLs and forms are read, so that no act has to check for it. The management API refuses it where
//! it reads queries and bodies, and names the place.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};

use crate::{http::error_pages::ErrorMessage, web::forms::LONGEST_FORM};

const MESSAGE: ErrorMessage = ErrorMessage(
    "The request contains an invisible character (U+0000), perhaps copied from a damaged file. Type the text again. \
     Nothing was changed.",
);

/// Answers 400 to a request with U+0000 in its URL or its body.
pub(crate) async fn refuse(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if has_escaped(address.as_bytes()) {
        return refused();
    }
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match to_bytes(body, LONGEST_FORM).await {
        Ok(body) if is_in(&head.headers, &body) => refused(),
        Ok(body) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

fn refused() -> Response {
    let mut answer = StatusCode::BAD_REQUEST.into_response();
    answer.extensions_mut().insert(MESSAGE);
    answer
}

fn is_in(headers: &HeaderMap, body: &Bytes) -> bool {
    let json = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    body.contains(&0) || if json { has_json_escape(body) } else { has_escaped(body) }
}

/// Returns `true` if U+0000 occurs percent-encoded (RFC 3986 §2.1). An encoded `%` (`%2500`) does not count.
fn has_escaped(text: &[u8]) -> bool {
    text.windows(3).any(|three| three == b"%00")
}

/// Returns `true` if U+0000 occurs as an escape in a JSON string (RFC 8259 §7), with a backslash that is not itself
/// escaped.
fn has_json_escape(text: &[u8]) -> bool {
    let mut escaped = false;
    text.iter().enumerate().any(|(at, byte)| {
        let found = escaped && text.get(at..at + 5).is_some_and(|five| five == b"u0000");
        escaped = *byte == b'\\' && !escaped;
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_told_from_text_that_looks_like_one() {
        for yes in ["%00", "a=b%00", "%25%00"] {
            assert!(has_escaped(yes.as_bytes()), "{yes}");
        }
        for no in ["%2500", "100%25", "%0", "%000".get(1..).unwrap_or_default(), ""] {
            assert!(!has_escaped(no.as_bytes()), "{no}");
        }
        for yes in [r#""\u0000""#, r#""\\\u0000""#, r#""\n\u0000""#] {
            assert!(has_json_escape(yes.as_bytes()), "{yes}");
        }
        for no in [r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\u000""#] {
            assert!(!has_json_escape(no.as_bytes()), "{no}");
        }
    }
}
