//! Blocks of devices.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::{Act, Invalid, activation::BlockScope};
use service::{
    Actor, BlockedFor, NewBlock, Outcome,
    store::{
        Paging,
        blocks::{BlockFilter, BlockRow},
    },
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Call, marked, read_reason},
    licenses::reached as reached_license,
    located::unlocated,
    products::{product_filter, reached as reached_product},
    program::{Program, nothing, read_id},
    query::Query,
    wire::device::BlockJson,
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Returns the actor for an act on the block, if the token reaches what it is on. A block of the whole server needs a
/// token for all products.
async fn actor_on(state: &AppState, program: &Program, row: &BlockRow) -> Result<Option<Actor>, Problem> {
    Ok(match row.block.scope {
        BlockScope::Server => program.of_all().ok(),
        BlockScope::Product => program.of(row.block.scope_id).ok(),
        BlockScope::License => {
            let mut reading = state.service.store().for_api().read().await?;
            let found = reading.on().license_with_terms(row.block.scope_id).await?;
            found.and_then(|found| program.of(found.license.product_id).ok())
        }
    })
}

/// Returns blocks, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/blocks",
    operation_id = "listBlocks",
    tag = "devices",
    params(
        ("license" = inline(Option<Uuid>), Query, description = "Id of a license that the blocks are on."),
        ("product" = inline(Option<String>), Query, description = "Id or code of a product that the blocks are on."),
        ("fingerprint" = inline(Option<String>), Query, description = "The whole fingerprint of a device."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of blocks.", body = Items<BlockJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let license = query.fields().id("license");
    let has_product = query.has("product");
    let product = product_filter(&state, &program, query.fields()).await?.filter(|_| has_product);
    let fingerprint = query.fields().fingerprint("fingerprint");
    let page = query.page()?;
    let filter = BlockFilter {
        scope_id: license.or(product),
        fingerprint_hash: fingerprint.map(|it| it.digest()),
        products: program.products(),
        ..BlockFilter::default()
    };
    let found = state.service.store().for_api().read().await?.on().blocks(filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(rows.into_iter().map(|row| BlockJson::of(row, None)).collect(), links))
}

/// Blocks a fingerprint on a license, on a product, or, with neither, on the whole server.
#[utoipa::path(
    post,
    path = "/api/v1/admin/blocks",
    operation_id = "blockDevice",
    tag = "devices",
    request_body = super::schemas::NewBlock,
    responses((status = 201, description = "The block, with seatsTaken.", body = BlockJson)),
)]
pub(super) async fn create(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let fingerprint = fields.fingerprint("fingerprint");
    let fingerprint = fields.need("fingerprint", fingerprint);
    let (license, product) = (fields.id("license"), fields.text("product"));
    let (revoke, reason) = (fields.flag("revoke"), read_reason(&mut fields));
    if license.is_some() && product.is_some() {
        fields.note("product", "cannot be combined with license: send one of them, or neither");
    }
    unlocated(fields.end())?;
    let (blocked_for, actor) = match (license, product) {
        (Some(id), _) => {
            let row = reached_license(&state, &call.program, id).await?;
            (BlockedFor::License(id), call.program.of(row.license.product_id)?)
        }
        (None, Some(text)) => {
            let id = reached_product(&state, &call.program, &text).await?.id;
            (BlockedFor::Product(id), call.program.of(id)?)
        }
        (None, None) => (BlockedFor::Server, call.program.of_all()?),
    };
    if revoke && blocked_for.scope() != BlockScope::License && !call.program.may(Act::DevicesRevokeAll) {
        return Err(Problem::scope_lacking(Act::DevicesRevokeAll));
    }
    let fingerprint = fingerprint.ok_or_else(|| Invalid::one("/fingerprint", "is missing"))?;
    let scope_id = match blocked_for {
        BlockedFor::License(id) | BlockedFor::Product(id) => id,
        BlockedFor::Server => Uuid::nil(),
    };
    let hash = fingerprint.digest();
    let begun = call.begin(&state, actor).await?;
    let new = NewBlock { fingerprint, blocked_for, revoke, reason };
    let outcome = begun.run(state.service.devices().block_device(new, begun.actor())).await?;
    let mut reading = state.service.store().for_api().read().await?;
    let (row, taken) = match &outcome {
        Outcome::Done(taken) => {
            let filter =
                BlockFilter { scope_id: Some(scope_id), fingerprint_hash: Some(hash), ..BlockFilter::default() };
            let found = reading.on().blocks(filter, Paging::First, 1).await?.rows.pop();
            (found.ok_or_else(nothing)?, Some(*taken))
        }
        Outcome::Repeated(done) => {
            let id = done.subject.ok_or_else(nothing)?;
            (reading.on().block(id).await?.ok_or_else(nothing)?, None)
        }
    };
    let location = format!("/api/v1/admin/blocks/{}", row.block.id);
    Ok(marked(&outcome, answer::created(BlockJson::of(row, taken), None, &location)))
}

/// Returns a block.
#[utoipa::path(
    get,
    path = "/api/v1/admin/blocks/{id}",
    operation_id = "getBlock",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the block.")),
    responses((status = 200, description = "The block.", body = BlockJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<axum::Json<BlockJson>, Problem> {
    Ok(axum::Json(BlockJson::of(reached(&state, &program, &id).await?.0, None)))
}

/// Removes a block.
#[utoipa::path(
    post,
    path = "/api/v1/admin/blocks/{id}/lift",
    operation_id = "liftBlock",
    tag = "devices",
    params(("id" = Uuid, Path, description = "Id of the block.")),
    request_body = super::schemas::Reason,
    responses((status = 204, description = "The block is removed.")),
)]
pub(super) async fn lift(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let reason = call.reason()?;
    let (row, actor) = match reached(&state, &call.program, &id).await {
        Ok(found) => found,
        // The block may be gone because this very call removed it.
        Err(problem) => {
            let done = call.repeated(&state).await?.ok_or(problem)?;
            return Ok(marked(&Outcome::<()>::Repeated(done), answer::nothing_more()));
        }
    };
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.devices().unblock_device(row.block.id, &reason, begun.actor())).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}

/// Returns the block with this id and the actor for an act on it, if the token reaches it.
async fn reached(state: &AppState, program: &Program, id: &str) -> Result<(BlockRow, Actor), Problem> {
    let id = read_id(id)?;
    let row = state.service.store().for_api().read().await?.on().block(id).await?.ok_or_else(nothing)?;
    let actor = actor_on(state, program, &row).await?.ok_or_else(nothing)?;
    Ok((row, actor))
}
