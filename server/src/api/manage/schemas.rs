//! Schemas of request bodies. The bodies are read member by member, so that all errors are reported at once.

#![expect(dead_code, reason = "types that only describe")]

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// The reason for an act, for the audit log.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Reason {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A JSON Patch. Some clients send a merge patch under its media type.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "a type that only describes")]
pub(in crate::api) enum JsonPatch {
    /// RFC 6902: at most 100 operations.
    Operations(Vec<PatchOperation>),
    /// RFC 7396.
    #[schema(value_type = Object)]
    Merge(Map<String, Value>),
}

/// An operation of a JSON Patch.
#[derive(ToSchema)]
pub(in crate::api) struct PatchOperation {
    #[schema(inline, value_type = choice::Operation)]
    op: String,
    /// JSON pointer (RFC 6901).
    path: String,
    from: Option<String>,
    /// Any value.
    #[schema(value_type = Value, required = false)]
    value: Option<Value>,
}

/// A request for an export.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Export {
    #[schema(inline, value_type = choice::Exported)]
    of: String,
    /// `jsonl`, the default, or `csv`.
    #[schema(inline, value_type = Option<choice::Format>)]
    format: Option<String>,
    /// The parameters of the list.
    #[schema(value_type = Option<Object>)]
    filter: Option<Map<String, Value>>,
    /// true to include activation codes, which requires the scope `exports.codes`.
    codes: Option<bool>,
}

/// A new product.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = NewManagedProduct)]
pub(in crate::api::manage) struct NewProduct {
    /// 1 to 40 lowercase letters, digits and hyphens. Cannot be changed later.
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Signature algorithm of the tokens.
    #[schema(inline, value_type = Option<choice::Algorithm>)]
    algorithm: Option<String>,
    /// Shape of generated codes.
    #[schema(inline, value_type = Option<choice::CodeShape>)]
    code_shape: Option<String>,
    #[schema(value_type = Option<Vec<Object>>)]
    features: Option<Vec<Value>>,
}

/// Members of a product to change.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct ProductMembers {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    #[schema(inline, value_type = Option<choice::Algorithm>)]
    algorithm: Option<String>,
    #[schema(inline, value_type = Option<choice::CodeShape>)]
    code_shape: Option<String>,
    #[schema(value_type = Option<Vec<Object>>)]
    features: Option<Vec<Value>>,
}

/// A lifecycle, with the reason.
#[derive(ToSchema)]
pub(in crate::api::manage) struct NewLifecycle {
    #[schema(inline, value_type = choice::Lifecycle)]
    lifecycle: String,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A feature.
#[derive(ToSchema)]
pub(in crate::api::manage) struct NewFeature {
    #[schema(inline, value_type = choice::FeatureKind)]
    kind: String,
    choices: Option<Vec<String>>,
    /// A boolean, a number or a string.
    #[schema(value_type = Value)]
    default: Value,
}

/// A release of a version.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct NewRelease {
    /// Time of the release; now if absent.
    released_at: Option<DateTime<Utc>>,
}

/// A new policy.
#[derive(ToSchema)]
#[schema(as = NewManagedPolicy)]
pub(in crate::api::manage) struct NewPolicy {
    /// Id or code of the product.
    product: String,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[schema(value_type = Option<Object>)]
    terms: Option<Map<String, Value>>,
}

/// Members of a policy to change.
#[derive(ToSchema)]
pub(in crate::api::manage) struct PolicyMembers {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    #[schema(value_type = Option<Object>)]
    terms: Option<Map<String, Value>>,
}

/// The label of a device.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Label {
    /// Null or empty for none.
    #[schema(max_length = 80)]
    label: Option<String>,
}

/// A block: on a license, on a product, or, with neither, on the whole server.
#[derive(ToSchema)]
#[schema(as = NewManagedBlock)]
pub(in crate::api::manage) struct NewBlock {
    #[schema(min_length = 1, max_length = 512)]
    fingerprint: String,
    license: Option<Uuid>,
    /// Id or code of a product.
    product: Option<String>,
    /// true to revoke the device's seats, too.
    revoke: Option<bool>,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Devices to pre-register.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Authorize {
    #[schema(min_items = 1, max_items = 1000)]
    devices: Vec<AuthorizeEntry>,
}

/// A device to pre-register.
#[derive(ToSchema)]
pub(in crate::api::manage) struct AuthorizeEntry {
    #[schema(min_length = 1, max_length = 512)]
    fingerprint: String,
    #[schema(max_length = 100)]
    note: Option<String>,
}

/// A pre-registered device to remove.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Unauthorize {
    #[schema(min_length = 1, max_length = 512)]
    fingerprint: String,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}
