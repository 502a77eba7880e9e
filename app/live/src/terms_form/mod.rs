//! The terms of a policy, or those that a license sets for itself, as the fields of a form: strings both ways.

mod choices;
mod fit;
mod length;
mod read;
mod read_end;
mod read_who;
mod say;
mod templates;

use serde::{Deserialize, Serialize};

pub use length::UNITS;
pub use templates::{TEMPLATES, Template};

/// The fields as they are typed. A server function takes them as `#[server(flatten)] terms: TermsFields`; each is named
/// as here, and that is where its message goes.
///
/// A policy's say everything and are read by [`read`](Self::read); only the overage, the versions and the features may be
/// empty. A license's may all be empty, which means "as the policy has it", and are read by
/// [`read_overrides`](Self::read_overrides).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TermsFields {
    /// A number, or `unlimited`.
    pub seats: String,
    /// `fixed` or `floating`.
    pub holding: String,
    /// `refuse` or `take-over`.
    pub when_full: String,
    /// A number of seats, one of percent with its `%`, or `none`.
    pub overage: String,
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
    /// Feature values during grace, as [`feature_values::guess`](crate::feature_values::guess) takes them; `none` for a
    /// license that has none where its policy has some.
    pub grace_features: String,
    /// `perpetual`, `until`, `from-issue` or `from-first-activation`.
    pub validity: String,
    /// With `until`: the last day, as [`day::read`](crate::day::read) takes it, to the end of it in UTC.
    pub validity_until: String,
    /// With `from-…`: how long.
    pub validity_period: String,
    /// See [`lease_default`](Self::lease_default).
    pub validity_period_unit: String,
    /// `stop` or `keep-running`.
    pub after_end: String,
    /// `no` or `yes`.
    pub trial: String,
    /// With `yes`: how long.
    pub trial_length: String,
    /// See [`lease_default`](Self::lease_default).
    pub trial_length_unit: String,
    /// With `yes`: feature values during the trial, like those during grace.
    pub trial_features: String,
    /// The policy's feature values, like those during grace. A license's own are no terms.
    pub policy_features: String,
    /// `not-asked`, `required` or `must-match`.
    pub email_term: String,
    /// `not-asked`, `required`, `verified-email`, `domain` or `role`.
    pub sign_in: String,
    /// With `domain`: which.
    pub sign_in_domain: String,
    /// With `role`: which.
    pub sign_in_role: String,
    /// `any` or `authorized`.
    pub devices: String,
    /// `license`, `policy` or `product`.
    pub identity: String,
    /// A range of versions, or `any`.
    pub versions: String,
    /// `always`, `until` or `from-issue`.
    pub maintenance: String,
    /// With `until`: the last day, like that of the validity.
    pub maintenance_until: String,
    /// With `from-issue`: how long.
    pub maintenance_period: String,
    /// See [`lease_default`](Self::lease_default).
    pub maintenance_period_unit: String,
    /// `same-seat` or `refuse`.
    pub reactivation: String,
    /// `by-device`, `by-support` or `limited`.
    pub release: String,
    /// With `limited`: how often.
    pub release_times: String,
    /// With `limited`: in which period.
    pub release_per: String,
    /// See [`lease_default`](Self::lease_default).
    pub release_per_unit: String,
    /// `unlimited` or `limited`.
    pub transfers: String,
    /// With `limited`: how often.
    pub transfers_moves: String,
    /// With `limited`: in which period.
    pub transfers_per: String,
    /// See [`lease_default`](Self::lease_default).
    pub transfers_per_unit: String,
    /// `lenient` or `strict`.
    pub strictness: String,
}

const UNLIMITED: &str = "unlimited";
const LIMITED: &str = "limited";
const ANY: &str = "any";
const NONE: &str = "none";

#[cfg(test)]
mod tests;
