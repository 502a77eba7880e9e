//! The terms of a policy, and what a license may override of them.

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

use serde::{Deserialize, Serialize};

pub use narrower::Narrowed;
pub use overrides::Overrides;
pub use release::{MOST_MOVES, Release, Strictness, Transfers};
pub use seats::{Holding, MOST_OVERAGE, MOST_SEATS, Overage, Seats, WhenFull};
pub use time::{AfterEnd, LONGEST, Lease, SHORTEST_LEASE, Trial, Validity};
pub use versions::{Maintenance, Versions};
pub use who::{Devices, EmailTerm, Identity, Reactivation, SignIn};
pub use words::{Effective, Origin, effective};

use crate::{Span, feature::FeatureValues};

/// Everything that a policy says. Members that the first stored policies lack read as what those policies meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How many devices at a time.
    pub seats: Seats,
    /// What keeps a seat.
    #[serde(default)]
    pub holding: Holding,
    /// Who wins when every seat is held.
    #[serde(default)]
    pub when_full: WhenFull,
    /// How many devices more are let in.
    #[serde(default)]
    pub overage: Overage,
    /// For how long each is confirmed.
    pub lease: Lease,
    /// How much longer than its lease a device may run without asking.
    pub grace: Span,
    /// How long the license runs.
    pub validity: Validity,
    /// What its end means.
    #[serde(default)]
    pub after_end: AfterEnd,
    /// The window in which each device may try the product.
    #[serde(default)]
    pub trial: Option<Trial>,
    /// Feature values, in place of the product's defaults.
    #[serde(default)]
    pub features: FeatureValues,
    /// Feature values that differ while a device runs in its offline grace.
    #[serde(default)]
    pub grace_features: FeatureValues,
    /// What is asked about e-mail.
    pub email: EmailTerm,
    /// Who must be signed in.
    #[serde(default)]
    pub sign_in: SignIn,
    /// Which devices may activate.
    #[serde(default)]
    pub devices: Devices,
    /// Within what a device may hold only one seat.
    #[serde(default)]
    pub identity: Identity,
    /// Which versions are covered.
    pub versions: Versions,
    /// For how long new versions are covered.
    #[serde(default)]
    pub maintenance: Maintenance,
    /// What activating again does.
    pub reactivation: Reactivation,
    /// What the device may release itself.
    pub release: Release,
    /// How often seats may move.
    #[serde(default)]
    pub transfers: Transfers,
    /// What happens to a seat that is freed.
    #[serde(default)]
    pub strictness: Strictness,
}

impl Default for Terms {
    /// One device, confirmed for 30 days and 7 days longer offline, without end.
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
    /// How many devices may hold a seat at a time, the overage included; `None` for as many as come.
    pub fn allowed(&self) -> Option<u32> {
        match self.seats {
            Seats::Limited(seats) => Some(self.overage.on(seats)),
            Seats::Unlimited => None,
        }
    }
}
