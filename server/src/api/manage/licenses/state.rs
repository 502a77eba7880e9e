//! Changes of a license's state, each with a reason.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::license::StateChange;
use service::Outcome;

use super::{answered, reached};
use crate::{
    AppState,
    api::{
        manage::{call::Call, program::read_id, wire::license::LicenseJson},
        problem::Problem,
    },
};

/// Suspends a license: no device activates or renews until it is reinstated.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/suspend",
    operation_id = "suspendLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The license.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn suspend(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    change_state(&state, &id, StateChange::Suspend, &call).await
}

/// Ends the suspension of a license.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/reinstate",
    operation_id = "reinstateLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The license.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn reinstate(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    change_state(&state, &id, StateChange::Reinstate, &call).await
}

/// Revokes a license permanently, with the seats of all its devices.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/revoke",
    operation_id = "revokeLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The license, with seatsTaken.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn revoke(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    change_state(&state, &id, StateChange::Revoke, &call).await
}

/// Resets the transfer count of a license.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/reset-transfers",
    operation_id = "resetTransfers",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The license.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn reset_transfers(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let reason = call.reason()?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let outcome = begun.run(state.service.devices().reset_transfers(id, &reason, begun.actor())).await?;
    answered(&state, id, &outcome, |license| license).await
}

async fn change_state(state: &AppState, id: &str, change: StateChange, call: &Call) -> Result<Response, Problem> {
    let id = read_id(id)?;
    let row = reached(state, &call.program, id).await?;
    let reason = call.reason()?;
    let begun = call.begin(state, call.program.of(row.license.product_id)?).await?;
    let outcome = begun.run(state.service.licenses().change_state(id, change, &reason, begun.actor())).await?;
    let taken = match outcome {
        Outcome::Done(devices) if change == StateChange::Revoke => Some(devices),
        Outcome::Done(_) | Outcome::Repeated(_) => None,
    };
    answered(state, id, &outcome, |license| license.with_seats_taken(taken)).await
}
