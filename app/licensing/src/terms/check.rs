//! Validation of terms.

use chrono::{DateTime, Utc};

use super::*;
use crate::{
    Invalid, Period, email,
    feature::{self, Feature},
    span::LAST_MOMENT,
    text,
};

/// Maximum length of a role's name, in characters.
const LONGEST_ROLE: usize = 80;

impl Terms {
    /// Checks that the terms are within bounds and do not contradict each other.
    ///
    /// # Errors
    /// Returns every fault. Fields are named like the terms, except `lease_default`, `lease_minimum` and
    /// `lease_maximum`.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut wrong = Invalid::default();
        self.check_seats(&mut wrong);
        self.check_lease(&mut wrong);
        self.check_end(&mut wrong);
        self.check_trial(&mut wrong);
        self.check_sign_in(&mut wrong);
        self.check_release(&mut wrong);
        wrong.or(())
    }

    /// Checks that the feature values of the policy, its trial and its grace fit the product.
    ///
    /// # Errors
    /// Returns every fault, under the fields `features`, `trial` and `grace_features`.
    pub fn check_features(&self, product: &[Feature]) -> Result<(), Invalid> {
        let mut wrong = Invalid::default();
        let of_trial = self.trial.as_ref().map(|trial| &trial.features);
        for (field, values) in
            [("features", Some(&self.features)), ("trial", of_trial), ("grace_features", Some(&self.grace_features))]
        {
            if let Some(Err(Invalid(errors))) = values.map(|values| feature::check_values(product, values)) {
                errors.into_iter().for_each(|error| wrong.add(field, error.message));
            }
        }
        wrong.or(())
    }

    fn check_seats(&self, wrong: &mut Invalid) {
        if matches!(self.seats, Seats::Limited(n) if n == 0 || n > MOST_SEATS) {
            wrong.add("seats", "must be 1 to 1,000,000, or unlimited");
        }
        match self.overage {
            Overage::None => {}
            Overage::Seats(_) | Overage::Percent(_) if self.seats == Seats::Unlimited => {
                wrong.add("overage", "has no effect with unlimited seats: allow none, or limit the seats");
            }
            Overage::Seats(n) if n == 0 || n > MOST_SEATS => {
                wrong.add("overage", "must be 1 to 1,000,000 seats, or none")
            }
            Overage::Percent(n) if n == 0 || n > MOST_OVERAGE => wrong.add("overage", "must be 1 to 1,000 %, or none"),
            Overage::Seats(_) | Overage::Percent(_) => {}
        }
        if self.when_full == WhenFull::TakeOver && self.holding == Holding::Fixed {
            wrong.add(
                "when_full",
                "can take over only floating seats: make seats floating, or refuse when all are in use",
            );
        }
        if self.when_full == WhenFull::TakeOver && self.strictness == Strictness::Strict {
            wrong.add(
                "when_full",
                "cannot take over seats when a freed seat waits for its tokens to end: refuse when all are in use, or do not wait",
            );
        }
    }

    fn check_lease(&self, wrong: &mut Invalid) {
        for (field, span) in [("lease_default", self.lease.default), ("lease_maximum", self.lease.maximum)] {
            if !is_period(span) {
                wrong.add(field, "must be one minute to 100 years");
            }
        }
        if self.lease.minimum < SHORTEST_LEASE {
            wrong.add("lease_minimum", "must be at least one minute");
        }
        if self.lease.minimum > self.lease.default {
            wrong.add("lease_minimum", format!("is longer than the usual lease of {}: shorten it", self.lease.default));
        }
        if self.lease.maximum < self.lease.default {
            wrong.add(
                "lease_maximum",
                format!("is shorter than the usual lease of {}: lengthen it", self.lease.default),
            );
        }
        if self.grace > LONGEST {
            wrong.add("grace", "must be at most 100 years");
        }
    }

    fn check_end(&self, wrong: &mut Invalid) {
        if matches!(self.validity, Validity::FromIssue(p) | Validity::FromFirstActivation(p) if !is_license_period(p)) {
            wrong.add("validity", "must last one minute to 100 years");
        }
        if matches!(self.validity, Validity::Until(end) if !is_date(end)) {
            wrong.add("validity", "must end in the years 1970 to 9999");
        }
        if self.after_end == AfterEnd::KeepRunning && self.validity == Validity::Perpetual {
            wrong.add("after_end", "applies only to a license that ends: choose to stop, or set an end");
        }
        if matches!(self.maintenance, Maintenance::FromIssue(period) if !is_license_period(period)) {
            wrong.add("maintenance", "must last one minute to 100 years");
        }
        if matches!(self.maintenance, Maintenance::Until(end) if !is_date(end)) {
            wrong.add("maintenance", "must end in the years 1970 to 9999");
        }
    }

    fn check_trial(&self, wrong: &mut Invalid) {
        let Some(trial) = &self.trial else { return };
        if !is_period(trial.lasts) {
            wrong.add("trial", "must last one minute to 100 years");
        } else if trial.lasts < self.lease.minimum {
            wrong.add(
                "trial",
                format!(
                    "is shorter than the shortest lease of {}: lengthen the trial, or shorten the lease",
                    self.lease.minimum
                ),
            );
        }
        if self.after_end == AfterEnd::KeepRunning {
            wrong.add("trial", "ends, but the license keeps running after its end: choose one of them");
        }
    }

    fn check_sign_in(&self, wrong: &mut Invalid) {
        match &self.sign_in {
            SignIn::NotAsked | SignIn::Required | SignIn::VerifiedEmail => {}
            SignIn::Domain(domain) => {
                let stray = |c: char| c.is_ascii_uppercase() || c.is_whitespace() || text::is_invisible(c);
                if !email::is_domain(domain) || domain.contains(stray) {
                    wrong.add("sign_in", "must be the domain of e-mail addresses, in lowercase, such as example.com");
                }
            }
            SignIn::Role(role) => {
                if text::name(role, LONGEST_ROLE).as_ref() != Ok(role) {
                    wrong.add("sign_in", "must be the name of a role, a line of 1 to 80 characters");
                }
            }
        }
    }

    fn check_release(&self, wrong: &mut Invalid) {
        let is_count = |n: u32| (1..=MOST_MOVES).contains(&n);
        if matches!(self.release, Release::Limited { times, per } if !is_count(times) || !is_period(per)) {
            wrong.add("release", "must be limited to 1 to 1,000,000 times in one minute to 100 years");
        }
        if matches!(self.transfers, Transfers::Limited { moves, per } if !is_count(moves) || !is_period(per)) {
            wrong.add("transfers", "must be limited to 1 to 1,000,000 in one minute to 100 years");
        }
    }
}

fn is_period(span: Span) -> bool {
    (SHORTEST_LEASE..=LONGEST).contains(&span)
}

fn is_license_period(period: Period) -> bool {
    match period {
        Period::Months(n) => (1..=LONGEST_MONTHS).contains(&n),
        Period::Span(span) => is_period(span),
    }
}

fn is_date(at: DateTime<Utc>) -> bool {
    (DateTime::UNIX_EPOCH..=LAST_MOMENT).contains(&at)
}
