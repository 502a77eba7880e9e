//! Activations: the devices of licenses.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::{text, wire::Fields};
use serde_json::{Value, json};
use service::{
    Error, Outcome,
    store::{activation_list::ActivationFilter, activations::Activation},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Begun, Call, PatchCall, marked},
    licenses::reached as reached_license,
    products::product_filter,
    program::{Program, nothing, read_id},
    query::Query,
    revision::IfMatch,
    wire::device::ActivationJson,
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Returns the activation with this id and the product of its license, if the token reaches that.
async fn reached(state: &AppState, program: &Program, id: &str) -> Result<(Activation, Uuid), Problem> {
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().activation(read_id(id)?).await?.ok_or_else(nothing)?;
    let license = reading.on().license_with_terms(found.license_id).await?.ok_or_else(nothing)?.license;
    program.of(license.product_id)?;
    Ok((found, license.product_id))
}

async fn answered<T>(state: &AppState, id: Uuid, outcome: &Outcome<T>) -> Result<Response, Problem> {
    let found = state.service.store().for_api().read().await?.on().activation(id).await?.ok_or_else(nothing)?;
    let revision = found.label_revision;
    let device = ActivationJson::of(found, state.service.clock().now());
    Ok(marked(outcome, answer::found(device, revision)))
}

/// Reads a filter of activations, limited to the products that the token reaches. Errors are recorded in `fields`.
pub(super) async fn read_filter(
    state: &AppState,
    program: &Program,
    fields: &mut Fields,
) -> Result<ActivationFilter, Problem> {
    let product = product_filter(state, program, fields).await?;
    let held = fields.switch("held").unwrap_or_default();
    Ok(ActivationFilter {
        license_id: fields.id("license"),
        products: product.map_or_else(|| program.products().to_vec(), |product| vec![product]),
        fingerprint_hash: fields.fingerprint("fingerprint").map(|it| it.digest()),
        held_at: held.then(|| state.service.clock().now()),
    })
}

/// Returns activations, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/activations",
    operation_id = "listActivations",
    tag = "devices",
    params(
        ("license" = inline(Option<Uuid>), Query, description = "Id of a license."),
        ("product" = inline(Option<String>), Query, description = "Id or code of a product."),
        ("fingerprint" = inline(Option<String>), Query, description = "The whole fingerprint of a device."),
        ("held" = inline(Option<bool>), Query, description = "true for devices that hold a seat now."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of activations.", body = Items<ActivationJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = read_filter(&state, &program, query.fields()).await?;
    let page = query.page()?;
    if let Some(id) = filter.license_id {
        reached_license(&state, &program, id).await?;
    }
    let now = state.service.clock().now();
    let mut reading = state.service.store().for_api().read().await?;
    let (rows, links) = page.turn(reading.on().activation_page(&filter, page.paging, page.size).await?);
    Ok(answer::items(rows.into_iter().map(|row| ActivationJson::of(row.activation, now)).collect(), links))
}

/// Returns an activation.
#[utoipa::path(
    get,
    path = "/api/v1/admin/activations/{id}",
    operation_id = "getActivation",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the activation.")),
    responses((status = 200, description = "The activation.", body = ActivationJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (found, _) = reached(&state, &program, &id).await?;
    let revision = found.label_revision;
    Ok(answer::found(ActivationJson::of(found, state.service.clock().now()), revision))
}

/// Changes the label of an activation by a merge patch or a JSON Patch.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/activations/{id}",
    operation_id = "labelActivation",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the activation.")),
    request_body(content(
        (super::schemas::Label = "application/merge-patch+json"),
        (super::schemas::JsonPatch = "application/json-patch+json"),
        (super::schemas::Label = "application/json"),
    )),
    responses((status = 200, description = "The activation after the change.", body = ActivationJson)),
)]
pub(super) async fn label(
    State(state): State<AppState>,
    Path(id): Path<String>,
    seen: IfMatch,
    call: PatchCall,
) -> Result<Response, Problem> {
    let (found, product) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, call.program.of(product)?).await?;
    let outcome = begun.run(relabel(&state, found.id, &call, &seen, &begun)).await?;
    answered(&state, found.id, &outcome).await
}

/// Patches the label. If somebody else changes it between reading and saving, the patch is applied again to their label.
async fn relabel(state: &AppState, id: Uuid, call: &PatchCall, seen: &IfMatch, begun: &Begun) -> Result<(), Error> {
    for _ in 0..MOST_ATTEMPTS {
        let device = state.service.store().for_api().read().await?.on().activation(id).await?;
        let device = device.ok_or(Error::NotFound("device"))?;
        seen.check(device.label_revision)?;
        let object: Value = json!({ "id": device.id, "label": device.label, "revision": device.label_revision });
        let mut fields = call.patch.edit(&object, &["label"])?;
        let label = fields.parse("label", |label| text::line(label, 80)).flatten();
        fields.end()?;
        let label = label.unwrap_or_default();
        let devices = state.service.devices();
        match devices.save_device_name(id, Some(device.label_revision), &label, begun.actor()).await {
            Err(Error::Stale(_)) => {}
            done => return done,
        }
    }
    Err(Error::Contended)
}

/// Maximum number of times that a patch is applied to a label that others change at the same time.
const MOST_ATTEMPTS: usize = 5;

/// Releases a device's seat on the customer's behalf.
#[utoipa::path(
    post,
    path = "/api/v1/admin/activations/{id}/free",
    operation_id = "freeActivation",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the activation.")),
    request_body = super::schemas::Reason,
    responses((status = 200, description = "The activation.", body = ActivationJson)),
)]
pub(super) async fn free(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let (found, product) = reached(&state, &call.program, &id).await?;
    let reason = call.reason()?;
    let begun = call.begin(&state, call.program.of(product)?).await?;
    let outcome = begun.run(state.service.devices().free_seat(found.id, &reason, begun.actor())).await?;
    answered(&state, found.id, &outcome).await
}

/// Revokes a device's seat. Its tokens appear on the status list.
#[utoipa::path(
    post,
    path = "/api/v1/admin/activations/{id}/revoke",
    operation_id = "revokeActivation",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the activation.")),
    request_body = super::schemas::Reason,
    responses((status = 200, description = "The activation.", body = ActivationJson)),
)]
pub(super) async fn revoke(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let (found, product) = reached(&state, &call.program, &id).await?;
    let reason = call.reason()?;
    let begun = call.begin(&state, call.program.of(product)?).await?;
    let outcome = begun.run(state.service.devices().revoke_activation(found.id, &reason, begun.actor())).await?;
    answered(&state, found.id, &outcome).await
}

/// Restores a seat that was freed or revoked within the last ten minutes.
#[utoipa::path(
    post,
    path = "/api/v1/admin/activations/{id}/undo",
    operation_id = "undoRelease",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the activation.")),
    responses((status = 200, description = "The activation.", body = ActivationJson)),
)]
pub(super) async fn undo(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let (found, product) = reached(&state, &call.program, &id).await?;
    call.empty()?;
    let begun = call.begin(&state, call.program.of(product)?).await?;
    let outcome = begun.run(state.service.devices().undo_release(found.id, begun.actor())).await?;
    answered(&state, found.id, &outcome).await
}
