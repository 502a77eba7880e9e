//! Features of a product, one at a time.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    answer,
    call::{Call, marked},
    located::unlocated,
    products::{answered, reached, with},
    wire::product::{ProductJson, read_feature},
};
use crate::{AppState, api::problem::Problem};

/// Adds a feature to a product, or replaces it.
#[utoipa::path(
    put,
    path = "/api/v1/admin/products/{product}/features/{code}",
    operation_id = "putFeature",
    tag = "products",
    params(
        ("product" = String, Path, description = "Id or code of the product."),
        ("code" = String, Path, description = "Code of the feature."),
    ),
    request_body = super::schemas::NewFeature,
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn put(
    State(state): State<AppState>,
    Path((product, code)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let feature = unlocated(read_feature(call.fields()?, code))?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        Ok(with(product, |form| match form.features.iter_mut().find(|old| old.code == feature.code) {
            Some(old) => *old = feature.clone(),
            None => form.features.push(feature.clone()),
        }))
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}

/// Removes a feature from a product, unless a license sets its value.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/products/{product}/features/{code}",
    operation_id = "deleteFeature",
    tag = "products",
    params(
        ("product" = String, Path, description = "Id or code of the product."),
        ("code" = String, Path, description = "Code of the feature."),
    ),
    responses((status = 204, description = "It is removed.")),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    Path((product, code)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    call.empty()?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let delete = state.service.licenses().delete_feature(product.id, &code, begun.actor());
    let outcome = begun.run(delete).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}
