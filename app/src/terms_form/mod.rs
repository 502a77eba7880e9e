//! The terms of a policy, or those that a license sets for itself, as the fields of a form: strings both ways.

mod length;
mod read;
mod templates;

use licensing::{
    Overrides, Span, Terms,
    terms::{EmailTerm, Lease, Reactivation, Release, Seats, Validity, Versions},
};
use serde::{Deserialize, Serialize};

pub use length::UNITS;
pub use templates::{TEMPLATES, Template};

/// The fields as they are typed. A server function takes them as `#[server(flatten)] terms: TermsFields`; each is named
/// as here, and that is where its message goes.
///
/// A policy's fields are all filled in, but for `versions`, and are read by [`read`](Self::read). A license's may all
/// be empty, which means "as the policy has it", and are read by [`read_overrides`](Self::read_overrides).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TermsFields {
    /// A number, or `unlimited`.
    pub seats: String,
    /// The usual lease, in its unit: one of [`UNITS`], like every unit here.
    pub lease_default: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_default_unit: String,
    /// The least that is granted.
    pub lease_minimum: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_minimum_unit: String,
    /// The most that is granted.
    pub lease_maximum: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_maximum_unit: String,
    /// The offline grace; may be 0.
    pub grace: String,
    /// See [`lease_default`](Self::lease_default).
    pub grace_unit: String,
    /// `perpetual`, `until`, `from-issue` or `from-first-activation`.
    pub validity: String,
    /// With `until`: the last day, `2027-03-12`, to the end of it in UTC.
    pub validity_until: String,
    /// With `from-…`: how long.
    pub validity_period: String,
    /// See [`lease_default`](Self::lease_default).
    pub validity_period_unit: String,
    /// `not-asked`, `required` or `must-match`.
    pub email_term: String,
    /// A range of versions, or `any`.
    pub versions: String,
    /// `same-seat` or `refuse`.
    pub reactivation: String,
    /// `by-device` or `by-support`.
    pub release: String,
}

const EMAIL: [(&str, EmailTerm); 3] =
    [("not-asked", EmailTerm::NotAsked), ("required", EmailTerm::Required), ("must-match", EmailTerm::MustMatch)];
const REACTIVATION: [(&str, Reactivation); 2] =
    [("same-seat", Reactivation::SameSeat), ("refuse", Reactivation::Refuse)];
const RELEASE: [(&str, Release); 2] = [("by-device", Release::ByDevice), ("by-support", Release::BySupport)];

const UNLIMITED: &str = "unlimited";
const ANY: &str = "any";
const DATE: &str = "%Y-%m-%d";

impl TermsFields {
    /// The fields that say a policy's terms.
    pub fn of(terms: &Terms) -> Self {
        let versions = match &terms.versions {
            Versions::Any => String::new(),
            Versions::Range(range) => range.to_string(),
        };
        Self { versions, ..Self::of_overrides(&Overrides::whole(terms)) }
    }

    /// The fields that say a license's own terms; empty where it has none.
    pub fn of_overrides(own: &Overrides) -> Self {
        let mut fields = Self {
            seats: own.seats.map(seats).unwrap_or_default(),
            email_term: own.email.map(|it| word(&EMAIL, it)).unwrap_or_default(),
            versions: own.versions.as_ref().map(versions).unwrap_or_default(),
            reactivation: own.reactivation.map(|it| word(&REACTIVATION, it)).unwrap_or_default(),
            release: own.release.map(|it| word(&RELEASE, it)).unwrap_or_default(),
            ..Self::default()
        };
        let lease = own.lease;
        let part = |part: fn(Lease) -> Span| lease.map(part).map(length::say).unwrap_or_default();
        (fields.lease_default, fields.lease_default_unit) = part(|it| it.default);
        (fields.lease_minimum, fields.lease_minimum_unit) = part(|it| it.minimum);
        (fields.lease_maximum, fields.lease_maximum_unit) = part(|it| it.maximum);
        (fields.grace, fields.grace_unit) = own.grace.map(length::say).unwrap_or_default();
        if let Some(validity) = own.validity {
            fields.say_validity(validity);
        }
        fields
    }

    fn say_validity(&mut self, validity: Validity) {
        let (word, period) = match validity {
            Validity::Perpetual => ("perpetual", None),
            Validity::Until(end) => {
                self.validity_until = end.format(DATE).to_string();
                ("until", None)
            }
            Validity::FromIssue(period) => ("from-issue", Some(period)),
            Validity::FromFirstActivation(period) => ("from-first-activation", Some(period)),
        };
        self.validity = word.to_owned();
        if let Some(period) = period {
            (self.validity_period, self.validity_period_unit) = length::say_in_years(period);
        }
    }
}

fn seats(seats: Seats) -> String {
    match seats {
        Seats::Limited(n) => n.to_string(),
        Seats::Unlimited => UNLIMITED.to_owned(),
    }
}

fn versions(versions: &Versions) -> String {
    match versions {
        Versions::Any => ANY.to_owned(),
        Versions::Range(range) => range.to_string(),
    }
}

fn word<T: PartialEq>(words: &[(&'static str, T)], of: T) -> String {
    words.iter().find(|(_, it)| *it == of).map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
