//! A policy's terms, or a license's exceptions, as the fields of a form: strings in both directions.

mod choices;
mod describe;
mod fit;
mod length;
mod read;
mod read_end;
mod read_who;
mod templates;

use serde::{Deserialize, Serialize};

pub use length::{PERIOD_UNITS, UNITS};
pub use templates::{TEMPLATES, Template};

/// The fields as typed. A server function takes them as `#[server(flatten)] terms: TermsFields`. The form's fields have
/// the same names, and errors are reported under them.
///
/// A policy's fields set every term and are parsed by [`read`](Self::read); only the overage, the versions and the
/// features may be empty. A license's fields may all be empty, which means the policy's value, and are parsed by
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
    /// A number of seats, a percentage with `%`, or `none`.
    pub overage: String,
    /// The default lease, in its unit: one of [`UNITS`], like every unit here but those of [`PERIOD_UNITS`].
    pub lease_default: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_default_unit: String,
    /// The shortest lease that is granted.
    pub lease_minimum: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_minimum_unit: String,
    /// The longest lease that is granted.
    pub lease_maximum: String,
    /// See [`lease_default`](Self::lease_default).
    pub lease_maximum_unit: String,
    /// The offline grace; may be 0.
    pub grace: String,
    /// See [`lease_default`](Self::lease_default).
    pub grace_unit: String,
    /// Feature values during grace, in the format of [`feature_values::guess`](crate::feature_values::guess); `none`
    /// for a license that has none although its policy has some.
    pub grace_features: String,
    /// `perpetual`, `until`, `from-issue` or `from-first-activation`.
    pub validity: String,
    /// With `until`: the last day, in the format of [`day::read`](crate::day::read), to its end in UTC.
    pub validity_until: String,
    /// With `from-…`: the period.
    pub validity_period: String,
    /// See [`lease_default`](Self::lease_default).
    pub validity_period_unit: String,
    /// `stop` or `keep-running`.
    pub after_end: String,
    /// `no` or `yes`.
    pub trial: String,
    /// With `yes`: the trial's length.
    pub trial_length: String,
    /// See [`lease_default`](Self::lease_default).
    pub trial_length_unit: String,
    /// With `yes`: feature values during the trial, in the same format as those during grace.
    pub trial_features: String,
    /// The policy's feature values, in the same format as those during grace. A license's own values are not part of
    /// its terms.
    pub policy_features: String,
    /// `not-asked`, `required` or `must-match`.
    pub email_term: String,
    /// `not-asked`, `required`, `verified-email`, `domain` or `role`.
    pub sign_in: String,
    /// With `domain`: the domain.
    pub sign_in_domain: String,
    /// With `role`: the role.
    pub sign_in_role: String,
    /// `any` or `authorized`.
    pub devices: String,
    /// `license`, `policy` or `product`.
    pub identity: String,
    /// A range of versions, or `any`.
    pub versions: String,
    /// `always`, `until` or `from-issue`.
    pub maintenance: String,
    /// With `until`: the last day, in the same format as that of the validity.
    pub maintenance_until: String,
    /// With `from-issue`: the period.
    pub maintenance_period: String,
    /// See [`lease_default`](Self::lease_default).
    pub maintenance_period_unit: String,
    /// `same-seat` or `refuse`.
    pub reactivation: String,
    /// `by-device`, `by-support` or `limited`.
    pub release: String,
    /// With `limited`: the number of releases.
    pub release_times: String,
    /// With `limited`: the period.
    pub release_per: String,
    /// See [`lease_default`](Self::lease_default).
    pub release_per_unit: String,
    /// `unlimited` or `limited`.
    pub transfers: String,
    /// With `limited`: the number of transfers.
    pub transfers_moves: String,
    /// With `limited`: the period.
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
