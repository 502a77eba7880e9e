//! What a device gets that is let in.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{DeviceFacts, SKEW, case::Case};
use crate::{
    Span, Terms,
    feature::{self, Feature, FeatureValues},
    span::LAST_MOMENT,
    terms::{Holding, SHORTEST_LEASE, Versions},
};

/// How the device comes to its seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seating {
    /// Its first activation of this license.
    New,
    /// It holds a seat, and keeps it.
    Kept,
    /// It once had a seat whose hold ran out, or was taken over or checked out: the same session again.
    Returned,
    /// Its activation was revoked or released: a new session.
    Readmitted,
}

/// A yes: until when, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How the device comes to its seat.
    pub seating: Seating,
    /// Whether the seat was not held: it adds one to the seats in use. Not so for a device that keeps its seat, or whose
    /// own seat is cooling down.
    pub takes_seat: bool,
    /// How many lapsed seats, those whose leases ended first, must lose their hold in the same transaction, so that there
    /// is one for this device. 0 but where the terms let it take over.
    pub takes_over: u32,
    /// Whether the seat that it takes lies above the limit, within the overage.
    pub over: bool,
    /// Until when the device is confirmed: never past the license's end or the trial's.
    pub lease_ends_at: DateTime<Utc>,
    /// The lease's end and the offline grace, never past the license's end or the trial's. In whole seconds, always after
    /// the moment of the decision.
    pub token_expires_at: DateTime<Utc>,
    /// Until when the seat counts: past the last token ever issued to the device, plus [`SKEW`].
    pub hold_until: DateTime<Utc>,
    /// When the license stops, now that this device has activated; `None` for never, and for one that keeps running after
    /// its end.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// What is released later is not covered, for the token to say.
    pub maintained_until: Option<DateTime<Utc>>,
    /// When the device's window closes, where the license is a trial.
    pub trial_ends_at: Option<DateTime<Utc>>,
    /// Whether the device's window opens with this activation: it must be written down for the product.
    pub trial_begins: bool,
    /// From when a floating seat should check in: half of its lease. `None` for fixed seats.
    pub next_check_in_after: Option<DateTime<Utc>>,
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
    /// The values of the features that differ during the offline grace.
    #[serde(default, skip_serializing_if = "FeatureValues::is_empty")]
    pub grace_features: FeatureValues,
    /// Whether this is a trial.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

impl Snapshot {
    /// What an activation is granted under now: the terms in effect, and the features of the product as the policy, the
    /// license's `own` values and the trial set them.
    pub fn new(
        policy: String,
        customer: Option<String>,
        terms: &Terms,
        product: &[Feature],
        own: &FeatureValues,
    ) -> Self {
        let of_trial = terms.trial.as_ref().map(|trial| &trial.features);
        let layers: Vec<&FeatureValues> = [&terms.features, own].into_iter().chain(of_trial).collect();
        let features = feature::resolve(product, &layers);
        Self {
            policy,
            customer,
            grace: terms.grace,
            versions: terms.versions.clone(),
            grace_features: feature::differing(product, &terms.grace_features, &features),
            features,
            trial: terms.trial.is_some(),
        }
    }
}

impl Grant {
    pub(super) fn new(case: &Case<'_>) -> Self {
        let (license, terms, now) = (case.license, &case.license.terms, case.now);
        let trial_ends_at = case.trial_ends_at();
        let within = |at: DateTime<Utc>| at.min(case.stops_at()).min(trial_ends_at.unwrap_or(LAST_MOMENT));
        let wished = case.request.lease.unwrap_or(terms.lease.default);
        // The last step is for terms that were never checked: a token ends after it began, whatever they say.
        let length = wished.max(terms.lease.minimum).min(terms.lease.maximum).max(SHORTEST_LEASE);
        let lease_ends_at = within(length.after(now));
        let token_expires_at = within(terms.grace.after(lease_ends_at));
        // The device's earlier tokens may run longer than this one, and their seat counts as long as they do.
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
    /// Whether the device's session goes on, rather than a new one begin.
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

/// The middle of a lease: when a check-in is due.
pub(super) fn halfway(began: DateTime<Utc>, ends: DateTime<Utc>) -> DateTime<Utc> {
    began + (ends - began) / 2
}

/// Whether the device may be answered from what is on record, without a write: it keeps its seat, nothing it was granted
/// under has changed, and the lease on record is as good as a fresh one to within a sixteenth of its length (five minutes
/// at most).
pub fn is_repeat(grant: &Grant, device: &DeviceFacts, current: &Snapshot, now: DateTime<Utc>) -> bool {
    let begins = grant.first_activation || grant.trial_begins;
    if grant.seating != Seating::Kept || device.checked_out || device.snapshot != *current || begins {
        return false;
    }
    let slack = ((grant.lease_ends_at - now) / 16).min(TimeDelta::minutes(5));
    let behind = grant.lease_ends_at - device.lease_ends_at;
    let token_behind = grant.token_expires_at - device.token_expires_at;
    let unseen = now - device.last_seen_at;
    // Behind only: a lease on record that is longer than what is granted now must be cut.
    [behind, token_behind, unseen].iter().all(|late| (TimeDelta::zero()..=slack).contains(late))
}
