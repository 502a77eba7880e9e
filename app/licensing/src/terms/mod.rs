//! Terms of a policy, and the overrides of a license.

mod check;
mod narrower;
mod overrides;
mod release;
mod seats;
mod sentence;
mod time;
mod versions;
mod who;
mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use narrower::Narrowed;
pub use overrides::Overrides;
pub use release::{MOST_MOVES, Release, Strictness, Transfers};
pub use seats::{Holding, MOST_OVERAGE, MOST_SEATS, Overage, Seats, WhenFull};
pub use time::{AfterEnd, LONGEST, LONGEST_MONTHS, Lease, SHORTEST_LEASE, Trial, Validity};
pub use versions::{Maintenance, Versions};
pub use who::{Devices, EmailTerm, Identity, Reactivation, SignIn};
pub use words::{Effective, TermSource, effective};

use crate::{Span, feature::FeatureValues};

/// Terms of a policy. Members missing in old stored policies default to the behavior of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Number of devices at a time.
    pub seats: Seats,
    /// Seat type: fixed or floating.
    #[serde(default)]
    pub holding: Holding,
    /// Effect of a request when every seat is held.
    #[serde(default)]
    pub when_full: WhenFull,
    /// Number of devices allowed beyond the seats.
    #[serde(default)]
    pub overage: Overage,
    /// Length of a lease.
    pub lease: Lease,
    /// Offline grace: how long the token is valid after the lease.
    pub grace: Span,
    /// Validity of the license.
    pub validity: Validity,
    /// Effect of the license's end.
    #[serde(default)]
    pub after_end: AfterEnd,
    /// Trial period of each device; `None` if the license is not a trial.
    #[serde(default)]
    pub trial: Option<Trial>,
    /// Feature values that replace the product's defaults.
    #[serde(default)]
    pub features: FeatureValues,
    /// Feature values that differ during the offline grace.
    #[serde(default)]
    pub grace_features: FeatureValues,
    /// E-mail check.
    pub email: EmailTerm,
    /// Sign-in required to activate.
    #[serde(default)]
    pub sign_in: SignIn,
    /// Devices that may activate.
    #[serde(default)]
    pub devices: Devices,
    /// Scope in which a device may hold only one seat.
    #[serde(default)]
    pub identity: Identity,
    /// Covered versions.
    pub versions: Versions,
    /// Period in which new versions are covered.
    #[serde(default)]
    pub maintenance: Maintenance,
    /// Effect of a second activation of the same device.
    pub reactivation: Reactivation,
    /// Release of seats by devices.
    pub release: Release,
    /// Limit on transfers of seats.
    #[serde(default)]
    pub transfers: Transfers,
    /// Availability of a freed seat.
    #[serde(default)]
    pub strictness: Strictness,
}

impl Default for Terms {
    /// One device, a lease of 30 days with 7 days of offline grace, and no end.
    fn default() -> Self {
        Self {
            seats: Seats::Limited(1),
            holding: Holding::default(),
            when_full: WhenFull::default(),
            overage: Overage::default(),
            lease: Lease { default: Span::days(30), minimum: Span::hours(1), maximum: Span::days(90) },
            grace: Span::days(7),
            validity: Validity::Perpetual,
            after_end: AfterEnd::default(),
            trial: None,
            features: FeatureValues::new(),
            grace_features: FeatureValues::new(),
            email: EmailTerm::NotAsked,
            sign_in: SignIn::default(),
            devices: Devices::default(),
            identity: Identity::default(),
            versions: Versions::Any,
            maintenance: Maintenance::default(),
            reactivation: Reactivation::SameSeat,
            release: Release::ByDevice,
            transfers: Transfers::default(),
            strictness: Strictness::default(),
        }
    }
}

impl Terms {
    /// Number of devices that may hold a seat at a time, including the overage; `None` if unlimited.
    pub fn allowed(&self) -> Option<u32> {
        match self.seats {
            Seats::Limited(seats) => Some(self.overage.on(seats)),
            Seats::Unlimited => None,
        }
    }

    /// Returns `true` if no device can activate while the license has no e-mail address.
    pub fn need_email_of_license(&self) -> bool {
        self.email == EmailTerm::MustMatch || self.sign_in == SignIn::VerifiedEmail
    }

    /// Time from which newer versions are not covered, for a license with this time of issue and this end; `None` for
    /// never. The earlier of the end of maintenance and, if the license keeps running after its end, that end.
    pub fn maintained_until(&self, issued_at: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let maintenance = match self.maintenance {
            Maintenance::Always => None,
            Maintenance::Until(end) => Some(end),
            Maintenance::FromIssue(period) => Some(period.after(issued_at)),
        };
        let end = match self.after_end {
            AfterEnd::Stop => None,
            AfterEnd::KeepRunning => ends_at,
        };
        maintenance.into_iter().chain(end).min()
    }
}
