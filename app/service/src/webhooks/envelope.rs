//! Messages: CloudEvents 1.0 in the structured JSON form.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use licensing::{
    EventKind,
    webhook::{Entity, EventType},
    wire::{member_name, write_changes},
};
use serde_json::{Map, Value, json};
use store::{events::Event, webhooks::RoutedLicense};
use uuid::Uuid;

/// Content of a message.
pub(super) struct Content<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    /// Kind of the object, the first part of its subject, and its id.
    pub(super) entity: (&'a str, &'a str, &'a str),
    pub(super) version: u32,
    pub(super) at: DateTime<Utc>,
    pub(super) data: Value,
    pub(super) is_test: bool,
}

/// Writes a message.
pub(super) fn write(source: &str, content: Content<'_>) -> String {
    envelope(source, content).to_string()
}

fn envelope(source: &str, content: Content<'_>) -> Value {
    let (kind, collection, id) = content.entity;
    let mut envelope = json!({
        "specversion": "1.0",
        "id": content.id,
        "source": source,
        "type": content.name,
        "time": content.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "subject": format!("{collection}/{id}"),
        "datacontenttype": "application/json",
        "dataschema": format!("{source}/api/v1/webhooks/schemas#{}", content.name),
        "entitykind": kind,
        "entityid": id,
        "eventversion": content.version,
        "data": content.data,
    });
    let days_left = envelope.pointer("/data/after/daysLeft").cloned();
    if let Some(members) = envelope.as_object_mut() {
        members.extend(days_left.map(|days| ("daysleft".to_owned(), days)));
        members.extend(content.is_test.then(|| ("testmode".to_owned(), Value::Bool(true))));
    }
    envelope
}

/// Returns `true` if a message has these attributes, exactly.
pub(super) fn has_attributes(message: &Value, attributes: &BTreeMap<String, String>) -> bool {
    let written = |given: &Value| given.as_str().map_or_else(|| given.to_string(), str::to_owned);
    attributes.iter().all(|(name, value)| message.get(name).map(written).as_ref() == Some(value))
}

/// Returns the message about an event.
pub(super) fn of_event(source: &str, of: &EventType, event: &Event, license: Option<&RoutedLicense>) -> Value {
    let id = event.subject_id.map_or_else(|| event.subject_name.clone(), |id| id.to_string());
    let entity = (of.entity.name(), of.entity.collection(), id.as_str());
    let data = data_of(of, event, license);
    let content =
        Content { id: event.id, name: of.name, entity, version: of.version, at: event.at, data, is_test: false };
    envelope(source, content)
}

fn data_of(of: &EventType, event: &Event, license: Option<&RoutedLicense>) -> Value {
    let mut data = Map::new();
    data.insert("name".to_owned(), event.subject_name.clone().into());
    let sides = [("before", &event.before), ("after", &event.after)];
    let stored = sides.iter().filter_map(|(_, side)| side.as_ref()?.as_object()).flat_map(Map::keys);
    let mut changed: Vec<String> = stored.map(|member| member_name(member)).collect();
    changed.sort_unstable();
    changed.dedup();
    // Names of members outside the catalog may be of interest, their values may be secret.
    data.insert("changed".to_owned(), json!(changed));
    for (name, side) in sides {
        let members = side.as_ref().and_then(Value::as_object).into_iter().flatten();
        let known = members.filter(|(member, _)| of.members.contains(&member.as_str()));
        let known: Map<String, Value> = known.map(|(member, value)| (member.clone(), value.clone())).collect();
        data.insert(name.to_owned(), write_changes(known.into()));
    }
    data.insert("reason".to_owned(), event.reason.clone().into());
    let actor = json!({ "kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name });
    data.insert("actor".to_owned(), actor);
    let license = license.map(|it| {
        json!({ "id": it.id, "product": it.product_code, "policy": it.policy_id, "customerId": Value::Null,
            "reference": it.reference })
    });
    data.insert("license".to_owned(), license.unwrap_or_default());
    Value::Object(data)
}

/// The message of an example of this type.
pub(super) fn of_example(source: &str, of: &EventType, id: Uuid, at: DateTime<Utc>) -> String {
    let entity = (of.entity.name(), of.entity.collection(), &*EXAMPLE.to_string());
    let content = Content { id, name: of.name, entity, version: of.version, at, data: example(of), is_test: true };
    write(source, content)
}

/// Id of the object in examples.
const EXAMPLE: Uuid = Uuid::from_u128(0x0192_f8a0_0000_7000_8000_0000_0000_0001);

/// The data of an example of this type, as an event of that kind has it.
pub fn example(of: &EventType) -> Value {
    let (before, after) = example_changes(of);
    let event = Event {
        id: EXAMPLE,
        at: DateTime::UNIX_EPOCH,
        actor_kind: "server".to_owned(),
        actor_id: None,
        actor_name: "server".to_owned(),
        kind: of.event.name().to_owned(),
        subject_kind: of.entity.name().to_owned(),
        subject_id: Some(EXAMPLE),
        subject_name: "Example".to_owned(),
        license_id: None,
        before,
        after: Some(after),
        reason: None,
        address: None,
        request_id: None,
    };
    let license = RoutedLicense {
        id: EXAMPLE,
        product_id: EXAMPLE,
        product_code: "example".to_owned(),
        policy_id: EXAMPLE,
        reference: Some("A-1001".to_owned()),
    };
    let has_license = matches!(of.entity, Entity::License | Entity::Activation | Entity::Block);
    data_of(of, &event, Some(&license).filter(|_| has_license))
}

/// The changes of an example, as they are stored with events.
fn example_changes(of: &EventType) -> (Option<Value>, Value) {
    let state = |before, after| (Some(json!({ "state": before })), json!({ "state": after }));
    match of.event {
        EventKind::LicenseSuspended => state("active", "suspended"),
        EventKind::LicenseReinstated => state("suspended", "active"),
        EventKind::LicenseRevoked => state("active", "revoked"),
        EventKind::LicenseChanged => (Some(json!({ "reference": "A-1000" })), json!({ "reference": "A-1001" })),
        EventKind::LicenseExtended => {
            (Some(json!({ "ends_at": "2027-03-12T00:00:00Z" })), json!({ "ends_at": "2028-03-12T00:00:00Z" }))
        }
        EventKind::LicenseSeatsAdded => (Some(json!({ "seats": 5 })), json!({ "seats": 6 })),
        EventKind::LicenseTagsChanged => (Some(json!({ "tags": [] })), json!({ "tags": ["reseller"] })),
        _ => (None, of.members.iter().map(|member| ((*member).to_owned(), example_value(member))).collect()),
    }
}

fn example_value(member: &str) -> Value {
    match member {
        "state" => json!("active"),
        "email" => json!("ada@example.com"),
        "reference" => json!("A-1001"),
        "metadata" | "features" => json!({}),
        "tags" => json!(["reseller"]),
        "seats" => json!(5),
        "days_left" => json!(7),
        "devices" | "licenses" | "done" => json!(1),
        "failed" | "skipped" => json!(0),
        "over_limit" => json!(false),
        "activation" | "decision" => json!(EXAMPLE),
        "refusal" => json!("seat_limit"),
        "rule" => json!("seat_available"),
        "purpose" => json!("activate"),
        "algorithm" => json!("ES256"),
        "lifecycle" => json!("active"),
        "act" => json!("create"),
        "url" => json!("https://example.com/webhooks"),
        _ if member.ends_with("_at") || member.ends_with("_until") || member.ends_with("_from") => {
            json!("2027-03-12T00:00:00Z")
        }
        _ => json!("Example"),
    }
}
