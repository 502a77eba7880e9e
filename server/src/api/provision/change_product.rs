//! `PATCH /assets/products/{productId}`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::json;
use utoipa::ToSchema;

use super::wire::{ProductJson, answered};
use crate::{
    AppState,
    api::{
        manage::{
            call::PatchCall,
            products::{reached, with},
            schemas::JsonPatch,
        },
        problem::Problem,
    },
};

/// Members of a product that a patch may change.
#[derive(ToSchema)]
#[schema(as = ProvisionProductMembers)]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct ProductMembers {
    name: Option<String>,
}

/// Changes the name of a product by a JSON Patch.
#[utoipa::path(
    patch,
    path = "/api/v1/provision/admin/assets/products/{productId}",
    operation_id = "changeProvisionedProduct",
    tag = "Provisioning",
    params(("productId" = String, Path, description = "Id or code of the product.")),
    request_body(content(
        (ProductMembers = "application/merge-patch+json"),
        (JsonPatch = "application/json-patch+json"),
        (ProductMembers = "application/json"),
    )),
    responses((status = 200, description = "The product after the change.", body = ProductJson)),
)]
pub(super) async fn change_product(
    State(state): State<AppState>,
    Path(product): Path<String>,
    call: PatchCall,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        let object = json!({ "id": product.id, "name": product.name, "productCode": product.code });
        let mut fields = call.patch.edit(&object, &["name"])?;
        let name = fields.text("name");
        let name = fields.need("name", name).unwrap_or_default();
        fields.end()?;
        Ok(with(product, |form| form.name = name))
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}
