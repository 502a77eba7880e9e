//! Bearer tokens (RFC 6750). A token that is sent must be valid, even where none is required.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use licensing::activation::Person;

use super::problem::{Code, Problem};
use crate::{AppState, oidc::NotKnown};

/// Detail of the refusal of a bearer token where none is accepted: the client probably called the wrong server.
const TAKES_NONE: &str =
    "This license server accepts no bearer token here. Send the request without the Authorization header.";

/// Extractor for calls authorized by a signature in the body: a release ticket, or a device's offline file.
pub(super) struct NoBearer;

impl<S: Sync> FromRequestParts<S> for NoBearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match sent(&parts.headers).next() {
            None => Ok(Self),
            Some(_) => Err(Problem::new(Code::InvalidToken, TAKES_NONE)),
        }
    }
}

/// Extractor for the person whose access token was sent; `None` if no token was sent.
pub(super) struct Caller(pub(super) Option<Person>);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if !state.providers.give_access() {
            return NoBearer::from_request_parts(parts, state).await.map(|NoBearer| Self(None));
        }
        if sent(&parts.headers).next().is_none() {
            return Ok(Self(None));
        }
        Ok(Self(Some(person(state, bearer(&parts.headers)?).await?)))
    }
}

/// Returns the person to whom an identity provider issued this access token.
pub(super) async fn person(state: &AppState, token: &str) -> Result<Person, Problem> {
    // Boxed: it may have to ask the provider, and that state must not enlarge every request's future.
    Box::pin(state.providers.person(&state.service, token)).await.map_err(|error| match error {
        NotKnown::Token(why) => {
            tracing::info!(why, "an access token was refused");
            Problem::new(
                Code::InvalidToken,
                "This access token is invalid or expired, or is not meant for this license server. Sign in again.",
            )
        }
        NotKnown::Away(error) => {
            tracing::warn!(%error, "an access token cannot be checked");
            Problem::unavailable()
        }
    })
}

/// Returns the one bearer token of the request; sending none or several is an error.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut tokens = sent(headers);
    match (tokens.next().map(str::from_utf8), tokens.next()) {
        (Some(Ok(token)), None) => Ok(token),
        _ => Err(Problem::new(
            Code::InvalidToken,
            "Send this activation's own token in the Authorization header, as “Bearer …”.",
        )),
    }
}

/// Yields the credentials of every `Authorization` header with the scheme `Bearer`, in any case.
fn sent(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(AUTHORIZATION).iter().filter_map(|line| {
        let (scheme, token) = line.as_bytes().split_at_checked(6)?;
        let apart = token.is_empty() || token.starts_with(b" ");
        (scheme.eq_ignore_ascii_case(b"Bearer") && apart).then(|| token.trim_ascii())
    })
}
