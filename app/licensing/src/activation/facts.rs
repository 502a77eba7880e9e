//! What is known when a decision is due.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{SKEW, Snapshot};
use crate::{
    Email, Terms,
    license::{self, State},
    product::{Lifecycle, ProductRelease},
    terms::{AfterEnd, Maintenance},
};

/// What is known when a decision is due. Loaded under the license's lock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The license that has this code, if there is one.
    pub license: Option<&'a LicenseFacts>,
    /// This device's activation of that license, if it ever had one.
    pub device: Option<&'a DeviceFacts>,
    /// Seats of that license held now, this device's own included. Not looked at for a device that holds one.
    pub seats: SeatCount,
    /// Whether the fingerprint was entered for this license beforehand. Looked at under `Devices::Authorized` alone.
    pub authorized: bool,
    /// The widest block that the fingerprint is under.
    pub blocked: Option<BlockScope>,
    /// Whether the fingerprint holds a seat under another license of the same policy or product, as the license's
    /// `Identity` asks. Looked at only where it asks, and only for a device that holds no seat here.
    pub elsewhere: bool,
    /// When the fingerprint first activated a trial of this product, under whatever license. Looked at for trials alone.
    pub trial_began_at: Option<DateTime<Utc>>,
    /// The product's releases, in any order. Looked at only where coverage of new versions has an end.
    pub releases: &'a [ProductRelease],
}

/// A license, its product and its policy, as far as the rules look.
#[derive(Clone, Debug)]
pub struct LicenseFacts {
    /// The product's state.
    pub lifecycle: Lifecycle,
    /// The license's state.
    pub state: State,
    /// The terms in effect: the policy's, with the license's own in their place.
    pub terms: Terms,
    /// The license's e-mail address.
    pub email: Option<Email>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
}

/// An activation that a device has, or once had.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceFacts {
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// When the token that goes with that lease ends; of a seat that was given up, when the last of its tokens does
    /// ([`Freed::tokens_end_at`](crate::release::Freed::tokens_end_at)).
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts against the limit, whatever became of it.
    pub hold_until: DateTime<Utc>,
    /// Whether it was revoked: the device's next activation is a new session.
    pub revoked: bool,
    /// Whether it was released, given up for good: the device's next activation is a new session.
    pub released: bool,
    /// Whether a floating seat was checked out: the session goes on with the next check-in.
    pub checked_out: bool,
    /// When it last asked and was written down. The lease on record began then.
    pub last_seen_at: DateTime<Utc>,
    /// The terms and values it was granted under.
    pub snapshot: Snapshot,
}

/// Seats held, and when the next is given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatCount {
    /// Seats held now: activations whose hold lasts, whatever became of them.
    pub used: u32,
    /// When the first of them ends by itself.
    pub next_at: Option<DateTime<Utc>>,
    /// Those of them whose lease has ended: what can be taken over where the terms say so. Else not looked at.
    pub lapsed: u32,
}

/// For what a fingerprint is blocked. A wider block is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockScope {
    /// One license.
    License,
    /// All licenses of a product.
    Product,
    /// Everything that this server licenses.
    Server,
}

impl BlockScope {
    /// Every scope, from narrow to wide.
    pub const ALL: [Self; 3] = [Self::License, Self::Product, Self::Server];

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::Product => "product",
            Self::Server => "server",
        }
    }

    /// The scope of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl LicenseFacts {
    /// When the license ends: `None` for never. One that has not begun begins at `now`.
    pub fn ends_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        license::ends_at(self.terms.validity, self.issued_at, self.first_activated_at.or(Some(now)))
    }

    /// When nothing activates or renews any more: `None` for never. Its own end, unless it keeps running. A license that
    /// has not begun begins at `now`.
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

    /// When newer versions cease to be covered: `None` for never. The end of maintenance, or the license's own where it
    /// keeps running after it, whichever comes first. A license that has not begun begins at `now`.
    pub fn maintained_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let maintenance = match self.terms.maintenance {
            Maintenance::Always => None,
            Maintenance::Until(end) => Some(end),
            Maintenance::FromIssue(period) => Some(period.after(self.issued_at)),
        };
        let end = match self.terms.after_end {
            AfterEnd::Stop => None,
            AfterEnd::KeepRunning => self.ends_at(now),
        };
        maintenance.into_iter().chain(end).min()
    }
}

impl DeviceFacts {
    /// Whether the device counts against the limit at `now`: also one that gave its seat up, while that cools down.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        self.hold_until > now
    }

    /// Whether the session is over for good.
    pub fn is_over(&self) -> bool {
        self.revoked || self.released
    }

    /// Whether the session runs on a seat at `now`: neither over, nor checked out, nor run out.
    pub fn is_in(&self, now: DateTime<Utc>) -> bool {
        self.holds_seat(now) && !self.is_over() && !self.checked_out
    }

    /// When the last token ends that was issued to the device.
    pub fn tokens_end_at(&self) -> DateTime<Utc> {
        self.token_expires_at.max(SKEW.before(self.hold_until))
    }
}
