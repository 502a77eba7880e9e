//! Limits for requests that change no seat: a bounded number is recorded, and the others are answered from the record.
//!
//! Without a bound, one activation code could fill the disk: a device that sends another name or a new
//! `Idempotency-Key` with every request would leave a decision, an event or a stored call each time.

use chrono::{DateTime, Utc};
use licensing::activation::{self, CheckIn, Grant, Seating};
use uuid::Uuid;

use super::state::BatchState;
use crate::{
    Error, Result,
    activation::desk::request::DeskRequest,
    rate_limit::{Bucket, Limit, RateLimits},
};

/// The limits by license: 200 at once, and one more every ten seconds.
#[derive(Debug, Default)]
pub(super) struct Idle(RateLimits);

impl Idle {
    /// Counts a request of this license that changes no seat. Returns `false` if the limit is reached, so that it must
    /// not be recorded.
    pub(super) fn may_write(&self, license: Uuid, now: DateTime<Utc>) -> bool {
        self.0.take(Limit::IdleWrite, Bucket::Id(license), now).is_ok()
    }

    /// Counts an offline request, which cannot be answered from the record: it can be used only once, so its use must
    /// be recorded.
    ///
    /// # Errors
    /// `Throttled` if no more may be recorded.
    pub(super) fn may_upload(&self, license: Uuid, now: DateTime<Utc>) -> Result<()> {
        self.0.take(Limit::IdleWrite, Bucket::Id(license), now).map_err(Error::Throttled)
    }

    /// Counts a call of this license that wrote nothing. Returns `false` if the limit is reached, so that its outcome must
    /// not be stored.
    pub(super) fn may_keep(&self, license: Uuid, now: DateTime<Utc>) -> bool {
        self.0.take(Limit::IdleCall, Bucket::Id(license), now).is_ok()
    }
}

impl BatchState {
    /// Returns `true` if nothing depends on recording this grant: the device keeps its seat, more than half of its
    /// lease is left, the lease is no longer than the terms allow, and neither the terms it was granted under nor the
    /// signing key has changed.
    pub(super) fn is_idle(&self, request: &DeskRequest, grant: &Grant, kid: Option<&str>, now: DateTime<Utc>) -> bool {
        let Some((license, (row, facts))) = self.license(request).zip(self.device(request)) else { return false };
        grant.seating == Seating::Kept
            && !grant.first_activation
            && !grant.trial_begins
            && (kid.is_none() || row.kid.as_deref() == kid)
            && facts.snapshot == license.snapshot
            && matches!(activation::check_in(facts, &license.facts.terms, now), CheckIn::Nothing { .. })
    }
}
