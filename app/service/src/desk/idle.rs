//! Requests that change no seat: a bounded number of them is written down, and the others are answered from the record.
//!
//! Else one activation code could fill the disk: a device that sends another name with every request, or a fresh
//! `Idempotency-Key`, would leave a decision, an event or a kept call each time.

use chrono::{DateTime, Utc};
use licensing::activation::{self, CheckIn, Grant, Seating};
use uuid::Uuid;

use super::table::Table;
use crate::{
    Error, Result,
    activate::Ask,
    rate_limit::{Bucket, Limit, RateLimits},
};

/// What is left to each license: two hundred at once, and one more every ten seconds.
#[derive(Debug, Default)]
pub(crate) struct Idle(RateLimits);

impl Idle {
    /// Whether one more request of that license that changes no seat may be written down at `now`. It counts if so.
    pub(super) fn may_write(&self, license: Uuid, now: DateTime<Utc>) -> bool {
        self.0.take(Limit::IdleWrite, Bucket::Id(license), now).is_ok()
    }

    /// The same for a request on paper, which cannot be answered from the record: it is good once, so its use is written down.
    ///
    /// # Errors
    /// `Throttled` where no more may be written down.
    pub(super) fn may_use_paper(&self, license: Uuid, now: DateTime<Utc>) -> Result<()> {
        self.0.take(Limit::IdleWrite, Bucket::Id(license), now).map_err(Error::Throttled)
    }

    /// Whether one more call of that license that wrote nothing may be kept at `now`. It counts if so.
    pub(super) fn may_keep(&self, license: Uuid, now: DateTime<Utc>) -> bool {
        self.0.take(Limit::IdleCall, Bucket::Id(license), now).is_ok()
    }
}

impl Table {
    /// Whether nothing depends on this grant's being written down: the device keeps its seat, with more than half of its lease
    /// left and no longer a lease than the terms allow, what it was granted under has not changed, nor has the key that signs.
    pub(super) fn is_idle(&self, ask: &Ask, grant: &Grant, kid: Option<&str>, now: DateTime<Utc>) -> bool {
        let Some((license, (row, facts))) = self.license(ask).zip(self.device(ask)) else { return false };
        grant.seating == Seating::Kept
            && !grant.first_activation
            && !grant.trial_begins
            && (kid.is_none() || row.kid.as_deref() == kid)
            && facts.snapshot == license.snapshot
            && matches!(activation::check_in(facts, &license.facts.terms, now), CheckIn::Nothing { .. })
    }
}
