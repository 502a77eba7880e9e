//! Schemas of request bodies. The bodies are read member by member, so that all errors are reported at once.

#![expect(dead_code, reason = "types that only describe")]

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The reason for an act, for the audit log.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Reason {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A new license.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = NewManagedLicense)]
pub(in crate::api::manage) struct NewLicense {
    /// Id of the policy, which also determines the product.
    policy: Uuid,
    /// A code to import; absent for a generated one.
    #[schema(max_length = 128)]
    code: Option<String>,
    #[schema(max_length = 100)]
    customer: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 100)]
    reference: Option<String>,
    #[schema(max_length = 4000)]
    notes: Option<String>,
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// Your own data, at most 4 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Feature values that differ from the product's.
    #[schema(value_type = Option<Object>)]
    features: Option<Map<String, Value>>,
    /// Terms that differ from the policy's.
    #[schema(value_type = Option<Object>)]
    overrides: Option<Map<String, Value>>,
}

/// Members of a license to change. In a merge patch, null removes a value.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct LicenseMembers {
    /// Id of another policy of the same product.
    policy: Option<Uuid>,
    #[schema(max_length = 100)]
    customer: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 100)]
    reference: Option<String>,
    #[schema(max_length = 4000)]
    notes: Option<String>,
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    features: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    overrides: Option<Map<String, Value>>,
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
    /// `add`, `remove`, `replace`, `move`, `copy` or `test`.
    op: String,
    /// JSON pointer (RFC 6901).
    path: String,
    from: Option<String>,
    #[schema(value_type = Option<Object>)]
    value: Option<Value>,
}

/// Key of a look-up of licenses: exactly one of the members.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Lookup {
    /// A whole activation code.
    code: Option<String>,
    /// A license token, which may have expired.
    token: Option<String>,
    /// The fingerprint of a device.
    fingerprint: Option<String>,
}

/// A hypothetical request of a device.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct Try {
    #[schema(min_length = 1, max_length = 512)]
    fingerprint: String,
    email: Option<String>,
    requested_lease_duration: Option<String>,
    target_software_version: Option<String>,
    /// Time of the request; now if absent.
    at: Option<DateTime<Utc>>,
}

/// The extension of a license: `until`, or `by`.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Extend {
    /// The new end.
    until: Option<DateTime<Utc>>,
    /// A duration (ISO 8601), such as P1Y, P6M or P30D. Years and months are those of the calendar.
    by: Option<String>,
    /// Start of the duration: `end`, the default, or `now`. A license that has ended is extended from now.
    from: Option<String>,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// New licenses: `count` of them with the same members, or one for each of the `items`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct Batch {
    /// Id of the policy of all licenses, which also determines the product.
    policy: Uuid,
    #[schema(minimum = 1, maximum = 10_000)]
    count: Option<u32>,
    #[schema(min_items = 1, max_items = 10_000)]
    items: Option<Vec<BatchItem>>,
    #[schema(max_length = 100)]
    customer: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 100)]
    reference: Option<String>,
    #[schema(max_length = 4000)]
    notes: Option<String>,
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    features: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    overrides: Option<Map<String, Value>>,
}

/// A license of a batch.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct BatchItem {
    #[schema(max_length = 100)]
    customer: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 100)]
    reference: Option<String>,
    #[schema(max_length = 4000)]
    notes: Option<String>,
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    features: Option<Map<String, Value>>,
    #[schema(value_type = Option<Object>)]
    overrides: Option<Map<String, Value>>,
}

/// An act on many licenses.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api::manage) struct Bulk {
    /// `suspend`, `reinstate`, `revoke`, `extend`, `tag` or `untag`.
    act: String,
    #[schema(min_items = 1, max_items = 10_000)]
    ids: Option<Vec<Uuid>>,
    /// The parameters of the list of licenses.
    #[schema(value_type = Option<Object>)]
    filter: Option<Map<String, Value>>,
    /// Number of licenses that match the filter.
    expect: Option<u32>,
    /// Required by all acts except tag and untag.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// As in the call that extends a license.
    until: Option<DateTime<Utc>>,
    by: Option<String>,
    from: Option<String>,
    #[schema(max_length = 40)]
    tag: Option<String>,
}

/// A request for an export.
#[derive(ToSchema)]
pub(in crate::api::manage) struct Export {
    /// `licenses`, `activations`, `decisions` or `events`.
    of: String,
    /// `jsonl`, the default, or `csv`.
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
    /// `ES256`, `EdDSA` or `RS256`.
    algorithm: Option<String>,
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
    algorithm: Option<String>,
    code_shape: Option<String>,
    #[schema(value_type = Option<Vec<Object>>)]
    features: Option<Vec<Value>>,
}

/// A lifecycle, with the reason.
#[derive(ToSchema)]
pub(in crate::api::manage) struct NewLifecycle {
    /// `active` or `withdrawn`.
    lifecycle: String,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A feature.
#[derive(ToSchema)]
pub(in crate::api::manage) struct NewFeature {
    /// `boolean`, `number`, `text` or `choice`.
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
