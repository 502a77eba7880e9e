//! Bearer tokens (RFC 6750): one that is sent must be good.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};

use super::problem::{Code, Problem};

/// A caller without a bearer token. As long as no OIDC provider is configured no token can be good here, and one that is
/// sent means that the caller takes this server for another.
pub(super) struct NoBearer;

impl<S: Sync> FromRequestParts<S> for NoBearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if sent(&parts.headers).next().is_some() {
            let detail =
                "This license server takes no bearer token here: send the request without the header Authorization.";
            return Err(Problem::new(Code::InvalidToken, detail));
        }
        Ok(Self)
    }
}

/// The one bearer token that was sent.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut tokens = sent(headers);
    match (tokens.next().map(str::from_utf8), tokens.next()) {
        (Some(Ok(token)), None) => Ok(token),
        _ => Err(Problem::new(
            Code::InvalidToken,
            "Send this activation's own token in the header Authorization, as “Bearer …”.",
        )),
    }
}

/// What stands behind the word Bearer, in whatever case, in every header Authorization.
fn sent(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(AUTHORIZATION).iter().filter_map(|line| {
        let (scheme, token) = line.as_bytes().split_at_checked(6)?;
        let apart = token.is_empty() || token.starts_with(b" ");
        (scheme.eq_ignore_ascii_case(b"Bearer") && apart).then(|| token.trim_ascii())
    })
}
