//! The decision: may this device run under this license now?

mod grant;
mod rules;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use grant::{Grant, Seating, Snapshot, is_repeat};
pub use rules::Rule;

use crate::{Email, Refusal, Span, Terms, Version, license::State, product::Lifecycle};

/// How much a device's clock may be off: tokens begin this much early, and seats are held this much longer than the
/// last token.
pub const SKEW: Span = Span::minutes(5);

/// What is known when a decision is due. Loaded under the license's lock.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The license that has this code, if there is one.
    pub license: Option<&'a LicenseFacts>,
    /// This device's activation of that license, if it ever had one.
    pub device: Option<&'a DeviceFacts>,
    /// Seats of that license held now, this device's own included.
    pub seats: SeatCount,
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
    /// When the token that goes with that lease ends.
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// Whether it was revoked. A revoked activation holds no seat, and the next one is a new session.
    pub revoked: bool,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// The terms and values it was granted under.
    pub snapshot: Snapshot,
}

/// Seats held, and when the next is given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatCount {
    /// Seats held now.
    pub used: u32,
    /// When the first of them ends by itself.
    pub next_at: Option<DateTime<Utc>>,
}

/// What the device asks.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The person's e-mail address.
    pub email: Option<Email>,
    /// The wished length of the lease.
    pub lease: Option<Span>,
    /// The version of the software that is to run.
    pub version: Option<Version>,
}

/// A refusal, and the rule that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The first rule, from the top, that said no.
    pub rule: Rule,
    /// Why.
    pub refusal: Refusal,
}

impl DeviceFacts {
    /// Whether the device counts against the limit at `now`.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        !self.revoked && self.hold_until > now
    }
}

/// Decides: every rule from the top; the first that says no is the answer, else a grant.
///
/// # Errors
/// The refusal and the rule that made it.
pub fn decide(facts: Facts<'_>, request: &Request, now: DateTime<Utc>) -> Result<Grant, Refused> {
    let license =
        facts.license.ok_or(Refused { rule: Rule::CodeKnown, refusal: Refusal::CodeNotFound { ended: false } })?;
    for rule in Rule::ALL {
        rule.check(license, facts, request, now).map_err(|refusal| Refused { rule, refusal })?;
    }
    Ok(Grant::new(license, facts.device, request.lease, now))
}
