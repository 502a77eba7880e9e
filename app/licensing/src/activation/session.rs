//! State of a session.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::DeviceFacts;

/// State of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// The lease is running.
    Active,
    /// The lease has ended, but the seat is still held: the session runs in its offline grace.
    Lapsed,
    /// The seat was checked out. A check-in takes one again.
    CheckedOut,
    /// The seat is no longer held. The device may renew or activate again.
    Expired,
    /// Released permanently.
    Released,
    /// Revoked.
    Revoked,
}

impl SessionState {
    /// Returns the state of the device's session at `now`.
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
