//! Whether a check-in changes anything.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DeviceFacts, grant::halfway};
use crate::Terms;

/// What a check-in that the rules let in does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckIn {
    /// Nothing: there is nothing to write.
    Nothing {
        /// From when the next one is due.
        next: DateTime<Utc>,
    },
    /// The lease begins anew, as the grant says.
    Extend,
}

/// What a check-in does that [`decide`](super::decide) has granted: a device that is in, with more than half of its lease
/// left, and no longer a lease than the terms allow now, keeps what it has. A clock that was set back extends nothing.
pub fn check_in(device: &DeviceFacts, terms: &Terms, now: DateTime<Utc>) -> CheckIn {
    let next = halfway(device.last_seen_at, device.lease_ends_at);
    let from = now.max(device.last_seen_at);
    let keeps = device.is_in(now) && now < next && device.lease_ends_at <= terms.lease.maximum.after(from);
    if keeps { CheckIn::Nothing { next } } else { CheckIn::Extend }
}
