//! Activations, blocks and pre-registered devices in JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::store::{activations::Activation, authorized::AuthorizedRow, blocks::BlockRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// An activation: a device's use of a license.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedActivation)]
pub(in crate::api::manage) struct ActivationJson {
    /// The `sessionId` of the activation API, and the `sid` of the token.
    id: Uuid,
    license_id: Uuid,
    fingerprint: String,
    /// The name that staff or a program gave it.
    label: Option<String>,
    /// The name that its software sent.
    device_name: Option<String>,
    platform: Option<String>,
    software_version: Option<String>,
    /// Network address of the last request.
    address: Option<String>,
    /// The decision that granted it last.
    decision_id: Uuid,
    /// `true` if it holds a seat now.
    held: bool,
    hold_until: DateTime<Utc>,
    activated_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    lease_ends_at: DateTime<Utc>,
    token_expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
    /// Time at which its floating seat was checked out.
    checked_out_at: Option<DateTime<Utc>>,
    /// Revision of the label. The same as in the ETag.
    revision: i64,
}

/// A block of a fingerprint.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedBlock)]
pub(in crate::api::manage) struct BlockJson {
    id: Uuid,
    fingerprint: String,
    #[schema(inline, value_type = choice::BlockScope)]
    scope: &'static str,
    /// The license that it applies to.
    license: Option<Uuid>,
    /// The product that it applies to.
    product: Option<Uuid>,
    device_name: Option<String>,
    reason: String,
    blocked_by: String,
    created_at: DateTime<Utc>,
    /// Number of seats revoked, in the response of the call that blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seats_taken: Option<u64>,
}

/// A pre-registered device.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedAuthorized)]
pub(in crate::api::manage) struct AuthorizedJson {
    fingerprint: String,
    note: Option<String>,
    /// The device's activation on this license.
    activation_id: Option<Uuid>,
    device_name: Option<String>,
    last_seen_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Numbers of pre-registered fingerprints.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredCounts)]
pub(in crate::api::manage) struct RegisteredJson {
    /// Fingerprints that were not registered before.
    pub(in crate::api::manage) new: u64,
    /// Fingerprints that were.
    pub(in crate::api::manage) known: u64,
}

impl ActivationJson {
    pub(in crate::api::manage) fn of(row: Activation, now: DateTime<Utc>) -> Self {
        Self {
            id: row.id,
            license_id: row.license_id,
            fingerprint: row.fingerprint,
            label: row.label,
            device_name: row.device_name,
            platform: row.platform,
            software_version: row.software_version,
            address: row.address,
            decision_id: row.decision_id,
            held: row.hold_until > now,
            hold_until: row.hold_until,
            activated_at: row.activated_at,
            last_seen_at: row.last_seen_at,
            lease_ends_at: row.lease_ends_at,
            token_expires_at: row.token_expires_at,
            revoked_at: row.revoked_at,
            released_at: row.released_at,
            checked_out_at: row.checked_out_at,
            revision: row.label_revision,
        }
    }
}

impl BlockJson {
    pub(in crate::api::manage) fn of(row: BlockRow, seats_taken: Option<u64>) -> Self {
        use licensing::activation::BlockScope;

        let block = row.block;
        Self {
            id: block.id,
            fingerprint: block.fingerprint,
            scope: block.scope.name(),
            license: (block.scope == BlockScope::License).then_some(block.scope_id),
            product: (block.scope == BlockScope::Product).then_some(block.scope_id),
            device_name: row.device_name,
            reason: block.reason,
            blocked_by: block.blocked_by,
            created_at: block.created_at,
            seats_taken,
        }
    }
}

impl From<AuthorizedRow> for AuthorizedJson {
    fn from(row: AuthorizedRow) -> Self {
        Self {
            fingerprint: row.entry.fingerprint,
            note: row.entry.note,
            activation_id: row.activation_id,
            device_name: row.device_name,
            last_seen_at: row.last_seen_at,
            created_at: row.entry.created_at,
        }
    }
}
