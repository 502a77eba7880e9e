//! Licenses.

pub(super) mod change;
pub(super) mod code;
pub(super) mod create;
pub(super) mod list;
pub(super) mod lookup;
pub(super) mod steps;
pub(super) mod try_out;

use axum::response::Response;
use licensing::license::State as LicenseState;
use service::{Outcome, store::licenses::LicenseRow};
use uuid::Uuid;

use super::{
    answer,
    call::marked,
    program::{Program, nothing},
    wire::license::LicenseJson,
};
use crate::{AppState, api::problem::Problem};

/// Returns the license with this id, if the token reaches its product.
pub(super) async fn reached(state: &AppState, program: &Program, id: Uuid) -> Result<LicenseRow, Problem> {
    let now = state.service.clock().now();
    let row = state.service.store().for_api().read().await?.on().license(id, now).await?.ok_or_else(nothing)?;
    program.of(row.license.product_id)?;
    Ok(row)
}

/// Reads the license again and answers it in its present state.
async fn answered<T>(
    state: &AppState,
    id: Uuid,
    outcome: &Outcome<T>,
    more: impl FnOnce(LicenseJson) -> LicenseJson,
) -> Result<Response, Problem> {
    let license = more(present(state, id).await?);
    let revision = license.revision();
    Ok(marked(outcome, answer::found(license, revision)))
}

async fn present(state: &AppState, id: Uuid) -> Result<LicenseJson, Problem> {
    let now = state.service.clock().now();
    Ok(LicenseJson::of(state.service.licenses().license(id).await?, now))
}

/// Reads the state of a license.
fn read_state(text: &str) -> Result<LicenseState, &'static str> {
    LicenseState::from_name(text).ok_or("must be active, suspended or revoked")
}
