//! The rows of exports. The names of their members are those of the CSV columns.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::wire::write_changes;
use serde_json::{Value, json};
use store::{activation_list::ActivationOfProduct, decisions::DecisionRow, events::Event};
use uuid::Uuid;

/// Columns of an activation.
pub(super) const ACTIVATION: &[&str] = &[
    "id",
    "product",
    "license",
    "fingerprint",
    "label",
    "deviceName",
    "platform",
    "softwareVersion",
    "address",
    "held",
    "holdUntil",
    "activatedAt",
    "lastSeenAt",
    "leaseEndsAt",
    "tokenExpiresAt",
    "revokedAt",
    "releasedAt",
    "checkedOutAt",
];

/// Columns of a decision.
pub(super) const DECISION: &[&str] = &[
    "id",
    "at",
    "purpose",
    "outcome",
    "rule",
    "product",
    "license",
    "activation",
    "codeTail",
    "email",
    "deviceName",
    "address",
    "requestId",
];

/// Columns of an event.
pub(super) const EVENT: &[&str] = &[
    "id",
    "at",
    "act",
    "actorKind",
    "actor",
    "actorName",
    "subjectKind",
    "subject",
    "subjectName",
    "license",
    "before",
    "after",
    "reason",
    "address",
    "requestId",
];

pub(super) fn activation(
    ActivationOfProduct { activation: it, product_id }: ActivationOfProduct,
    products: &HashMap<Uuid, String>,
    now: DateTime<Utc>,
) -> Value {
    json!({
        "id": it.id,
        "product": products.get(&product_id),
        "license": it.license_id,
        "fingerprint": it.fingerprint,
        "label": it.label,
        "deviceName": it.device_name,
        "platform": it.platform,
        "softwareVersion": it.software_version,
        "address": it.address,
        "held": it.hold_until > now,
        "holdUntil": it.hold_until,
        "activatedAt": it.activated_at,
        "lastSeenAt": it.last_seen_at,
        "leaseEndsAt": it.lease_ends_at,
        "tokenExpiresAt": it.token_expires_at,
        "revokedAt": it.revoked_at,
        "releasedAt": it.released_at,
        "checkedOutAt": it.checked_out_at,
    })
}

pub(super) fn decision(row: DecisionRow, products: &HashMap<Uuid, String>) -> Value {
    json!({
        "id": row.id,
        "at": row.at,
        "purpose": row.purpose,
        "outcome": row.outcome,
        "rule": row.rule,
        "product": row.product_id.and_then(|id| products.get(&id)),
        "license": row.license_id,
        "activation": row.activation_id,
        "codeTail": row.code_tail,
        "email": row.email,
        "deviceName": row.device_name,
        "address": row.address,
        "requestId": row.request_id,
    })
}

pub(super) fn event(it: Event) -> Value {
    json!({
        "id": it.id,
        "at": it.at,
        "act": it.kind,
        "actorKind": it.actor_kind,
        "actor": it.actor_id,
        "actorName": it.actor_name,
        "subjectKind": it.subject_kind,
        "subject": it.subject_id,
        "subjectName": it.subject_name,
        "license": it.license_id,
        "before": it.before.map(write_changes),
        "after": it.after.map(write_changes),
        "reason": it.reason,
        "address": it.address,
        "requestId": it.request_id,
    })
}
