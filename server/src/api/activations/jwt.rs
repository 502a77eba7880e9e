//! `POST /api/v1/activations/jwt`: activates a license on a device.

use axum::{Json, extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    activate::activate,
    answer::granted,
    dry_run::{DryRun, DryRunQuery, dry_run},
    request::Asked,
};
use crate::{
    AppState,
    api::{
        key::Key,
        openapi::schemas::{ActivationRequest, Token},
        problem::{Code, Problem, sets::RENEWAL_REFUSALS},
    },
};

/// The token, or the expected outcome of a dry run.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only describes")]
enum TokenOrDryRun {
    Token(Token),
    DryRun(DryRun),
}

/// Activates a license on a device.
///
/// Repeated calls of a device get the same seat and a new token.
#[utoipa::path(
    post,
    path = "/api/v1/activations/jwt",
    operation_id = "activate",
    tag = "activations",
    security((), ("accessToken" = [])),
    params(Key, DryRunQuery),
    request_body = ActivationRequest,
    responses((
        status = 200,
        description = "The token, as a JSON string. For a dry run, the expected outcome.",
        headers(("Latchkey-Decision")),
        body = inline(TokenOrDryRun),
    )),
    extensions(("x-problems" = json!([
        RENEWAL_REFUSALS,
        Code::InvalidToken,
        Code::EmailRequired,
        Code::SessionNotFound,
        Code::RateLimited,
        Code::Unavailable,
    ]))),
)]
pub(in crate::api) async fn jwt(
    State(state): State<AppState>,
    key: Key,
    Asked { activation, dry }: Asked,
) -> Result<Response, Problem> {
    if dry {
        return Box::pin(dry_run(&state, activation)).await;
    }
    let (activated, token) = activate(&state, key, activation).await?;
    Ok(granted(activated.decision, Json(token)))
}
