//! Schemas of request bodies.

#![expect(dead_code, reason = "types that only describe: request bodies are read member by member")]

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A new subscription.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = NewWebhookSubscription)]
pub(in crate::api::manage) struct NewSubscription {
    /// An https address, on port 443 or a port from 1024 on.
    #[schema(max_length = 2000)]
    url: String,
    /// Exact names, groups such as `license.*`, or `*`.
    #[schema(min_items = 1, max_items = 100)]
    event_types: Vec<String>,
    filter: Option<NewFilter>,
    #[schema(max_length = 200)]
    description: Option<String>,
    /// `whsec_` and 24 to 64 bytes in base64; generated if absent.
    secret: Option<String>,
    enabled: Option<bool>,
}

/// Limits of a subscription.
#[derive(ToSchema)]
#[schema(as = NewWebhookFilter)]
pub(in crate::api::manage) struct NewFilter {
    products: Option<Vec<Uuid>>,
    kinds: Option<Vec<String>>,
    /// Attributes of the envelope with the exact values that messages must have, such as `{"daysleft": "7"}`: `daysleft`,
    /// `entityid`, `entitykind`, `eventversion`, `subject` and `type`.
    attributes: Option<BTreeMap<String, String>>,
}

/// Members of a subscription to change.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = WebhookSubscriptionMembers)]
pub(in crate::api::manage) struct SubscriptionMembers {
    #[schema(max_length = 2000)]
    url: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    event_types: Option<Vec<String>>,
    filter: Option<NewFilter>,
    #[schema(max_length = 200)]
    description: Option<String>,
    enabled: Option<bool>,
}

/// Time for which the current secret signs, too.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = WebhookRotation)]
pub(in crate::api::manage) struct Rotation {
    /// 0 to 168; 24 if absent.
    #[schema(minimum = 0, maximum = 168)]
    overlap_hours: Option<u32>,
}

/// The type of a test message.
#[derive(ToSchema)]
#[schema(as = WebhookTest)]
pub(in crate::api::manage) struct Test {
    r#type: String,
}

/// Deliveries to send again: these, or those in a state that were created since a time.
#[derive(ToSchema)]
#[schema(as = WebhookReplay)]
pub(in crate::api::manage) struct ReplayOf {
    #[schema(min_items = 1, max_items = 1000)]
    deliveries: Option<Vec<Uuid>>,
    since: Option<DateTime<Utc>>,
    /// Any state but `pending`.
    #[schema(inline, value_type = Option<choice::DeliveryState>)]
    state: Option<String>,
}
