//! One decision: its facts, its request and its moment, and what the rules work out from them.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::{Facts, LicenseFacts, Purpose, Refused, Request, Rule, Verdict};
use crate::{
    Refusal, Version,
    product::ProductRelease,
    span::LAST_MOMENT,
    terms::{Holding, Strictness, WhenFull},
};

/// A decision that is due on a license that exists.
pub(super) struct Case<'a> {
    pub(super) license: &'a LicenseFacts,
    pub(super) facts: Facts<'a>,
    pub(super) request: &'a Request,
    pub(super) now: DateTime<Utc>,
}

/// What is covered of the versions that were released over time.
pub(super) struct Coverage<'a> {
    /// What was released later is not covered.
    pub(super) until: DateTime<Utc>,
    /// The newest version that is covered, if one is known.
    pub(super) newest: Option<&'a Version>,
    releases: &'a [ProductRelease],
}

impl Coverage<'_> {
    /// Whether the version is covered: no newer than the newest that is, or older than all that is known.
    pub(super) fn covers(&self, version: &Version) -> bool {
        match self.newest {
            Some(newest) => version.order(newest) != Ordering::Greater,
            None => self.releases.iter().all(|release| version.order(&release.version) == Ordering::Less),
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn of(facts: Facts<'a>, request: &'a Request, now: DateTime<Utc>) -> Result<Self, Refused> {
        let unknown = Refused { rule: Rule::CodeKnown, refusal: Refusal::CodeNotFound { ended: false } };
        Ok(Self { license: facts.license.ok_or(unknown)?, facts, request, now })
    }

    /// Every rule with its verdict, top to bottom: the one walk that deciding and explaining share.
    pub(super) fn walk(&self) -> impl Iterator<Item = (Rule, Verdict)> {
        Rule::ALL.into_iter().map(|rule| (rule, self.judge(rule)))
    }

    pub(super) fn activates(&self) -> bool {
        self.request.purpose == Purpose::Activate
    }

    pub(super) fn holds_seat(&self) -> bool {
        self.facts.device.is_some_and(|device| device.holds_seat(self.now))
    }

    /// When everything under the license stops, at the latest at the last moment there is.
    pub(super) fn stops_at(&self) -> DateTime<Utc> {
        self.license.stops_at(self.now).map_or(LAST_MOMENT, |end| end.min(LAST_MOMENT))
    }

    /// When the device's window closes, if the license is a trial.
    pub(super) fn trial_ends_at(&self) -> Option<DateTime<Utc>> {
        let trial = self.license.terms.trial.as_ref()?;
        Some(trial.lasts.after(self.facts.trial_began_at.unwrap_or(self.now)))
    }

    /// What is covered, once coverage has ended and where releases are known to tell by. Until it ends, whatever the
    /// vendor has released is covered, whether they have entered it or not.
    pub(super) fn coverage(&self) -> Option<Coverage<'a>> {
        let releases = self.facts.releases;
        let until =
            self.license.maintained_until(self.now).filter(|until| *until <= self.now && !releases.is_empty())?;
        let newest = releases.iter().filter(|r| r.released_at <= until).map(|r| &r.version).max_by(|a, b| a.order(b));
        Some(Coverage { until, newest, releases })
    }

    /// How many lapsed seats must be taken over for this device to fit, where there is no other way and that many lapsed.
    pub(super) fn to_take_over(&self, allowed: u32) -> Option<u32> {
        let terms = &self.license.terms;
        let seats = self.facts.seats;
        // Terms of a license and terms of its policy that were saved apart may be at odds: the strict one counts.
        let lenient = terms.strictness == Strictness::Lenient;
        let may = lenient && terms.holding == Holding::Floating && terms.when_full == WhenFull::TakeOver;
        let lacking = seats.used.saturating_add(1).saturating_sub(allowed);
        (may && lacking <= seats.lapsed.min(seats.used)).then_some(lacking)
    }

    /// How many seats the device takes over, and whether the seat that it takes lies above the limit.
    pub(super) fn makes_room(&self) -> (u32, bool) {
        let Some(allowed) = self.license.terms.allowed().filter(|_| !self.holds_seat()) else { return (0, false) };
        let takes_over = self.to_take_over(allowed).unwrap_or(0);
        let used = u64::from(self.facts.seats.used.saturating_sub(takes_over));
        (takes_over, self.license.terms.seats.limit().is_some_and(|limit| used >= limit))
    }
}
