//! One decision: its facts, request and time, and the values that the rules derive from them.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::{Facts, LicenseFacts, Purpose, Refused, Request, Rule};
use crate::{
    Refusal, Version,
    product::ProductVersion,
    span::LAST_MOMENT,
    terms::{Holding, Strictness, WhenFull},
};

/// A decision about a license that exists.
pub(super) struct Case<'a> {
    pub(super) license: &'a LicenseFacts,
    pub(super) facts: Facts<'a>,
    pub(super) request: &'a Request,
    pub(super) now: DateTime<Utc>,
}

/// Product versions covered after maintenance has ended.
pub(super) struct Coverage<'a> {
    /// Versions released after this time are not covered.
    pub(super) until: DateTime<Utc>,
    /// Newest covered version; `None` if no listed release is covered.
    pub(super) newest: Option<&'a Version>,
    versions: &'a [ProductVersion],
}

impl Coverage<'_> {
    /// Returns `true` if the version is no newer than the newest covered one, or, if no listed release is covered,
    /// older than all of them.
    pub(super) fn covers(&self, version: &Version) -> bool {
        match self.newest {
            Some(newest) => version.order(newest) != Ordering::Greater,
            None => self.versions.iter().all(|release| version.order(&release.version) == Ordering::Less),
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn of(facts: Facts<'a>, request: &'a Request, now: DateTime<Utc>) -> Result<Self, Refused> {
        let unknown = Refused { rule: Rule::CodeKnown, refusal: Refusal::CodeNotFound { ended: false } };
        Ok(Self { license: facts.license.ok_or(unknown)?, facts, request, now })
    }

    pub(super) fn activates(&self) -> bool {
        self.request.purpose == Purpose::Activate
    }

    pub(super) fn holds_seat(&self) -> bool {
        self.facts.device.is_some_and(|device| device.holds_seat(self.now))
    }

    /// Time at which everything under the license stops, [`LAST_MOMENT`] if it never does.
    pub(super) fn stops_at(&self) -> DateTime<Utc> {
        self.license.stops_at(self.now).map_or(LAST_MOMENT, |end| end.min(LAST_MOMENT))
    }

    /// End of the device's trial; `None` if the license is not a trial.
    pub(super) fn trial_ends_at(&self) -> Option<DateTime<Utc>> {
        let trial = self.license.terms.trial.as_ref()?;
        Some(trial.lasts.after(self.facts.trial_began_at.unwrap_or(self.now)))
    }

    /// Covered versions; `None` until maintenance has ended, or if the vendor has listed no versions. Until maintenance
    /// ends every version is covered, listed or not.
    pub(super) fn coverage(&self) -> Option<Coverage<'a>> {
        let versions = self.facts.versions;
        let until =
            self.license.maintained_until(self.now).filter(|until| *until <= self.now && !versions.is_empty())?;
        let newest = versions.iter().filter(|r| r.released_at <= until).map(|r| &r.version).max_by(|a, b| a.order(b));
        Some(Coverage { until, newest, versions })
    }

    /// Number of lapsed seats to take over so that this device fits. `None` if the terms do not allow a takeover or too
    /// few seats have lapsed.
    pub(super) fn to_take_over(&self, allowed: u32) -> Option<u32> {
        let terms = &self.license.terms;
        let seats = self.facts.seats;
        // A license's overrides may contradict a policy that was saved later. The strict setting wins.
        let lenient = terms.strictness == Strictness::Lenient;
        let may = lenient && terms.holding == Holding::Floating && terms.when_full == WhenFull::TakeOver;
        let lacking = seats.used.saturating_add(1).saturating_sub(allowed);
        (may && lacking <= seats.lapsed.min(seats.used)).then_some(lacking)
    }

    /// Number of seats that the device takes over, and whether its new seat exceeds the limit.
    pub(super) fn makes_room(&self) -> (u32, bool) {
        let Some(allowed) = self.license.terms.allowed().filter(|_| !self.holds_seat()) else { return (0, false) };
        let takes_over = self.to_take_over(allowed).unwrap_or(0);
        let used = u64::from(self.facts.seats.used.saturating_sub(takes_over));
        (takes_over, self.license.terms.seats.limit().is_some_and(|limit| used >= limit))
    }
}
