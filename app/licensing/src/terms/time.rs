//! Lease, validity and trial.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Period, Span, feature::FeatureValues};

/// Minimum lease.
pub const SHORTEST_LEASE: Span = Span::minutes(1);
/// Maximum length of a lease, grace or period: a hundred years.
pub const LONGEST: Span = Span::days(36_525);

/// [`LONGEST`] in calendar months.
pub const LONGEST_MONTHS: u32 = 1_200;

/// Length of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Granted if the software requests no length.
    pub default: Span,
    /// Minimum that is granted, whatever is requested.
    pub minimum: Span,
    /// Maximum that is granted, whatever is requested.
    pub maximum: Span,
}

/// Validity of a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// Never ends.
    Perpetual,
    /// Ends at this time.
    Until(DateTime<Utc>),
    /// Ends this long after it was issued.
    FromIssue(Period),
    /// Ends this long after its first device activated.
    FromFirstActivation(Period),
}

/// Effect of a license's end. Irrelevant if the license never ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterEnd {
    /// Nothing activates or renews any more.
    #[default]
    Stop,
    /// Devices activate and renew as before, but newer versions of the software are not covered (perpetual fallback).
    KeepRunning,
}

/// Trial period. It starts once per device and product, when the device first activates any trial of the product, with
/// any code. Leases and tokens end with it, and a device whose trial has ended is refused as if its code had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Length of the trial, one minute to 100 years; at least the minimum lease.
    pub lasts: Span,
    /// Feature values of the trial, which replace the license's.
    #[serde(default, skip_serializing_if = "FeatureValues::is_empty")]
    pub features: FeatureValues,
}
