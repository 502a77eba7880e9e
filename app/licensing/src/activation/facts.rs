//! Facts that a decision is based on.

use chrono::{DateTime, Utc};

use super::{BlockScope, SKEW, Snapshot};
use crate::{
    Email, Terms,
    license::{self, State},
    product::{Lifecycle, ProductVersion},
    terms::AfterEnd,
};

/// Facts that a decision is based on. Those of a grant that takes a seat are loaded under the license's lock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// License with this code; `None` if the code is unknown.
    pub license: Option<&'a LicenseFacts>,
    /// This device's activation of the license; `None` if it never had one.
    pub device: Option<&'a DeviceFacts>,
    /// Number of seats held on the license now. Not counted, and zero, if this device already holds one.
    pub seats: SeatCount,
    /// `true` if the fingerprint was pre-registered for this license. Loaded only under `Devices::Authorized`.
    pub authorized: bool,
    /// Widest block on the fingerprint.
    pub blocked: Option<BlockScope>,
    /// `true` if the fingerprint holds a seat under another license of the same policy or product, depending on the
    /// license's `Identity`. Loaded only if `Identity` requires it and the device holds no seat here.
    pub elsewhere: bool,
    /// Time at which the fingerprint first activated a trial of this product, under any license. Loaded only for
    /// trials.
    pub trial_began_at: Option<DateTime<Utc>>,
    /// Released versions of the product, in any order. Loaded only if maintenance has an end.
    pub versions: &'a [ProductVersion],
}

/// License, product and policy, as far as the rules need them.
#[derive(Clone, Debug)]
pub struct LicenseFacts {
    /// State of the product.
    pub lifecycle: Lifecycle,
    /// State of the license.
    pub state: State,
    /// Terms in effect: the policy's, with the license's overrides applied.
    pub terms: Terms,
    /// E-mail address of the license.
    pub email: Option<Email>,
    /// Time at which the license was issued.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
}

/// An activation that a device has or had.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceFacts {
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// End of the token issued with that lease. After a release, the end of the last token issued
    /// ([`Released::tokens_end_at`](crate::release::Released::tokens_end_at)).
    pub token_expires_at: DateTime<Utc>,
    /// End of the hold: until then the device counts against the limit, even if it was released or revoked.
    pub hold_until: DateTime<Utc>,
    /// `true` if it was revoked. The device's next activation is a new session.
    pub revoked: bool,
    /// `true` if it was released permanently. The device's next activation is a new session.
    pub released: bool,
    /// `true` if a floating seat was checked out. The next check-in continues the session.
    pub checked_out: bool,
    /// Time of the last recorded request. The lease on record began then.
    pub last_seen_at: DateTime<Utc>,
    /// Terms and values that it was granted under.
    pub snapshot: Snapshot,
}

/// Number of seats held, and the end of the next hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatCount {
    /// Seats held now: activations whose hold has not ended, even if they were released or revoked.
    pub used: u32,
    /// Earliest end among these holds.
    pub next_at: Option<DateTime<Utc>>,
    /// Held seats whose lease has ended, and which can be taken over if the terms allow it. Not counted otherwise.
    pub lapsed: u32,
}

impl LicenseFacts {
    /// End of the license; `None` if it never ends. If no device has activated yet, the validity starts at `now`.
    pub fn ends_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        license::ends_at(self.terms.validity, self.issued_at, self.first_activated_at.or(Some(now)))
    }

    /// Time from which nothing activates or renews any more: the end of the license, or `None` if it never ends or
    /// keeps running after its end. If no device has activated yet, the validity starts at `now`.
    pub fn stops_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.terms.after_end {
            AfterEnd::Stop => self.ends_at(now),
            AfterEnd::KeepRunning => None,
        }
    }

    /// Returns `true` once nothing activates or renews any more. Callers then get the answer of an unknown code.
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        license::has_ended(self.stops_at(now), now)
    }

    /// Time from which newer versions are not covered; `None` for never. The earlier of the end of maintenance and, if
    /// the license keeps running after its end, that end. If no device has activated yet, the validity starts at `now`.
    pub fn maintained_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.terms.maintained_until(self.issued_at, self.ends_at(now))
    }
}

impl DeviceFacts {
    /// Returns `true` if the device counts against the limit at `now`. That includes a released device whose seat waits
    /// for its last token to end.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        self.hold_until > now
    }

    /// Returns `true` if the session has ended permanently.
    pub fn is_over(&self) -> bool {
        self.revoked || self.released
    }

    /// Returns `true` if the session has a seat at `now`: the hold lasts, and the seat was not released, revoked or
    /// checked out.
    pub fn is_in(&self, now: DateTime<Utc>) -> bool {
        self.holds_seat(now) && !self.is_over() && !self.checked_out
    }

    /// End of the last token issued to the device.
    pub fn tokens_end_at(&self) -> DateTime<Utc> {
        self.token_expires_at.max(SKEW.before(self.hold_until))
    }
}
