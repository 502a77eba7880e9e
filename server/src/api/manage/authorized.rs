//! Pre-registered devices of a license.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use licensing::{Fingerprint, Invalid, wire::Fields};
use serde_json::Value;
use service::{
    Entry, Outcome, Registered,
    store::{Cursor, authorized::AuthorizedRow},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Call, marked, read_reason},
    licenses::reached,
    located::unlocated,
    program::{Program, read_id},
    query::{Query, page_of},
    wire::device::{AuthorizedJson, RegisteredJson},
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Maximum number of devices of a license that are listed.
const MOST_LISTED: i64 = 10_000;

/// Returns the pre-registered devices of a license, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/licenses/{id}/authorized",
    operation_id = "listAuthorized",
    tag = "devices",
    params(
        ("id" = Uuid, Path, description = "Id of the license."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of devices.", body = Items<AuthorizedJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    reached(&state, &program, id).await?;
    let page = query.page()?;
    let all = state.service.store().for_api().read().await?.on().authorized_devices(id, MOST_LISTED).await?;
    // They have no ids; the first half of the fingerprint's hash is one.
    let place = |row: &AuthorizedRow| {
        let half = row.entry.fingerprint_hash.get(..16).and_then(|half| half.try_into().ok()).unwrap_or_default();
        Cursor { at: row.entry.created_at, id: Uuid::from_bytes(half) }
    };
    let (rows, links) = page.turn(page_of(all, page.paging, page.size, place));
    Ok(answer::items(rows.into_iter().map(AuthorizedJson::from).collect(), links))
}

/// Pre-registers devices for a license, at most 1,000 at a time.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/authorized",
    operation_id = "authorizeDevices",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::schemas::Authorize,
    responses((status = 200, description = "How many were new.", body = RegisteredJson)),
)]
pub(super) async fn add(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let mut fields = call.fields()?;
    let list = fields.list("devices");
    let list = fields.need("devices", list).unwrap_or_default();
    let (mut entries, at) = (vec![], fields.pointer("devices"));
    for (n, value) in list.into_iter().enumerate() {
        match read_entry(value, format!("{at}/{n}")) {
            Ok(entry) => entries.push(entry),
            Err(invalid) => fields.extend(invalid),
        }
    }
    unlocated(fields.end())?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let outcome = begun.run(state.service.devices().authorize_devices(id, &entries, begun.actor())).await?;
    let counts = match outcome {
        Outcome::Done(Registered { new, known }) => RegisteredJson { new, known },
        Outcome::Repeated(_) => RegisteredJson { new: 0, known: u64::try_from(entries.len()).unwrap_or(u64::MAX) },
    };
    Ok(marked(&outcome, Json(counts).into_response()))
}

/// Removes a pre-registered device. An active device runs until its token expires.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/authorized/remove",
    operation_id = "unauthorizeDevice",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::schemas::Unauthorize,
    responses((status = 204, description = "It is removed.")),
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let mut fields = call.fields()?;
    let fingerprint = fields.fingerprint("fingerprint");
    let fingerprint = fields.need("fingerprint", fingerprint);
    let reason = read_reason(&mut fields);
    unlocated(fields.end())?;
    let fingerprint = fingerprint.ok_or_else(|| Invalid::one("/fingerprint", "is missing"))?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let remove = state.service.devices().unauthorize_device(id, &fingerprint, &reason, begun.actor());
    let outcome = begun.run(remove).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}

/// Reads an entry.
fn read_entry(value: Value, at: String) -> Result<Entry, Invalid> {
    let members = match value {
        Value::Object(members) => members,
        _ => return Err(Invalid::one(at, "must be an object with a fingerprint")),
    };
    let mut fields = Fields::at(at, members);
    let fingerprint: Option<Fingerprint> = fields.fingerprint("fingerprint");
    let fingerprint = fields.need("fingerprint", fingerprint);
    let (note, at) = (fields.text_or_empty("note"), fields.pointer("fingerprint"));
    fields.end()?;
    Ok((fingerprint.ok_or_else(|| Invalid::one(at, "is missing"))?, note))
}
