//! From the fields to the terms: validity, trial and maintenance.

use chrono::{DateTime, Utc};
use licensing::{
    Invalid, Period, Span,
    terms::{Maintenance, Trial, Validity},
};

use super::{TermsFields, choices::NOT_ON_THE_LIST, length};
use crate::{day, feature_values};

impl TermsFields {
    pub(super) fn validity(&self, wrong: &mut Invalid) -> Option<Validity> {
        let until = |wrong: &mut _| last_day("validity_until", &self.validity_until, wrong);
        let period =
            |wrong: &mut _| license_period("validity_period", &self.validity_period, &self.validity_period_unit, wrong);
        match self.validity.trim() {
            "" => None,
            "perpetual" => Some(Validity::Perpetual),
            "until" => until(wrong).map(Validity::Until),
            "from-issue" => period(wrong).map(Validity::FromIssue),
            "from-first-activation" => period(wrong).map(Validity::FromFirstActivation),
            _ => wrong.keep("validity", Err(NOT_ON_THE_LIST)),
        }
    }

    pub(super) fn trial(&self, wrong: &mut Invalid) -> Option<Option<Trial>> {
        match self.trial.trim() {
            "" => None,
            "no" => Some(None),
            "yes" => {
                let lasts = period("trial_length", &self.trial_length, &self.trial_length_unit, wrong);
                let features = wrong.keep("trial_features", feature_values::guess(&self.trial_features));
                Some(Some(Trial { lasts: lasts?, features: features? }))
            }
            _ => wrong.keep("trial", Err(NOT_ON_THE_LIST)),
        }
    }

    pub(super) fn maintenance(&self, wrong: &mut Invalid) -> Option<Maintenance> {
        match self.maintenance.trim() {
            "" => None,
            "always" => Some(Maintenance::Always),
            "until" => last_day("maintenance_until", &self.maintenance_until, wrong).map(Maintenance::Until),
            "from-issue" => {
                license_period("maintenance_period", &self.maintenance_period, &self.maintenance_period_unit, wrong)
                    .map(Maintenance::FromIssue)
            }
            _ => wrong.keep("maintenance", Err(NOT_ON_THE_LIST)),
        }
    }
}

fn last_day(field: &str, text: &str, wrong: &mut Invalid) -> Option<DateTime<Utc>> {
    wrong.keep(field, day::read(text, day::END))
}

/// A required length of time.
pub(super) fn period(field: &str, number: &str, unit: &str, wrong: &mut Invalid) -> Option<Span> {
    wrong.keep(field, length::read(number, unit).and_then(|it| it.ok_or("must not be empty")))
}

/// A required length of time that begins at a known day.
fn license_period(field: &str, number: &str, unit: &str, wrong: &mut Invalid) -> Option<Period> {
    wrong.keep(field, length::read_period(number, unit).and_then(|it| it.ok_or("must not be empty")))
}
