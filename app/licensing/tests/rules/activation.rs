//! The decision, first by tables and then by random facts.

mod grant;
mod order;
mod repeat;
mod strategy;

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Span, Terms,
    activation::{DeviceFacts, Facts, Grant, LicenseFacts, Refused, Request, SeatCount, Snapshot, decide},
    feature::FeatureValues,
    license::State,
    product::Lifecycle,
    terms::{Seats, Versions},
};

use crate::{at, email, version};

/// Everything that a decision looks at.
#[derive(Clone, Debug)]
struct Case {
    license: LicenseFacts,
    device: Option<DeviceFacts>,
    seats: SeatCount,
    request: Request,
    now: DateTime<Utc>,
}

impl Case {
    /// A new device, one of three seats in use, nothing to say no to.
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
            seats: SeatCount { used: 1, next_at: Some(at("2026-03-20T00:00:00Z")) },
            request: Request { email: Some(email("ada@example.com")), lease: None, version: Some(version("2.1.0")) },
            now: at("2026-03-01T12:00:00.250Z"),
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut case = Self::good();
        change(&mut case);
        case
    }

    /// The device has a seat until ten days from now; its token ends five minutes earlier.
    fn with_a_seat(mut self) -> Self {
        self.device = Some(DeviceFacts {
            lease_ends_at: self.now + TimeDelta::days(3),
            token_expires_at: self.now + TimeDelta::days(10) - TimeDelta::minutes(5),
            hold_until: self.now + TimeDelta::days(10),
            revoked: false,
            last_seen_at: self.now - TimeDelta::days(27),
            snapshot: snapshot(),
        });
        self
    }

    fn facts(&self) -> Facts<'_> {
        Facts { license: Some(&self.license), device: self.device.as_ref(), seats: self.seats }
    }

    fn decide(&self) -> Result<Grant, Refused> {
        decide(self.facts(), &self.request, self.now)
    }

    fn holds_seat(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.holds_seat(self.now))
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        policy: "Studio".to_owned(),
        customer: Some("Ada".to_owned()),
        grace: Span::days(7),
        versions: Versions::Any,
        features: FeatureValues::new(),
    }
}
