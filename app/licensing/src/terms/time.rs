//! Lease, validity and trial: how long everything runs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Span, feature::FeatureValues};

/// The shortest lease.
pub const SHORTEST_LEASE: Span = Span::minutes(1);
/// The longest lease, grace or period: a hundred years.
pub const LONGEST: Span = Span::days(36_525);

/// For how long one activation confirms a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// When the software asks for no length.
    pub default: Span,
    /// The least that is granted, whatever is asked.
    pub minimum: Span,
    /// The most that is granted, whatever is asked.
    pub maximum: Span,
}

/// How long a license runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// Without end.
    Perpetual,
    /// Until this moment.
    Until(DateTime<Utc>),
    /// So long from the moment it was issued.
    FromIssue(Span),
    /// So long from the moment its first device activated.
    FromFirstActivation(Span),
}

/// What the end of a license means. Says nothing where there is no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterEnd {
    /// Nothing activates or renews any more.
    #[default]
    Stop,
    /// Devices activate and renew as before, but newer versions of the software are not covered (perpetual fallback).
    KeepRunning,
}

/// A window that opens once for each device and product, when the device first activates any trial of the product,
/// whatever the code. Leases and tokens end with it, and a device whose window has closed is refused like an ended code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// How long the window is open, one minute to 100 years; not shorter than the shortest lease.
    pub lasts: Span,
    /// Feature values of the trial, in place of the license's.
    #[serde(default, skip_serializing_if = "FeatureValues::is_empty")]
    pub features: FeatureValues,
}
