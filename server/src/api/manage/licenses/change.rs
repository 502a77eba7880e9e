//! `PATCH /licenses/{id}`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use service::LicenseEdit;

use super::{answered, reached};
use crate::{
    AppState,
    api::{
        manage::{
            call::PatchCall,
            located::TermsAt,
            program::read_id,
            revision::IfMatch,
            wire::license::{EDITABLE, LicenseJson, read_form, read_policy, write_editable},
        },
        problem::Problem,
    },
};

/// Changes a license by a merge patch or a JSON Patch.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/licenses/{id}",
    operation_id = "changeLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body(content(
        (super::schemas::LicenseMembers = "application/merge-patch+json"),
        (super::super::schemas::JsonPatch = "application/json-patch+json"),
        (super::schemas::LicenseMembers = "application/json"),
    )),
    responses((status = 200, description = "The license after the change.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn change(
    State(state): State<AppState>,
    Path(id): Path<String>,
    seen: IfMatch,
    call: PatchCall,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let licenses = state.service.licenses();
    let edit = licenses.edit_license(id, None, begun.actor(), |locked, tags| {
        seen.check(locked.license.revision)?;
        let mut fields = call.patch.edit(&write_editable(locked, tags), &EDITABLE)?;
        let form = read_form(&mut fields);
        let policy_id = read_policy(&mut fields);
        fields.end()?;
        Ok(LicenseEdit { form, policy_id })
    });
    let outcome = begun.run_located(TermsAt::Overrides, edit).await?;
    answered(&state, id, &outcome, |license| license).await
}
