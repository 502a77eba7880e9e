//! The document that describes a problem, and its members.

use chrono::{DateTime, Utc};
use licensing::FieldError;
use serde::Serialize;
use service::{DeviceInUse, InUse};
use uuid::Uuid;

/// Members of the document, in reading order (RFC 9457 §3.1 and §3.2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    pub(super) r#type: String,
    pub(super) title: &'static str,
    pub(super) status: u16,
    pub(super) detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<String>,
    pub(super) code: &'static str,
    pub(super) retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<Uuid>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) errors: &'a [ErrorLine],
    #[serde(flatten)]
    pub(super) seats: Option<Seats>,
    #[serde(flatten)]
    pub(super) choice: Option<&'a Choice>,
    /// The rate-limit policies that were exceeded (draft-ietf-httpapi-ratelimit-headers §5.1).
    #[serde(rename = "violated-policies", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) violated_policies: &'a [&'static str],
}

/// An invalid member of the request.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ErrorLine {
    field: String,
    /// JSON pointer to the member (RFC 6901), from calls whose requests have members inside others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    message: String,
}

/// Errors name members by pointers or, where they cannot be inside others, by names.
impl From<FieldError> for ErrorLine {
    fn from(FieldError { field, message }: FieldError) -> Self {
        match field.strip_prefix('/') {
            Some(path) => Self { field: path.replace('/', "."), pointer: Some(field), message },
            None => Self { field, pointer: None, message },
        }
    }
}

/// Seat counts of a full license.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seats {
    pub(super) seats_used: u32,
    pub(super) seats_allowed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_seat_at: Option<DateTime<Utc>>,
}

/// Members of a `seat_limit` problem that let the customer free a device.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Choice {
    devices: Vec<Device>,
    release_ticket: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    session_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    last_seen_at: DateTime<Utc>,
    activated_at: DateTime<Utc>,
    lease_ends_at: DateTime<Utc>,
}

impl From<InUse> for Choice {
    fn from(in_use: InUse) -> Self {
        let device = |one: DeviceInUse| Device {
            session_id: one.session_id,
            name: one.name,
            platform: one.platform,
            last_seen_at: one.last_seen_at,
            activated_at: one.activated_at,
            lease_ends_at: one.lease_ends_at,
        };
        Self { devices: in_use.devices.into_iter().map(device).collect(), release_ticket: in_use.ticket }
    }
}
