//! Subscriptions and deliveries in JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use licensing::wire::Fields;
use serde::Serialize;
use serde_json::{Map, Value, json};
use service::{
    SubscriptionForm, WebhookSecret,
    store::webhooks::{Attempt, Delivery, Subscription},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A subscription to webhooks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookSubscription)]
pub(in crate::api::manage) struct SubscriptionJson {
    id: Uuid,
    url: String,
    /// Types that it receives: exact names, groups such as `license.*`, or `*`.
    event_types: Vec<String>,
    filter: FilterJson,
    description: Option<String>,
    #[schema(inline, value_type = choice::SubscriptionState)]
    state: &'static str,
    /// Reason for the state, if the server disabled or suspended it.
    state_reason: Option<String>,
    /// `false` if its messages are held.
    enabled: bool,
    created_by: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    verified_at: Option<DateTime<Utc>>,
    /// Time from which on events are delivered.
    active_from: Option<DateTime<Utc>>,
    last_success_at: Option<DateTime<Utc>>,
    /// Time since when every attempt has failed.
    failing_since: Option<DateTime<Utc>>,
    /// Time until which nothing is sent, because the receiver is overloaded.
    paused_until: Option<DateTime<Utc>>,
    /// Time until which the previous secret signs, too.
    former_secret_until: Option<DateTime<Utc>>,
    revision: i64,
    /// The secret; only in the response that creates the subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    secret: Option<String>,
}

/// Limits of a subscription. An empty list is no limit.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookFilter)]
pub(in crate::api::manage) struct FilterJson {
    /// Ids of products.
    products: Vec<Uuid>,
    /// Kinds of objects: license, activation, block, product, policy, key, subscription, job.
    kinds: Vec<String>,
    /// Attributes of the envelope with the values that messages must have.
    attributes: BTreeMap<String, String>,
}

impl SubscriptionJson {
    pub(super) fn of(row: Subscription, secret: Option<WebhookSecret>) -> Self {
        Self {
            id: row.id,
            enabled: is_enabled(&row),
            url: row.url,
            event_types: row.event_types,
            filter: FilterJson { products: row.products, kinds: row.kinds, attributes: row.attributes },
            description: row.description,
            state: row.state.name(),
            state_reason: row.state_reason,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            verified_at: row.verified_at,
            active_from: row.active_from,
            last_success_at: row.last_success_at,
            failing_since: row.failing_since,
            paused_until: row.paused_until,
            former_secret_until: row.former_until,
            revision: row.revision,
            secret: secret.map(|secret| secret.text()),
        }
    }
}

fn is_enabled(row: &Subscription) -> bool {
    row.state.sends()
}

/// The new secret of a subscription.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookNewSecret)]
pub(in crate::api::manage) struct SecretJson {
    /// `whsec_` and the key in base64. Shown only once.
    pub(super) secret: Option<String>,
}

/// Members that a patch may change.
pub(super) const EDITABLE: [&str; 5] = ["url", "eventTypes", "filter", "description", "enabled"];

/// The members that a patch may change, as it sees them.
pub(super) fn write_editable(row: &Subscription) -> Value {
    json!({ "url": row.url, "eventTypes": row.event_types, "description": row.description, "enabled": is_enabled(row),
        "filter": { "products": row.products, "kinds": row.kinds, "attributes": row.attributes } })
}

/// Reads the members of a subscription.
pub(super) fn read_form(fields: &mut Fields) -> SubscriptionForm {
    let url = fields.text("url");
    let url = fields.need("url", url).unwrap_or_default();
    let event_types = texts(fields, "eventTypes");
    let event_types = fields.need("eventTypes", event_types).unwrap_or_default();
    let description = fields.text_or_empty("description");
    let enabled = if fields.has("enabled") { fields.flag("enabled") } else { true };
    let mut filter = Fields::at(fields.pointer("filter"), fields.map("filter").unwrap_or_default());
    let ids = texts(&mut filter, "products").unwrap_or_default();
    let products: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    if products.len() < ids.len() {
        filter.note("products", "must be a list of ids");
    }
    let kinds = texts(&mut filter, "kinds").unwrap_or_default();
    let attributes = read_attributes(&mut filter);
    if let Err(invalid) = filter.end() {
        fields.extend(invalid);
    }
    SubscriptionForm { url, description, event_types, products, kinds, attributes, enabled }
}

/// Reads the attributes of a filter.
fn read_attributes(filter: &mut Fields) -> BTreeMap<String, String> {
    let given = filter.map("attributes").unwrap_or_default();
    let count = given.len();
    let read = given.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    let attributes: BTreeMap<_, _> = read.collect();
    if attributes.len() < count {
        filter.note("attributes", "must have strings or numbers as its members");
    }
    attributes
}

/// Reads an array of strings.
pub(super) fn texts(fields: &mut Fields, name: &str) -> Option<Vec<String>> {
    let list = fields.list(name)?;
    let read: Option<Vec<String>> = list.iter().map(|value| value.as_str().map(str::to_owned)).collect();
    if read.is_none() {
        fields.note(name, "must be an array of strings");
    }
    read
}

/// A delivery: a message to a subscription.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub(in crate::api::manage) struct DeliveryJson {
    id: Uuid,
    /// Id of the message, in the header `webhook-id`. The same for each attempt and each replay.
    message_id: Uuid,
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    event_type: String,
    #[schema(inline, value_type = choice::DeliveryState)]
    state: &'static str,
    /// Number of attempts.
    attempts: i64,
    /// Time of the next attempt.
    due_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// A delivery with its message and its attempts.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDeliveryDetails)]
pub(in crate::api::manage) struct DeliveryDetailsJson {
    #[serde(flatten)]
    delivery: DeliveryJson,
    request: RequestJson,
    /// The attempts, oldest first.
    log: Vec<AttemptJson>,
}

/// The request of every attempt. `webhook-timestamp` and `webhook-signature` differ between attempts.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookRequest)]
pub(in crate::api::manage) struct RequestJson {
    url: String,
    #[schema(value_type = Object)]
    headers: Map<String, Value>,
    /// The body, byte for byte.
    body: String,
}

/// An attempt at a delivery.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub(in crate::api::manage) struct AttemptJson {
    n: i64,
    /// Time at which it began, also its `webhook-timestamp`.
    at: DateTime<Utc>,
    milliseconds: i64,
    /// Status of the response.
    status: Option<i64>,
    /// Reason for having no response, or for not accepting it.
    error: Option<String>,
    /// Beginning of the response’s body, at most 2,048 characters.
    response: Option<String>,
}

impl From<Delivery> for DeliveryJson {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            message_id: row.message_id,
            event_type: row.event_type,
            state: row.state.name(),
            attempts: row.attempts,
            due_at: row.due_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

impl DeliveryDetailsJson {
    pub(super) fn of(row: Delivery, url: String, attempts: Vec<Attempt>) -> Self {
        let headers = json!({ "content-type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": row.message_id });
        let headers = headers.as_object().cloned().unwrap_or_default();
        let request = RequestJson { url, headers, body: row.body.clone() };
        let log = attempts.into_iter().map(|it| AttemptJson {
            n: it.n,
            at: it.at,
            milliseconds: it.milliseconds,
            status: it.status,
            error: it.error,
            response: it.response,
        });
        Self { log: log.collect(), request, delivery: row.into() }
    }
}
