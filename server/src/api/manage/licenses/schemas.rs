//! Bodies of requests about licenses, which are read member by member.

#![expect(dead_code, reason = "types that only describe")]

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

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
    #[schema(inline, value_type = Option<choice::Start>)]
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
    #[schema(inline, value_type = choice::BulkAct)]
    act: String,
    #[schema(min_items = 1, max_items = 10_000)]
    ids: Option<Vec<Uuid>>,
    /// The parameters of the list of licenses.
    #[schema(value_type = Option<Object>)]
    filter: Option<Map<String, Value>>,
    /// Number of licenses that match the filter.
    #[schema(minimum = 0, maximum = 10_000)]
    expect: Option<u32>,
    /// Required by all acts except tag and untag.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// As in the call that extends a license.
    until: Option<DateTime<Utc>>,
    by: Option<String>,
    #[schema(inline, value_type = Option<choice::Start>)]
    from: Option<String>,
    #[schema(max_length = 40)]
    tag: Option<String>,
}
