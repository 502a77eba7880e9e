//! The effect of a check-in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DeviceFacts, grant::halfway};
use crate::Terms;

/// Effect of a granted check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckIn {
    /// Keeps the lease on record; nothing is written.
    Nothing {
        /// Time from which the next check-in is due.
        next: DateTime<Utc>,
    },
    /// Starts a new lease, as granted.
    Extend,
}

/// Returns the effect of a check-in that [`decide`](super::decide) has granted. A device that is in keeps its lease if
/// more than half of it is left and the terms still allow its length. A clock that was set back never extends a lease.
pub fn check_in(device: &DeviceFacts, terms: &Terms, now: DateTime<Utc>) -> CheckIn {
    let next = halfway(device.last_seen_at, device.lease_ends_at);
    let from = now.max(device.last_seen_at);
    let keeps = device.is_in(now) && now < next && device.lease_ends_at <= terms.lease.maximum.after(from);
    if keeps { CheckIn::Nothing { next } } else { CheckIn::Extend }
}
