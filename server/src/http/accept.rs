//! Lists in `Accept` and similar headers (RFC 9110 §12.4.2).
//!
//! The crate `headers` has no types for these headers, and `mime` refuses white space before a semicolon, which RFC 9110
//! §5.6.6 allows.

use http::{HeaderMap, HeaderName};

/// Yields the members that the client accepts, in lowercase and without parameters. A weight of 0 refuses a member.
pub(crate) fn accepted(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = String> {
    list(headers, name).filter_map(|member| {
        let member = member.to_ascii_lowercase();
        let mut parts = member.split(';').map(str::trim);
        let accepted = parts.next()?.to_owned();
        let refuses = |part: &str| part.strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0));
        (!parts.any(refuses)).then_some(accepted)
    })
}

/// Yields the members of a list header, over all its lines.
pub(crate) fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
