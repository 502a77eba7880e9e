//! Request bodies: a JSON object under one of the media types that clients send, of at most 16 KiB. Management calls allow
//! more (`manage/call.rs`).

mod json;
mod members;

use std::{char, convert::Infallible};

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{
        HeaderMap,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
    },
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use licensing::Invalid;
pub(super) use licensing::json::Read;

use super::problem::{Code, Problem};

pub(super) use members::Members;

/// Maximum size of a body, in bytes.
pub(super) const LARGEST_BODY: usize = 16 * 1024;

impl<S: Send + Sync> FromRequest<S> for Members {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return Err(Problem::new(
                Code::UnsupportedMediaType,
                "Send an uncompressed JSON object in UTF-8, with the content type application/json.",
            ));
        }
        Ok(json::read(&read(body).await?)?)
    }
}

/// Reads a body of any JSON value and at most `most` bytes. `None` if it is empty.
pub(super) async fn value(body: Body, most: usize) -> Result<Option<Read>, Problem> {
    let bytes = read_up_to(body, most).await?;
    if bytes.trim_ascii().is_empty() { Ok(None) } else { Ok(Some(json::read_value(&bytes)?)) }
}

/// Reads the members of a body that may be empty.
pub(super) async fn optional<S: Send + Sync>(request: Request, state: &S) -> Result<Members, Problem> {
    let (head, body) = request.into_parts();
    let bytes = read(body).await?;
    if bytes.trim_ascii().is_empty() {
        return Ok(Members::default());
    }
    Members::from_request(Request::from_parts(head, Body::from(bytes)), state).await
}

/// Returns a text sent as `text/plain`, or as the given member of a JSON object, and `true` if it came in JSON.
pub(super) async fn text<S: Send + Sync>(request: Request, state: &S, member: &str) -> Result<(String, bool), Problem> {
    if is_json(request.headers()) {
        let mut members = Members::from_request(request, state).await?;
        let text = members.required(member, |text| Ok::<_, Infallible>(text.to_owned()));
        return Ok((members.finish(text)?, true));
    }
    if !is_plain(request.headers()) {
        let detail = "Send the uncompressed file as text/plain, or in a JSON object as application/json.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    Ok((decoded(&read(request.into_body()).await?), false))
}

/// Decodes the text of a file. PowerShell writes UTF-16 with a byte order mark, and mail programs may surround the
/// block with text in any encoding. The block itself is ASCII, so invalid UTF-8 matters only inside it.
fn decoded(bytes: &[u8]) -> String {
    let utf16 = |units: &[u8], read: fn([u8; 2]) -> u16| {
        let units = units.as_chunks().0.iter().map(|unit| read(*unit));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Returns `true` if the content type is `text/plain`, uncompressed.
fn is_plain(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
    let kind =
        text(CONTENT_TYPE).is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/plain"));
    kind && text(CONTENT_ENCODING).is_none_or(|coding| coding == "identity")
}

async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    read_up_to(body, LARGEST_BODY).await
}

/// Reads the whole body; never holds more than `most` bytes, whatever `Content-Length` announced.
async fn read_up_to(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, most).collect().await {
        Ok(all) => Ok(all.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
            Code::TooLarge,
            format!("The request is larger than {} KiB. Send only the documented members.", most / 1024),
        )),
        Err(_) => Err(Invalid::one("body", "is incomplete").into()),
    }
}

/// Returns `true` if the content type is `application/json`, `text/json` or `application/…+json`, uncompressed.
/// Existing clients send `application/json-patch+json`. The crate `mime` would refuse the white space that some send
/// before a semicolon. Parameters are ignored: `charset` has no meaning for JSON (RFC
/// 8259 §11).
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
    let Some(content_type) = text(CONTENT_TYPE) else { return false };
    let named = content_type.split(';').next().is_some_and(|essence| match essence.trim().split_once('/') {
        Some(("application", subtype)) => {
            subtype == "json" || subtype.strip_suffix("+json").is_some_and(|kind| !kind.is_empty())
        }
        Some(("text", subtype)) => subtype == "json",
        _ => false,
    });
    named && text(CONTENT_ENCODING).is_none_or(|coding| coding == "identity")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

    use super::is_json;

    #[test]
    fn json_is_known_by_its_types() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json-patch+json", true),
            ("application/problem+json; v=1", true),
            ("text/json", true),
            ("application/json; charset=utf8", true),
            ("application/json ; charset=ISO-8859-1", true),
            ("application/json;", true),
            ("application/+json", false),
            ("application/jsonp", false),
            ("application/x-www-form-urlencoded", false),
            ("text/plain", false),
            ("json", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            assert_eq!(is_json(&headers), expected, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
