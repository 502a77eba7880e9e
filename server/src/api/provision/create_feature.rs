//! `POST /assets/products/{productId}/features`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::wire::Fields;
use serde_json::Value;
use service::Error;
use utoipa::ToSchema;

use super::wire::{ProductJson, answered, read_feature, refuse};
use crate::{
    AppState,
    api::{
        manage::{
            call::Call,
            located::unlocated,
            products::{reached, with},
            program::nothing,
        },
        openapi::choice,
        problem::Problem,
    },
};

/// A feature.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = ProvisionFeature)]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct NewFeature {
    feature_code: String,
    #[schema(rename = "type", inline, value_type = choice::ProvisionedKind)]
    kind: String,
    /// The value for licenses that set none. Of an `Enumeration`, the choices, the first of which is that value.
    #[schema(value_type = Option<Value>)]
    value: Option<Value>,
}

/// Adds a feature to a product. One that exists is 409.
#[utoipa::path(
    post,
    path = "/api/v1/provision/admin/assets/products/{productId}/features",
    operation_id = "provisionFeature",
    tag = "Provisioning",
    params(("productId" = String, Path, description = "Id or code of the product.")),
    request_body = NewFeature,
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn create_feature(
    State(state): State<AppState>,
    Path(product): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let mut fields = call.fields()?;
    let feature = read_feature(&mut fields);
    refuse(&mut fields, &["units"], "a feature is a value without a unit");
    only_true(&mut fields);
    unlocated(fields.end())?;
    let feature = feature.ok_or_else(nothing)?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        if product.features.iter().any(|old| old.code == feature.code) {
            return Err(Error::Conflict("This product has a feature with this code already.".to_owned()));
        }
        Ok(with(product, |form| form.features.push(feature.clone())))
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}

/// Reads the switches that a feature cannot turn off.
fn only_true(fields: &mut Fields) {
    let periods = ["isAvailableDuringTrialPeriod", "isAvailableDuringGracePeriod"];
    let switches = fields
        .names()
        .into_iter()
        .filter(|name| periods.contains(&name.as_str()) || name == "isEnabled" || name.starts_with("canModify"));
    for name in switches.collect::<Vec<_>>() {
        if fields.switch(&name) == Some(false) {
            let why = match periods.contains(&name.as_str()) {
                true => "false is not offered: set the feature’s value for that period in the policy",
                false => "false is not offered",
            };
            fields.note(&name, why);
        }
    }
}
