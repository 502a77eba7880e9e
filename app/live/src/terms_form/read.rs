//! From the fields to the terms: entry points, seats and lease.

use licensing::{
    Invalid, Overrides, Terms, VersionRange,
    feature::FeatureValues,
    terms::{Lease, Overage, Seats, Versions},
};

use super::{ANY, LIMITED, NONE, TermsFields, UNLIMITED, choices, length};
use crate::{feature_values, number};

impl TermsFields {
    /// Reads a policy's terms from the fields.
    ///
    /// # Errors
    /// Every field that is empty, invalid, out of bounds or in conflict with another.
    pub fn read(&self) -> Result<Terms, Invalid> {
        let mut wrong = Invalid::default();
        for (field, text) in self.needed() {
            if text.trim().is_empty() {
                wrong.add(field, "must not be empty");
            }
        }
        let usual = Terms::default();
        let given = self.given(usual.lease, &mut wrong);
        let features = wrong.keep("policy_features", feature_values::guess(&self.policy_features));
        let terms = Terms { features: features.unwrap_or_default(), ..usual.with(&given) };
        let terms = wrong.or(terms)?;
        terms.check().map(|()| terms).map_err(|wrong| self.at_values(wrong))
    }

    /// Reads a license's exceptions to the terms of `policy`. If only a part of the lease is given, the policy supplies
    /// the other parts.
    ///
    /// # Errors
    /// Every field that is invalid, out of bounds, or in conflict with another once combined with the policy's terms.
    pub fn read_overrides(&self, policy: &Terms) -> Result<Overrides, Invalid> {
        let mut wrong = Invalid::default();
        let own = self.given(policy.lease, &mut wrong);
        let own = wrong.or(own)?;
        policy.with(&own).check().map(|()| own).map_err(|wrong| self.at_values(wrong))
    }

    /// Moves errors from a choice to the value that belongs to it: the rules name terms, and a term has both.
    fn at_values(&self, Invalid(mut errors): Invalid) -> Invalid {
        for error in &mut errors {
            let value = match error.field.as_str() {
                "validity" => value_of(&self.validity, ("validity_until", "validity_period")),
                "maintenance" => value_of(&self.maintenance, ("maintenance_until", "maintenance_period")),
                "sign_in" if self.sign_in == "domain" => Some("sign_in_domain"),
                "sign_in" if self.sign_in == "role" => Some("sign_in_role"),
                "release" if self.release == LIMITED => Some("release_times"),
                "transfers" if self.transfers == LIMITED => Some("transfers_moves"),
                _ => None,
            };
            if let Some(value) = value {
                error.field = value.to_owned();
            }
        }
        Invalid(errors)
    }

    /// Returns `true` if no field is filled in: a license without exceptions. Fields that depend on a choice count with
    /// the choice.
    pub fn is_empty(&self) -> bool {
        let all = self.needed().into_iter().map(|(_, text)| text);
        all.chain([self.overage.as_str(), &self.versions, &self.grace_features]).all(|text| text.trim().is_empty())
    }

    fn needed(&self) -> [(&'static str, &str); 19] {
        [
            ("seats", &self.seats),
            ("holding", &self.holding),
            ("when_full", &self.when_full),
            ("lease_default", &self.lease_default),
            ("lease_minimum", &self.lease_minimum),
            ("lease_maximum", &self.lease_maximum),
            ("grace", &self.grace),
            ("validity", &self.validity),
            ("after_end", &self.after_end),
            ("trial", &self.trial),
            ("email_term", &self.email_term),
            ("sign_in", &self.sign_in),
            ("devices", &self.devices),
            ("identity", &self.identity),
            ("maintenance", &self.maintenance),
            ("reactivation", &self.reactivation),
            ("release", &self.release),
            ("transfers", &self.transfers),
            ("strictness", &self.strictness),
        ]
    }

    fn given(&self, lease: Lease, wrong: &mut Invalid) -> Overrides {
        Overrides {
            seats: wrong.keep("seats", seats(&self.seats)).flatten(),
            holding: wrong.keep("holding", choices::read(choices::HOLDING, &self.holding)).flatten(),
            when_full: wrong.keep("when_full", choices::read(choices::WHEN_FULL, &self.when_full)).flatten(),
            overage: wrong.keep("overage", overage(&self.overage)).flatten(),
            lease: self.lease(lease, wrong),
            grace: wrong.keep("grace", length::read(&self.grace, &self.grace_unit)).flatten(),
            grace_features: wrong.keep("grace_features", features(&self.grace_features)).flatten(),
            validity: self.validity(wrong),
            after_end: wrong.keep("after_end", choices::read(choices::AFTER_END, &self.after_end)).flatten(),
            trial: self.trial(wrong),
            email: wrong.keep("email_term", choices::read(choices::EMAIL, &self.email_term)).flatten(),
            sign_in: self.sign_in(wrong),
            devices: wrong.keep("devices", choices::read(choices::DEVICES, &self.devices)).flatten(),
            identity: wrong.keep("identity", choices::read(choices::IDENTITY, &self.identity)).flatten(),
            versions: wrong.keep("versions", versions(&self.versions)).flatten(),
            maintenance: self.maintenance(wrong),
            reactivation: wrong
                .keep("reactivation", choices::read(choices::REACTIVATION, &self.reactivation))
                .flatten(),
            release: self.release(wrong),
            transfers: self.transfers(wrong),
            strictness: wrong.keep("strictness", choices::read(choices::STRICTNESS, &self.strictness)).flatten(),
        }
    }

    fn lease(&self, usual: Lease, wrong: &mut Invalid) -> Option<Lease> {
        let mut part = |field, number, unit| wrong.keep(field, length::read(number, unit)).flatten();
        let default = part("lease_default", &self.lease_default, &self.lease_default_unit);
        let minimum = part("lease_minimum", &self.lease_minimum, &self.lease_minimum_unit);
        let maximum = part("lease_maximum", &self.lease_maximum, &self.lease_maximum_unit);
        [default, minimum, maximum].iter().any(Option::is_some).then(|| Lease {
            default: default.unwrap_or(usual.default),
            minimum: minimum.unwrap_or(usual.minimum),
            maximum: maximum.unwrap_or(usual.maximum),
        })
    }
}

fn seats(text: &str) -> Result<Option<Seats>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        word if word.eq_ignore_ascii_case(UNLIMITED) => Ok(Some(Seats::Unlimited)),
        count => match number::read(count) {
            Some(count) => Ok(Some(Seats::Limited(count))),
            None => Err("must be 1 to 1,000,000, or unlimited"),
        },
    }
}

fn overage(text: &str) -> Result<Option<Overage>, &'static str> {
    let text = text.trim();
    let read = match text.strip_suffix('%') {
        None if text.is_empty() => return Ok(None),
        None if text.eq_ignore_ascii_case(NONE) => Some(Overage::None),
        None => number::read(text).map(Overage::Seats),
        Some(percent) => number::read(percent).map(Overage::Percent),
    };
    read.map(Some).ok_or("must be a number of seats such as 2, a percentage such as 10 %, or none")
}

fn versions(text: &str) -> Result<Option<Versions>, licensing::version::VersionError> {
    match text.trim() {
        "" => Ok(None),
        word if word.eq_ignore_ascii_case(ANY) => Ok(Some(Versions::Any)),
        range => VersionRange::read(range).map(|range| Some(Versions::Range(range))),
    }
}

fn features(text: &str) -> Result<Option<FeatureValues>, String> {
    match text.trim() {
        "" => Ok(None),
        word if word.eq_ignore_ascii_case(NONE) => Ok(Some(FeatureValues::new())),
        lines => feature_values::guess(lines).map(Some),
    }
}

/// The field with the day or the period of this choice, if it has one.
fn value_of(choice: &str, (day, period): (&'static str, &'static str)) -> Option<&'static str> {
    match choice {
        "until" => Some(day),
        "from-issue" | "from-first-activation" => Some(period),
        _ => None,
    }
}
