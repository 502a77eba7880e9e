//! Licenses.

pub(super) mod batch;
pub(super) mod bulk;
pub(super) mod change;
pub(super) mod code;
pub(super) mod create;
pub(super) mod extend;
pub(super) mod filter;
pub(super) mod list;
pub(super) mod lookup;
mod schemas;
pub(super) mod state;
pub(super) mod tags;
pub(super) mod try_out;

use axum::response::Response;
use service::{
    Outcome,
    store::{Reading, licenses::LicenseRow},
};
use uuid::Uuid;

use super::{
    answer,
    call::marked,
    program::{Program, nothing},
    wire::license::{LicenseJson, PolicyTerms},
};
use crate::{AppState, api::problem::Problem};

/// Returns the license with this id, if the token reaches its product.
pub(in crate::api) async fn reached(state: &AppState, program: &Program, id: Uuid) -> Result<LicenseRow, Problem> {
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
    let mut reading = state.service.store().for_api().read().await?;
    let row = reading.on().license(id, now).await?.ok_or_else(nothing)?;
    written(state, &mut reading, vec![row]).await?.pop().ok_or_else(nothing)
}

/// Writes licenses with their tags.
async fn written(state: &AppState, reading: &mut Reading, rows: Vec<LicenseRow>) -> Result<Vec<LicenseJson>, Problem> {
    let now = state.service.clock().now();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.license.id).collect();
    let tags = reading.on().tags_of(&ids).await?;
    let of = |id: Uuid| tags.iter().filter(|(license, _)| *license == id).map(|(_, tag)| tag.clone()).collect();
    let mut policies = PolicyTerms::default();
    Ok(rows.into_iter().map(|row| LicenseJson::of(of(row.license.id), row, now, &mut policies)).collect())
}
