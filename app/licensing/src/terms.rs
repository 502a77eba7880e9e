//! The terms of a policy, and what a license may override of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Invalid, Span, VersionRange, span::LAST_MOMENT};

/// The largest number of seats that can be said; more is unlimited.
pub const MOST_SEATS: u32 = 1_000_000;
/// The shortest lease.
pub const SHORTEST_LEASE: Span = Span::minutes(1);
/// The longest lease, grace or validity period: a hundred years.
pub const LONGEST: Span = Span::days(36_525);

/// How many devices may hold a seat at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seats {
    /// So many, 1 to 1,000,000.
    Limited(u32),
    /// As many as come.
    Unlimited,
}

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

/// What the activating person must say about their e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmailTerm {
    /// Nothing.
    NotAsked,
    /// Some address.
    Required,
    /// The license's own address.
    MustMatch,
}

/// Which versions of the software are covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Versions {
    /// All.
    Any,
    /// Those in the range. A request that names no version passes; its token says the range.
    Range(VersionRange),
}

/// What a device gets that activates again while it holds a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reactivation {
    /// The same seat and a fresh token.
    SameSeat,
    /// A refusal, `already_activated`.
    Refuse,
}

/// Whether a device may give its seat up by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// Yes, at any time.
    ByDevice,
    /// No: support frees seats.
    BySupport,
}

/// Everything that a policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How many devices at a time.
    pub seats: Seats,
    /// For how long each is confirmed.
    pub lease: Lease,
    /// How much longer than its lease a device may run without asking.
    pub grace: Span,
    /// How long the license runs.
    pub validity: Validity,
    /// What is asked about e-mail.
    pub email: EmailTerm,
    /// Which versions are covered.
    pub versions: Versions,
    /// What activating again does.
    pub reactivation: Reactivation,
    /// What the device may release itself.
    pub release: Release,
}

/// The terms that a license sets for itself; the policy's hold for the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    /// In place of the policy's seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
    /// In place of the policy's lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// In place of the policy's offline grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace: Option<Span>,
    /// In place of the policy's validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
    /// In place of what the policy asks about e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailTerm>,
    /// In place of the policy's version range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
    /// In place of the policy's word on activating again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactivation: Option<Reactivation>,
    /// In place of the policy's word on self-release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
}

impl Overrides {
    /// Everything that `terms` say, as if a license had set it for itself.
    pub fn whole(terms: &Terms) -> Self {
        Self {
            seats: Some(terms.seats),
            lease: Some(terms.lease),
            grace: Some(terms.grace),
            validity: Some(terms.validity),
            email: Some(terms.email),
            versions: Some(terms.versions.clone()),
            reactivation: Some(terms.reactivation),
            release: Some(terms.release),
        }
    }
}

impl Seats {
    /// The number of seats; `None` for as many as come.
    pub fn limit(self) -> Option<u64> {
        match self {
            Self::Limited(n) => Some(n.into()),
            Self::Unlimited => None,
        }
    }
}

impl Default for Terms {
    /// One device, confirmed for 30 days and 7 days longer offline, without end.
    fn default() -> Self {
        Self {
            seats: Seats::Limited(1),
            lease: Lease { default: Span::days(30), minimum: Span::hours(1), maximum: Span::days(90) },
            grace: Span::days(7),
            validity: Validity::Perpetual,
            email: EmailTerm::NotAsked,
            versions: Versions::Any,
            reactivation: Reactivation::SameSeat,
            release: Release::ByDevice,
        }
    }
}

impl Terms {
    /// These terms with the license's own in their place.
    pub fn with(&self, own: &Overrides) -> Self {
        Self {
            seats: own.seats.unwrap_or(self.seats),
            lease: own.lease.unwrap_or(self.lease),
            grace: own.grace.unwrap_or(self.grace),
            validity: own.validity.unwrap_or(self.validity),
            email: own.email.unwrap_or(self.email),
            versions: own.versions.clone().unwrap_or_else(|| self.versions.clone()),
            reactivation: own.reactivation.unwrap_or(self.reactivation),
            release: own.release.unwrap_or(self.release),
        }
    }

    /// Refuses terms out of bounds or at odds with each other. Fields are named `seats`, `lease_default`,
    /// `lease_minimum`, `lease_maximum`, `grace` and `validity`.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut wrong = Invalid::default();
        if matches!(self.seats, Seats::Limited(n) if n == 0 || n > MOST_SEATS) {
            wrong.add("seats", "is 1 to 1,000,000, or unlimited");
        }
        for (field, span) in [("lease_default", self.lease.default), ("lease_maximum", self.lease.maximum)] {
            if span < SHORTEST_LEASE || span > LONGEST {
                wrong.add(field, "is one minute to 100 years");
            }
        }
        if self.lease.minimum < SHORTEST_LEASE {
            wrong.add("lease_minimum", "is at least one minute");
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
            wrong.add("grace", "is at most 100 years");
        }
        if let Validity::FromIssue(period) | Validity::FromFirstActivation(period) = self.validity
            && (period < SHORTEST_LEASE || period > LONGEST)
        {
            wrong.add("validity", "runs one minute to 100 years");
        }
        if matches!(self.validity, Validity::Until(end) if end < DateTime::UNIX_EPOCH || end > LAST_MOMENT) {
            wrong.add("validity", "ends in the years 1970 to 9999");
        }
        wrong.or(())
    }
}
