//! The grant that an admitted device gets.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{DeviceFacts, SKEW, Snapshot, case::Case};
use crate::{
    span::LAST_MOMENT,
    terms::{Holding, SHORTEST_LEASE},
};

/// Relation of a granted device to its seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seating {
    /// First activation of this license.
    New,
    /// The device holds a seat and keeps it.
    Kept,
    /// The hold of its seat had ended, or the seat was taken over or checked out. The session continues.
    Returned,
    /// Its activation was revoked or released. A new session begins.
    Readmitted,
}

/// A grant: its end times and its effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Relation of the device to its seat.
    pub seating: Seating,
    /// `true` if the grant adds a seat to those in use. `false` for a device that keeps its seat, or whose own released
    /// seat is still held.
    pub takes_seat: bool,
    /// Number of lapsed seats that must lose their hold in the same transaction to make room, those whose leases ended
    /// first. 0 unless the terms allow a takeover.
    pub takes_over: u32,
    /// `true` if the new seat exceeds the limit and uses the overage.
    pub over: bool,
    /// End of the lease; never past the end of the license or of the trial.
    pub lease_ends_at: DateTime<Utc>,
    /// End of the token: the lease plus the offline grace, never past the end of the license or of the trial. In whole
    /// seconds, and always after the time of the decision.
    pub token_expires_at: DateTime<Utc>,
    /// End of the hold: the end of the last token ever issued to the device, plus [`SKEW`].
    pub hold_until: DateTime<Utc>,
    /// Time at which the license stops, counting this activation. `None` if it never ends or keeps running after its
    /// end.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// End of maintenance, for the token: versions released later are not covered.
    pub maintained_until: Option<DateTime<Utc>>,
    /// End of the device's trial; `None` if the license is not a trial.
    pub trial_ends_at: Option<DateTime<Utc>>,
    /// `true` if the device's trial begins with this activation. The start must be recorded for the product.
    pub trial_begins: bool,
    /// Time from which a floating seat should check in: the middle of its lease. `None` for fixed seats.
    pub next_check_in_after: Option<DateTime<Utc>>,
    /// `true` if this is the first activation of the license, which starts its validity.
    pub first_activation: bool,
}

impl Grant {
    pub(super) fn new(case: &Case<'_>) -> Self {
        let (license, terms, now) = (case.license, &case.license.terms, case.now);
        let trial_ends_at = case.trial_ends_at();
        let within = |at: DateTime<Utc>| at.min(case.stops_at()).min(trial_ends_at.unwrap_or(LAST_MOMENT));
        let wished = case.request.lease.unwrap_or(terms.lease.default);
        // The last `max` is for terms that were never validated: a token must end after it begins.
        let length = wished.max(terms.lease.minimum).min(terms.lease.maximum).max(SHORTEST_LEASE);
        let lease_ends_at = within(length.after(now));
        let token_expires_at = within(terms.grace.after(lease_ends_at));
        // Earlier tokens of the device may outlast this one, and its seat is held until the last of them has ended.
        let tokens_end_at = case.facts.device.map_or(token_expires_at, |d| d.tokens_end_at().max(token_expires_at));
        let (takes_over, over) = case.makes_room();
        Self {
            seating: Seating::of(case.facts.device, now),
            takes_seat: !case.holds_seat(),
            takes_over,
            over,
            lease_ends_at,
            token_expires_at,
            hold_until: SKEW.after(tokens_end_at),
            license_ends_at: license.stops_at(now),
            maintained_until: license.maintained_until(now),
            trial_ends_at,
            trial_begins: trial_ends_at.is_some() && case.facts.trial_began_at.is_none(),
            next_check_in_after: match terms.holding {
                Holding::Fixed => None,
                Holding::Floating => Some(halfway(now, lease_ends_at)),
            },
            first_activation: license.first_activated_at.is_none(),
        }
    }
}

impl Seating {
    /// Returns `true` if the device's session continues; `false` if a new one begins.
    pub const fn goes_on(self) -> bool {
        match self {
            Self::Kept | Self::Returned => true,
            Self::New | Self::Readmitted => false,
        }
    }

    fn of(device: Option<&DeviceFacts>, now: DateTime<Utc>) -> Self {
        match device {
            None => Self::New,
            Some(device) if device.is_over() => Self::Readmitted,
            Some(device) if device.holds_seat(now) => Self::Kept,
            Some(_) => Self::Returned,
        }
    }
}

/// Middle of a lease: the time at which a check-in is due.
pub(super) fn halfway(began: DateTime<Utc>, ends: DateTime<Utc>) -> DateTime<Utc> {
    began + (ends - began) / 2
}

/// Returns `true` if the device may be answered from the record, without a write: it keeps its seat, its snapshot is
/// current, and the lease on record ends at most a sixteenth of its length (and at most five minutes) before a fresh
/// one.
pub fn is_repeat(grant: &Grant, device: &DeviceFacts, current: &Snapshot, now: DateTime<Utc>) -> bool {
    let begins = grant.first_activation || grant.trial_begins;
    if grant.seating != Seating::Kept || device.checked_out || device.snapshot != *current || begins {
        return false;
    }
    let slack = ((grant.lease_ends_at - now) / 16).min(TimeDelta::minutes(5));
    let behind = grant.lease_ends_at - device.lease_ends_at;
    let token_behind = grant.token_expires_at - device.token_expires_at;
    let unseen = now - device.last_seen_at;
    // Earlier only: a lease on record that is longer than the terms now grant must be cut.
    [behind, token_behind, unseen].iter().all(|late| (TimeDelta::zero()..=slack).contains(late))
}
