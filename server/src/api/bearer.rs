//! Bearer tokens (RFC 6750): one that is sent must be good.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use licensing::activation::Person;

use super::problem::{Code, Problem};
use crate::{AppState, oidc::NotKnown};

/// What is answered where a bearer token can mean nothing: who sends one takes this server for another.
const TAKES_NONE: &str =
    "This license server takes no bearer token here: send the request without the header Authorization.";

/// A caller without a bearer token, where what was signed speaks for itself: a ticket, or a device's paper.
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

/// Who activates: the person whose access token was sent, or nobody in particular.
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

/// The person to whom an identity provider gave this access token.
pub(super) async fn person(state: &AppState, token: &str) -> Result<Person, Problem> {
    // It may have to ask the provider: nothing that each request should carry about in its future.
    Box::pin(state.providers.person(&state.service, token)).await.map_err(|error| match error {
        NotKnown::Token(why) => {
            tracing::info!(why, "an access token was refused");
            Problem::new(
                Code::InvalidToken,
                "This is no access token for this license server that is still good: sign in again.",
            )
        }
        NotKnown::Away(error) => {
            tracing::warn!(%error, "an access token cannot be looked at");
            Problem::unavailable()
        }
    })
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
