//! `PATCH /entitlements/{entitlementId}`.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use licensing::{Act, Invalid, license::StateChange};
use service::{Error, LicenseForm, store::licenses::LicenseWithTerms};

use super::entitlement::{self, EDITABLE, EntitlementParameters, Parameters};
use crate::{
    AppState,
    api::{
        manage::{
            call::{PatchCall, marked},
            licenses::reached,
            patch::Patch,
            program::{nothing, read_id},
            schemas::JsonPatch,
        },
        problem::Problem,
    },
};

/// Reason of a revocation, for the audit log. The contract has no member for it.
const REASON: &str = "Set to revoked by a provision call.";

/// Changes the parameters of an entitlement by a JSON Patch. `isRevoked` revokes it, which needs the scope
/// `licenses.revoke` and must be the only change.
#[utoipa::path(
    patch,
    path = "/api/v1/provision/admin/entitlements/{entitlementId}",
    operation_id = "changeEntitlement",
    tag = "Provisioning",
    params(("entitlementId" = Uuid, Path, description = "Id of the license.")),
    request_body(content(
        (EntitlementParameters = "application/merge-patch+json"),
        (JsonPatch = "application/json-patch+json"),
        (EntitlementParameters = "application/json"),
    )),
    responses((status = 200, description = "It is changed.")),
)]
pub(super) async fn change_entitlement(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: PatchCall,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let product = reached(&state, &call.program, id).await?.license.product_id;
    let locked = state.service.store().for_api().read().await?.on().license_with_terms(id).await?;
    let revokes = revokes(&call.patch, &locked.ok_or_else(nothing)?)?;
    if revokes && !call.program.may(Act::LicensesRevoke) {
        return Err(Problem::scope_lacking(Act::LicensesRevoke));
    }
    let begun = call.begin(&state, call.program.of(product)?).await?;
    let licenses = state.service.licenses();
    let done = || StatusCode::OK.into_response();
    if revokes {
        let outcome = begun.run(licenses.change_state(id, StateChange::Revoke, REASON, begun.actor())).await?;
        return Ok(marked(&outcome, done()));
    }
    let edit = licenses.edit_license(id, None, begun.actor(), |locked, _| {
        let parameters = patched(&call.patch, locked)?;
        let own = &locked.license;
        let kept =
            LicenseForm { overrides: own.overrides.clone(), features: own.features.clone(), ..LicenseForm::default() };
        Ok(parameters.edit(kept, own.metadata.clone()).into())
    });
    let outcome = begun.run(async { edit.await.map_err(|error| entitlement::in_request(error, "")) }).await?;
    Ok(marked(&outcome, done()))
}

/// Returns the parameters after the patch.
fn patched(patch: &Patch, locked: &LicenseWithTerms) -> Result<Parameters, Error> {
    let mut fields = patch.edit(&entitlement::write(locked), &EDITABLE)?;
    let parameters = Parameters::read(&mut fields);
    fields.end()?;
    Ok(parameters)
}

/// Returns `true` if the patch revokes the license.
fn revokes(patch: &Patch, locked: &LicenseWithTerms) -> Result<bool, Error> {
    let (before, after) = (Parameters::of(locked), patched(patch, locked)?);
    if before.is_revoked || !after.is_revoked {
        return Ok(false);
    }
    if after.not_revoked() != before {
        return Err(Invalid::one("/isRevoked", "must be the only change: send the others in another call").into());
    }
    Ok(true)
}
