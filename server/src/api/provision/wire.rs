//! Products, features and entitlements in the form of the published contract.

use axum::{Json, response::IntoResponse as _, response::Response};
use licensing::{
    feature::{Feature, FeatureKind, FeatureValue},
    product::Lifecycle,
    wire::Fields,
};
use serde::Serialize;
use serde_json::{Value, json};
use service::{Outcome, store::products::Product};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    AppState,
    api::{
        manage::{call::marked, program::nothing},
        openapi::choice,
        problem::Problem,
    },
};

/// A product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProvisionedProduct)]
pub(super) struct ProductJson {
    id: Uuid,
    name: String,
    product_code: String,
    /// The newest version; null if none was announced.
    product_version: Option<String>,
    /// 2 (Enabled) or 5 (Suspended).
    status: u8,
    features: Vec<FeatureJson>,
}

/// A feature of a product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProvisionedFeature)]
pub(super) struct FeatureJson {
    feature_code: String,
    #[serde(rename = "type")]
    #[schema(inline, value_type = choice::ProvisionedKind)]
    kind: &'static str,
    /// The value for licenses that set none.
    #[schema(value_type = Value)]
    value: Value,
}

/// The states of a product in the contract, by their numbers.
pub(super) const STATES: [&str; 8] =
    ["Development", "Preview", "Enabled", "Deprecated", "Retired", "Suspended", "Revoked", "Archived"];

/// Number of a product's state in the contract.
const fn number(lifecycle: Lifecycle) -> u8 {
    match lifecycle {
        Lifecycle::Active => 2,
        Lifecycle::Withdrawn => 5,
    }
}

/// Reads the number of a state.
pub(super) fn read_state(text: &str) -> Result<Lifecycle, String> {
    let n = text.parse::<usize>().ok().filter(|n| *n < STATES.len());
    match n {
        Some(2) => Ok(Lifecycle::Active),
        Some(5) => Ok(Lifecycle::Withdrawn),
        Some(n) => {
            let name = STATES.get(n).copied().unwrap_or_default();
            Err(format!("{n} ({name}) is not offered: send 2 (Enabled) or 5 (Suspended)"))
        }
        None => Err("must be 2 (Enabled) or 5 (Suspended)".to_owned()),
    }
}

impl From<Product> for ProductJson {
    fn from(product: Product) -> Self {
        let newest = product.versions.iter().max_by(|a, b| a.version.order(&b.version));
        Self {
            product_version: newest.map(|release| release.version.to_string()),
            id: product.id,
            name: product.name,
            product_code: product.code,
            status: number(product.lifecycle),
            features: product.features.into_iter().map(FeatureJson::from).collect(),
        }
    }
}

impl From<Feature> for FeatureJson {
    fn from(feature: Feature) -> Self {
        let kind = match feature.kind {
            FeatureKind::Boolean => "Boolean",
            FeatureKind::Number => "Numeric",
            FeatureKind::Text => "Text",
            FeatureKind::Choice(_) => "Enumeration",
        };
        Self { feature_code: feature.code, kind, value: json!(feature.default) }
    }
}

/// Reads a feature. Errors are recorded in `fields`.
pub(super) fn read_feature(fields: &mut Fields) -> Option<Feature> {
    let code = fields.text("featureCode");
    let code = fields.need("featureCode", code);
    let kind = fields.text("type");
    let kind = fields.need("type", kind);
    let value = fields.take("value");
    let (kind, default) = match (kind?.as_str(), value) {
        ("Boolean", value) => (FeatureKind::Boolean, value.or(Some(json!(false)))),
        ("Numeric", value) => (FeatureKind::Number, value.or(Some(json!(0)))),
        ("Text", value) => (FeatureKind::Text, value.or(Some(json!("")))),
        ("Enumeration", Some(Value::Array(choices))) => {
            let texts: Vec<String> = choices.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
            if texts.is_empty() || texts.len() != choices.len() {
                fields.note("value", "must be the choices, as an array of strings; the first is the default");
            }
            let default = texts.first().map(|first| json!(first));
            (FeatureKind::Choice(texts), default)
        }
        ("Enumeration", _) => {
            fields.note("value", "must be the choices, as an array of strings; the first is the default");
            return None;
        }
        ("Metered" | "JsonField", _) => {
            fields.note("type", "is not offered: send Boolean, Numeric, Text or Enumeration");
            return None;
        }
        _ => {
            fields.note("type", "must be Boolean, Numeric, Text or Enumeration");
            return None;
        }
    };
    let Ok(default) = serde_json::from_value::<FeatureValue>(default?) else {
        fields.note("value", "must be a boolean, a number or a string");
        return None;
    };
    Some(Feature { code: code?, kind, default })
}

/// Notes that members are not offered, unless they have the value that is.
pub(super) fn refuse(fields: &mut Fields, names: &[&str], why: &str) {
    for name in names {
        if fields.take(name).is_some() {
            fields.note(name, format!("is not offered: {why}"));
        }
    }
}

/// Answers a product in its present state.
pub(super) async fn answered<T>(state: &AppState, id: Uuid, outcome: &Outcome<T>) -> Result<Response, Problem> {
    let product = state.service.store().for_api().read().await?.on().product(id).await?.ok_or_else(nothing)?;
    Ok(marked(outcome, Json(ProductJson::from(product)).into_response()))
}
