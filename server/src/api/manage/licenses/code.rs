//! Activation codes: revealing and replacing them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use service::Outcome;

use super::{answered, reached};
use crate::{
    AppState,
    api::{
        manage::{call::Call, program::read_id, wire::license::LicenseJson},
        problem::Problem,
    },
};

/// Returns a license with its whole activation code. The audit log records it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/reveal",
    operation_id = "revealCode",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    responses((status = 200, description = "The license, with its code.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn reveal(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    call.empty()?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let outcome = begun.run(state.service.licenses().reveal_code(id, begun.actor())).await?;
    with_code(&state, id, outcome).await
}

/// Gives a license a new activation code. The old one stops working at once; devices keep their seats.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/reissue",
    operation_id = "reissueCode",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The license, with its new code.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn reissue(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let reason = call.reason()?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let reissue = async {
        let code = state.service.licenses().reissue_code(id, &reason, begun.actor()).await?;
        Ok(code.written().to_owned())
    };
    let outcome = begun.run(reissue).await?;
    with_code(&state, id, outcome).await
}

/// Answers the license with the code of the call, unless it was reissued since.
async fn with_code(state: &AppState, id: uuid::Uuid, outcome: Outcome<String>) -> Result<Response, Problem> {
    let code = match &outcome {
        Outcome::Done(code) => Some(code.clone()),
        Outcome::Repeated(done) => state.service.licenses().code_unless_reissued(id, done.event).await?,
    };
    answered(state, id, &outcome, |license| license.with_code(code)).await
}
