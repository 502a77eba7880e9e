//! The decision, first from tables and then from random facts.

mod check_in;
mod devices;
mod explain;
mod grant;
mod kept;
mod maintenance;
mod order;
mod people;
mod repeat;
mod seats;
mod session;
pub(crate) mod strategy;
mod trial;

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Span, Terms,
    activation::{
        BlockScope, DeviceFacts, Facts, Grant, LicenseFacts, Purpose, Refused, Request, Rule, SeatCount, Snapshot,
        Step, decide, explain,
    },
    feature::FeatureValues,
    license::State,
    product::{Lifecycle, ProductVersion},
    terms::{Seats, Versions},
};

use crate::{at, email, version};

/// The complete input of a decision.
#[derive(Clone, Debug)]
struct Case {
    license: LicenseFacts,
    device: Option<DeviceFacts>,
    seats: SeatCount,
    authorized: bool,
    blocked: Option<BlockScope>,
    elsewhere: bool,
    trial_began_at: Option<DateTime<Utc>>,
    versions: Vec<ProductVersion>,
    request: Request,
    now: DateTime<Utc>,
}

/// A change to a case that makes one rule fail.
type Spoil = fn(&mut Case);

impl Case {
    /// A new device, one of three seats in use, and no rule that fails.
    fn good() -> Self {
        Self {
            license: LicenseFacts {
                lifecycle: Lifecycle::Active,
                state: State::Active,
                terms: Terms { seats: Seats::Limited(3), ..Terms::default() },
                email: Some(email("ada@example.com")),
                issued_at: at("2026-01-01T00:00:00Z"),
                first_activated_at: Some(at("2026-01-02T00:00:00Z")),
            },
            device: None,
            seats: SeatCount { used: 1, next_at: Some(at("2026-03-20T00:00:00Z")), lapsed: 0 },
            authorized: false,
            blocked: None,
            elsewhere: false,
            trial_began_at: None,
            versions: Vec::new(),
            request: Request {
                email: Some(email("ada@example.com")),
                version: Some(version("2.1.0")),
                ..Request::default()
            },
            now: at("2026-03-01T12:00:00.250Z"),
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut case = Self::good();
        change(&mut case);
        case
    }

    /// Gives the device a seat for ten more days. Its token ends five minutes earlier.
    fn with_a_seat(mut self) -> Self {
        self.device = Some(DeviceFacts {
            lease_ends_at: self.now + TimeDelta::days(3),
            token_expires_at: self.now + TimeDelta::days(10) - TimeDelta::minutes(5),
            hold_until: self.now + TimeDelta::days(10),
            revoked: false,
            released: false,
            checked_out: false,
            last_seen_at: self.now - TimeDelta::days(27),
            snapshot: snapshot(),
        });
        self
    }

    /// A session of a device that has a seat, with a request for `purpose`.
    fn session(purpose: Purpose) -> Self {
        let mut case = Self::good().with_a_seat();
        case.request = Request { purpose, ..Request::default() };
        case
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            license: Some(&self.license),
            device: self.device.as_ref(),
            seats: self.seats,
            authorized: self.authorized,
            blocked: self.blocked,
            elsewhere: self.elsewhere,
            trial_began_at: self.trial_began_at,
            versions: &self.versions,
        }
    }

    fn decide(&self) -> Result<Grant, Refused> {
        decide(self.facts(), &self.request, self.now)
    }

    fn explain(&self) -> Vec<Step> {
        explain(self.facts(), &self.request, self.now)
    }

    /// The rule that fails.
    fn decided_by(&self) -> Option<Rule> {
        self.decide().err().map(|refused| refused.rule)
    }

    fn holds_seat(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.holds_seat(self.now))
    }
}

pub(crate) fn snapshot() -> Snapshot {
    Snapshot {
        policy: "Studio".to_owned(),
        customer: Some("Ada".to_owned()),
        grace: Span::days(7),
        versions: Versions::Any,
        features: FeatureValues::new(),
        grace_features: FeatureValues::new(),
        trial: false,
    }
}
