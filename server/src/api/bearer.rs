//! Bearer tokens (RFC 6750): one that is sent must be good.

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

use super::problem::{Code, Problem};

/// A caller without a bearer token. As long as no OIDC provider is configured no token can be good, and one that is sent
/// means that the caller takes this server for another.
pub(super) struct NoBearer;

impl<S: Sync> FromRequestParts<S> for NoBearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let schemes =
            parts.headers.get_all(AUTHORIZATION).iter().filter_map(|line| line.as_bytes().split(|b| *b == b' ').next());
        if schemes.into_iter().any(|scheme| scheme.eq_ignore_ascii_case(b"Bearer")) {
            let detail =
                "This license server takes no bearer token here: send the request without the header Authorization.";
            return Err(Problem::new(Code::InvalidToken, detail));
        }
        Ok(Self)
    }
}
