//! `GET /api/v1/webhooks/schemas`: the types of messages that webhooks deliver.

use axum::Json;
use licensing::{
    webhook::{CATALOG, EventType},
    wire::member_name,
};
use serde::Serialize;
use serde_json::{Value, json};
use service::example;
use utoipa::ToSchema;

/// The types of messages.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookTypes {
    types: Vec<WebhookType>,
}

/// A type of message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookType {
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    name: &'static str,
    description: &'static str,
    /// Kind of the object that it is about.
    entity_kind: &'static str,
    /// Version of the form of its data.
    version: u32,
    /// `true` if no pattern chooses it: a subscription must name it.
    must_be_named: bool,
    /// JSON Schema of its data.
    #[schema(value_type = Object)]
    schema: Value,
    /// Example of its data.
    #[schema(value_type = Object)]
    example: Value,
}

/// Returns the types of messages that webhooks deliver.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/schemas",
    operation_id = "listWebhookTypes",
    tag = "webhooks",
    responses((status = 200, description = "Every type, with the schema of its data.", body = WebhookTypes)),
)]
pub(super) async fn list() -> Json<WebhookTypes> {
    let types = CATALOG.iter().map(|of| WebhookType {
        name: of.name,
        description: of.description,
        entity_kind: of.entity.name(),
        version: of.version,
        must_be_named: of.must_be_named,
        schema: schema(of),
        example: example(of),
    });
    Json(WebhookTypes { types: types.collect() })
}

/// The schema of the data of a type.
fn schema(of: &EventType) -> Value {
    let text = |description: &str| json!({ "type": ["string", "null"], "description": description });
    let members: serde_json::Map<String, Value> =
        of.members.iter().map(|member| (member_name(member), json!({}))).collect();
    let side = |description: &str| json!({ "type": "object", "description": description, "properties": members });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "description": of.description,
        "required": ["name", "changed", "before", "after", "reason", "actor", "license"],
        "properties": {
            "name": text("Name of the object at the time."),
            "changed": { "type": "array", "items": { "type": "string" }, "description": "Names of the changed members." },
            "before": side("Changed values before."),
            "after": side("Changed values after."),
            "reason": text("Reason that the actor gave."),
            "actor": {
                "type": "object",
                "required": ["kind", "id", "name"],
                "properties": { "kind": { "type": "string" }, "id": text("Id, if it has one."), "name": text("Name.") },
            },
            "license": {
                "type": ["object", "null"],
                "description": "The license that it concerns.",
                "required": ["id", "product", "policy", "customerId", "reference"],
                "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "product": { "type": "string", "description": "Code of the product." },
                    "policy": { "type": "string", "format": "uuid" },
                    "customerId": text("Always null in this version."),
                    "reference": text("The vendor’s own reference."),
                },
            },
        },
    })
}
