//! `POST /api/v1/activations/jwt`: activates a license on a device.

use axum::{Extension, Json, extract::State, response::Response};

use super::{Asked, Counted, activate, not_stored};
use crate::{
    AppState,
    api::{key::Key, problem::Problem},
};

/// Answers the token, as a JSON string. The same device gets the same seat and a fresh token, however often it asks.
pub(in crate::api) async fn jwt(
    State(state): State<AppState>,
    Extension(failures): Counted,
    key: Key,
    asked: Asked,
) -> Result<Response, Problem> {
    let (_, token) = activate(&state, &failures, key, asked).await?;
    Ok(not_stored(Json(token)))
}
