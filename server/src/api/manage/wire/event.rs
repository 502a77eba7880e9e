//! Events of the audit log, and signing keys, in JSON.

use chrono::{DateTime, Utc};
use licensing::wire::write_changes;
use serde::Serialize;
use serde_json::Value;
use service::{KeyState, ListedKey, PublicKey, store::events::Event};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// An event of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedEvent)]
pub(in crate::api::manage) struct EventJson {
    id: Uuid,
    at: DateTime<Utc>,
    /// The act, such as `license.suspended`.
    act: String,
    actor: ActorJson,
    subject: SubjectJson,
    license_id: Option<Uuid>,
    /// The changed values before.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The changed values after.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    reason: Option<String>,
    address: Option<String>,
    request_id: Option<String>,
}

/// The actor of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = EventActor)]
pub(in crate::api::manage) struct ActorJson {
    #[schema(inline, value_type = choice::ActorKind)]
    kind: String,
    id: Option<Uuid>,
    name: String,
}

/// The subject of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubject)]
pub(in crate::api::manage) struct SubjectJson {
    kind: String,
    id: Option<Uuid>,
    name: String,
}

/// A signing key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedKey)]
pub(in crate::api::manage) struct KeyJson {
    kid: String,
    #[schema(inline, value_type = choice::Algorithm)]
    algorithm: &'static str,
    /// Code of the only product that it signs for; null for a shared key.
    product: Option<String>,
    #[schema(inline, value_type = choice::KeyStanding)]
    standing: &'static str,
    /// The time that belongs to the standing: when it signs, since when, or until when it is published.
    at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    /// Number of devices whose last token it signed, if that token is still valid.
    devices: u64,
    /// The public half in PEM.
    pem: String,
    /// The public half as a JWK.
    #[schema(value_type = Object)]
    jwk: Value,
}

impl From<Event> for EventJson {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.at,
            act: event.kind,
            actor: ActorJson { kind: event.actor_kind, id: event.actor_id, name: event.actor_name },
            subject: SubjectJson { kind: event.subject_kind, id: event.subject_id, name: event.subject_name },
            license_id: event.license_id,
            before: event.before.map(write_changes),
            after: event.after.map(write_changes),
            reason: event.reason,
            address: event.address,
            request_id: event.request_id,
        }
    }
}

impl KeyJson {
    pub(in crate::api::manage) fn of(key: ListedKey, public: PublicKey) -> Self {
        let (standing, at) = match key.state {
            KeyState::Next(at) => ("next", at),
            KeyState::Ahead(at) => ("ahead", at),
            KeyState::Signs(at) => ("signs", at),
            KeyState::Stopped(at) => ("stopped", at),
            KeyState::Gone(at) => ("gone", at),
            KeyState::Revoked(at) => ("revoked", at),
        };
        Self {
            kid: key.kid,
            algorithm: key.algorithm.name(),
            product: key.product,
            standing,
            at,
            created_at: key.created_at,
            devices: key.devices,
            pem: public.pem,
            jwk: public.jwk,
        }
    }
}
