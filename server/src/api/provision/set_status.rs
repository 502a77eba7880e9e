//! `PUT /assets/products/{productId}/status`.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use licensing::product::Lifecycle;
use service::{Error, store::products::Product};

use super::wire::read_state;
use crate::{
    AppState,
    api::{
        manage::{
            call::{Call, marked},
            products::reached,
            program::nothing,
            query::Query,
        },
        problem::Problem,
    },
};

/// Sets the state of a product: 2 (Enabled) or 5 (Suspended: no device activates or renews).
#[utoipa::path(
    put,
    path = "/api/v1/provision/admin/assets/products/{productId}/status",
    operation_id = "setProvisionedStatus",
    tag = "Provisioning",
    params(
        ("productId" = String, Path, description = "Id or code of the product."),
        ("lifecycleStatus" = u8, Query, description = "2 (Enabled) or 5 (Suspended). The other states are not offered."),
    ),
    responses((status = 204, description = "The product is in this state.")),
)]
pub(super) async fn set_status(
    State(state): State<AppState>,
    Path(product): Path<String>,
    mut query: Query,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let lifecycle = query.fields().parse("lifecycleStatus", read_state);
    let lifecycle = query.fields().need("lifecycleStatus", lifecycle);
    query.end()?;
    call.empty()?;
    let lifecycle = lifecycle.ok_or_else(nothing)?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let outcome = begun.run(set(&state, &product, lifecycle, begun.actor())).await?;
    Ok(marked(&outcome, StatusCode::NO_CONTENT.into_response()))
}

/// Sets the state, unless the product is in it already.
async fn set(state: &AppState, product: &Product, lifecycle: Lifecycle, actor: &service::Actor) -> Result<(), Error> {
    if product.lifecycle == lifecycle {
        return Ok(());
    }
    let reason = match lifecycle {
        Lifecycle::Active => "Set to Enabled by a provision call.",
        Lifecycle::Withdrawn => "Set to Suspended by a provision call.",
    };
    state.service.licenses().set_lifecycle(product.id, lifecycle, reason, actor).await.map(drop)
}
