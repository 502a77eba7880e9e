//! What a device gets that is let in.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{DeviceFacts, LicenseFacts, SKEW};
use crate::{Span, feature::FeatureValues, license, terms::Versions};

/// How the device comes to its seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seating {
    /// Its first activation of this license.
    New,
    /// It holds a seat, and keeps it.
    Kept,
    /// It once had a seat whose hold ran out: the same session again.
    Returned,
    /// Its activation was revoked: a new session.
    Readmitted,
}

/// A yes: until when, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How the device comes to its seat.
    pub seating: Seating,
    /// Until when the device is confirmed: never past the license's end.
    pub lease_ends_at: DateTime<Utc>,
    /// The lease's end and the offline grace, never past the license's end.
    pub token_expires_at: DateTime<Utc>,
    /// Until when the seat counts: past the last token ever issued for it, plus [`SKEW`].
    pub hold_until: DateTime<Utc>,
    /// When the license ends, now that this device has activated.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// Whether the license's own time starts with this activation.
    pub first_activation: bool,
}

/// The terms and values that an activation was granted under. Later edits reach the device when it asks again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The policy's name.
    pub policy: String,
    /// The customer's name.
    pub customer: Option<String>,
    /// The offline grace.
    pub grace: Span,
    /// The versions covered.
    pub versions: Versions,
    /// Every feature's value.
    pub features: FeatureValues,
}

impl Grant {
    pub(super) fn new(
        license: &LicenseFacts,
        device: Option<&DeviceFacts>,
        asked: Option<Span>,
        now: DateTime<Utc>,
    ) -> Self {
        let terms = &license.terms;
        let first = license.first_activated_at.unwrap_or(now);
        let license_ends_at = license::ends_at(terms.validity, license.issued_at, Some(first));
        let within = |at: DateTime<Utc>| license_ends_at.map_or(at, |end| at.min(end));
        let length = asked.unwrap_or(terms.lease.default).max(terms.lease.minimum).min(terms.lease.maximum);
        let lease_ends_at = within(length.after(now));
        let token_expires_at = within(terms.grace.after(lease_ends_at));
        let (seating, held) = match device {
            None => (Seating::New, None),
            Some(d) if d.revoked => (Seating::Readmitted, None),
            Some(d) if d.holds_seat(now) => (Seating::Kept, Some(d.hold_until)),
            Some(_) => (Seating::Returned, None),
        };
        Self {
            seating,
            lease_ends_at,
            token_expires_at,
            hold_until: held.unwrap_or(now).max(SKEW.after(token_expires_at)),
            license_ends_at,
            first_activation: license.first_activated_at.is_none(),
        }
    }

    /// Whether the grant takes a seat that was not held.
    pub fn takes_seat(&self) -> bool {
        self.seating != Seating::Kept
    }
}

/// Whether the device may be answered from what is on record, without a write: it keeps its seat, nothing it was granted
/// under has changed, and the lease on record is as good as a fresh one to within a sixteenth of its length (five minutes
/// at most).
pub fn is_repeat(grant: &Grant, device: &DeviceFacts, current: &Snapshot, now: DateTime<Utc>) -> bool {
    if grant.seating != Seating::Kept || device.snapshot != *current || grant.first_activation {
        return false;
    }
    let slack = ((grant.lease_ends_at - now) / 16).min(TimeDelta::minutes(5));
    let behind = grant.lease_ends_at - device.lease_ends_at;
    let token_behind = grant.token_expires_at - device.token_expires_at;
    let unseen = now - device.last_seen_at;
    // Behind only: a lease on record that is longer than what is granted now must be cut.
    [behind, token_behind, unseen].iter().all(|late| (TimeDelta::zero()..=slack).contains(late))
}
