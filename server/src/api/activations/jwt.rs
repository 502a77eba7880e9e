//! `POST /api/v1/activations/jwt`: activates a license on a device.

use axum::{Json, extract::State, response::Response};

use super::{activate::activate, answer::granted, dry_run::dry_run, request::Asked};
use crate::{
    AppState,
    api::{key::Key, problem::Problem},
};

/// Answers the token as a JSON string. Repeated requests of a device get the same seat and a new token. The header
/// `Latchkey-Decision` names the decision; a repeat that changes nothing names the decision of the grant that it
/// repeats.
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
