//! Revisions as entity tags (RFC 9110 §8.8.3): `"r7"`. They cover what people and programs edit.

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, header, request::Parts},
};
use licensing::Invalid;
use service::Error;

use crate::api::problem::Problem;

/// The revisions that the caller saw, from `If-Match` (RFC 9110 §13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::api) enum IfMatch {
    /// Any: the header is absent, or `*`.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// Compares the revision with those that the caller saw.
    ///
    /// # Errors
    /// `Stale` if it is none of them.
    pub(in crate::api) fn check(&self, revision: i64) -> Result<(), Error> {
        match self {
            Self::OneOf(seen) if !seen.contains(&revision) => Err(Error::stale(revision)),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let tags = text.split(',').map(str::trim);
        // A weak tag is never equal in `If-Match`, and neither is a tag of something else.
        let seen = tags.map(|tag| match tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"') {
            Some(quoted) if quoted.len() > 1 && quoted.ends_with('"') => Ok(revision(tag)),
            _ => Err(Invalid::one("If-Match", "must be an entity tag such as \"r7\", as the ETag header had it")),
        });
        Ok(Self::OneOf(seen.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()))
    }
}

fn revision(tag: &str) -> Option<i64> {
    tag.strip_prefix("\"r")?.strip_suffix('"')?.parse().ok()
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let lines = parts.headers.get_all(header::IF_MATCH).iter().map(|line| line.to_str().unwrap_or_default());
        let lines: Vec<_> = lines.collect();
        if lines.is_empty() { Ok(Self::Any) } else { Ok(Self::read(&lines.join(","))?) }
    }
}

/// The `ETag` header of a revision.
pub(in crate::api) fn etag(revision: i64) -> (HeaderName, HeaderValue) {
    let tag = HeaderValue::try_from(format!("\"r{revision}\""));
    (header::ETAG, tag.unwrap_or_else(|_| HeaderValue::from_static("\"r\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_read() {
        assert_eq!(IfMatch::read("*"), Ok(IfMatch::Any));
        assert_eq!(IfMatch::read("\"r7\""), Ok(IfMatch::OneOf(vec![7])));
        assert_eq!(IfMatch::read("\"r7\", \"r8\""), Ok(IfMatch::OneOf(vec![7, 8])));
        for never in ["W/\"r7\"", "\"7\"", "\"x\""] {
            assert_eq!(IfMatch::read(never), Ok(IfMatch::OneOf(vec![])), "{never}");
        }
        for bad in ["r7", "", "\"r7", "\""] {
            assert!(IfMatch::read(bad).is_err(), "{bad}");
        }
    }
}
