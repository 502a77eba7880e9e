//! Products in JSON.

use chrono::{DateTime, Utc};
use licensing::{
    CodeShape, Invalid, Version,
    feature::{Feature, FeatureKind, FeatureValue},
    product::{Algorithm, Lifecycle, ProductVersion},
    wire::Fields,
};
use serde::Serialize;
use serde_json::{Value, json};
use service::{ProductForm, store::products::Product};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedProduct)]
pub(in crate::api::manage) struct ProductJson {
    id: Uuid,
    /// Code, the `aud` of the product's tokens.
    code: String,
    name: String,
    #[schema(inline, value_type = choice::Lifecycle)]
    lifecycle: &'static str,
    /// Signature algorithm of the tokens.
    #[schema(inline, value_type = choice::Algorithm)]
    algorithm: &'static str,
    /// Shape of generated codes.
    #[schema(inline, value_type = choice::CodeShape)]
    code_shape: &'static str,
    features: Vec<FeatureJson>,
    releases: Vec<ReleaseJson>,
    revision: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A feature of a product.
#[derive(Serialize, ToSchema)]
#[schema(as = ManagedFeature)]
pub(in crate::api::manage) struct FeatureJson {
    code: String,
    #[schema(inline, value_type = choice::FeatureKind)]
    kind: &'static str,
    /// The choices of a feature of the kind `choice`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    choices: Vec<String>,
    /// The value for licenses that set none: a boolean, a number or a string.
    #[schema(value_type = Value)]
    default: Value,
}

/// A released version of a product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedRelease)]
pub(in crate::api::manage) struct ReleaseJson {
    version: String,
    released_at: DateTime<Utc>,
}

/// Members that a patch may change.
pub(in crate::api::manage) const EDITABLE: [&str; 4] = ["name", "algorithm", "codeShape", "features"];

impl From<Product> for ProductJson {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            code: product.code,
            name: product.name,
            lifecycle: product.lifecycle.name(),
            algorithm: product.algorithm.name(),
            code_shape: product.code_shape.name(),
            features: product.features.into_iter().map(FeatureJson::from).collect(),
            releases: product.versions.into_iter().map(ReleaseJson::from).collect(),
            revision: product.revision,
            created_at: product.created_at,
            updated_at: product.updated_at,
        }
    }
}

impl From<Feature> for FeatureJson {
    fn from(feature: Feature) -> Self {
        let (kind, choices) = match feature.kind {
            FeatureKind::Boolean => ("boolean", vec![]),
            FeatureKind::Number => ("number", vec![]),
            FeatureKind::Text => ("text", vec![]),
            FeatureKind::Choice(choices) => ("choice", choices),
        };
        Self { code: feature.code, kind, choices, default: json!(feature.default) }
    }
}

impl From<ProductVersion> for ReleaseJson {
    fn from(release: ProductVersion) -> Self {
        Self { version: release.version.to_string(), released_at: release.released_at }
    }
}

/// Writes what a patch applies to.
pub(in crate::api::manage) fn write_editable(product: &Product) -> Value {
    json!(ProductJson::from(product.clone()))
}

/// Reads the name of an algorithm.
pub(in crate::api::manage) fn read_algorithm(text: &str) -> Result<Algorithm, &'static str> {
    Algorithm::from_name(text).ok_or("must be ES256, EdDSA or RS256")
}

/// Reads the members of a product that a caller may set. What is absent is as in `form`. Errors are recorded in
/// `fields`.
pub(in crate::api::manage) fn read_form(fields: &mut Fields, form: ProductForm) -> ProductForm {
    let name = fields.text("name");
    let algorithm = fields.parse("algorithm", read_algorithm);
    let shapes = CodeShape::ALL.map(CodeShape::name).join(" or ");
    let code_shape =
        fields.parse("codeShape", |text| CodeShape::from_name(text).ok_or_else(|| format!("must be {shapes}")));
    let features = fields.list("features").map(|list| {
        let features = list.into_iter().enumerate().filter_map(|(n, value)| {
            let at = format!("{}/{n}", fields.pointer("features"));
            match value {
                Value::Object(members) => {
                    let mut members = Fields::at(at, members);
                    let code = members.text("code");
                    let code = members.need("code", code);
                    let read = read_feature(members, code.unwrap_or_default());
                    read.map_err(|invalid| fields.extend(invalid)).ok()
                }
                _ => {
                    fields.extend(Invalid::one(at, "must be an object"));
                    None
                }
            }
        });
        features.collect()
    });
    ProductForm {
        name: name.unwrap_or(form.name),
        algorithm: algorithm.unwrap_or(form.algorithm),
        code_shape: code_shape.unwrap_or(form.code_shape),
        features: features.unwrap_or(form.features),
        ..form
    }
}

/// Reads a feature without its code.
pub(in crate::api::manage) fn read_feature(mut fields: Fields, code: String) -> Result<Feature, Invalid> {
    let kind = fields.text("kind");
    let choices = fields.list("choices").map(|list| {
        let texts: Vec<String> = list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
        if texts.len() != list.len() {
            fields.note("choices", "must be strings");
        }
        texts
    });
    let kind = match (kind.as_deref(), choices) {
        (Some("boolean"), None) => Some(FeatureKind::Boolean),
        (Some("number"), None) => Some(FeatureKind::Number),
        (Some("text"), None) => Some(FeatureKind::Text),
        (Some("choice"), choices) => Some(FeatureKind::Choice(choices.unwrap_or_default())),
        (Some("boolean" | "number" | "text"), Some(_)) => {
            fields.note("choices", "is only for the kind choice");
            None
        }
        (Some(_), _) => {
            fields.note("kind", "must be boolean, number, text or choice");
            None
        }
        (None, _) => {
            fields.need::<()>("kind", None);
            None
        }
    };
    let default = fields.take("default");
    let default =
        fields.need("default", default).and_then(|value| match serde_json::from_value::<FeatureValue>(value) {
            Ok(value) => Some(value),
            Err(_) => {
                fields.note("default", "must be a boolean, a number or a string");
                None
            }
        });
    fields.end()?;
    match kind.zip(default) {
        Some((kind, default)) => Ok(Feature { code, kind, default }),
        None => Err(Invalid::one("", "is not a feature")),
    }
}

/// Reads a version in a path.
pub(in crate::api::manage) fn read_version(text: &str) -> Result<Version, Invalid> {
    Version::read(text).map_err(|error| Invalid::one("version", error.to_string()))
}

/// Reads a lifecycle.
pub(in crate::api::manage) fn read_lifecycle(text: &str) -> Result<Lifecycle, &'static str> {
    Lifecycle::from_name(text).ok_or("must be active or withdrawn")
}
