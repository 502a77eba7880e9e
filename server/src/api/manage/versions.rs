//! Released versions of a product. Builds announce them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::product::ProductVersion;
use service::Error;

use super::{
    answer,
    call::{Call, marked},
    located::unlocated,
    products::{answered, reached, with},
    wire::product::{ProductJson, read_version},
};
use crate::{AppState, api::problem::Problem};

/// Announces a version of a product, released now or at `releasedAt`. A known version keeps its time unless
/// `releasedAt` is sent.
#[utoipa::path(
    put,
    path = "/api/v1/admin/products/{product}/releases/{version}",
    operation_id = "putRelease",
    tag = "products",
    params(
        ("product" = String, Path, description = "Id or code of the product."),
        ("version" = String, Path, description = "The version, such as 2.1.0."),
    ),
    request_body = Option<super::schemas::NewRelease>,
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn put(
    State(state): State<AppState>,
    Path((product, version)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let version = unlocated(read_version(&version))?;
    let mut fields = call.fields()?;
    let released_at = fields.time("releasedAt");
    unlocated(fields.end())?;
    let now = state.service.clock().now();
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        Ok(with(product, |form| match form.versions.iter_mut().find(|old| old.version == version) {
            // A build that runs again must not move the date: it decides which licenses cover the version.
            Some(old) => old.released_at = released_at.unwrap_or(old.released_at),
            None => {
                let released_at = released_at.unwrap_or(now);
                form.versions.push(ProductVersion { version: version.clone(), released_at });
            }
        }))
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}

/// Removes a version of a product.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/products/{product}/releases/{version}",
    operation_id = "deleteRelease",
    tag = "products",
    params(
        ("product" = String, Path, description = "Id or code of the product."),
        ("version" = String, Path, description = "The version, such as 2.1.0."),
    ),
    responses((status = 204, description = "It is removed.")),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    Path((product, version)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let version = unlocated(read_version(&version))?;
    call.empty()?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        if !product.versions.iter().any(|known| known.version == version) {
            return Err(Error::NotFound("release"));
        }
        Ok(with(product, |form| form.versions.retain(|known| known.version != version)))
    });
    let outcome = begun.run(edit).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}
