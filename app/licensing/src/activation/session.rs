//! Where a session stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::DeviceFacts;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// Confirmed.
    Active,
    /// Its lease has ended, and the seat is held still: it runs in its grace.
    Lapsed,
    /// Its seat was checked out: a check-in takes one again.
    CheckedOut,
    /// Its seat is no longer held: it may ask again.
    Expired,
    /// Given up for good.
    Released,
    /// Revoked.
    Revoked,
}

impl SessionState {
    /// Where the device stands at `now`.
    pub fn of(device: &DeviceFacts, now: DateTime<Utc>) -> Self {
        match device {
            d if d.revoked => Self::Revoked,
            d if d.released => Self::Released,
            d if d.checked_out => Self::CheckedOut,
            d if !d.holds_seat(now) => Self::Expired,
            d if d.lease_ends_at <= now => Self::Lapsed,
            _ => Self::Active,
        }
    }
}
