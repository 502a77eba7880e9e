//! How many devices, and who keeps a seat when they are many.

use serde::{Deserialize, Serialize};

/// The largest number of seats that can be said; more is unlimited.
pub const MOST_SEATS: u32 = 1_000_000;
/// The largest overage in percent: eleven devices on each seat that was sold.
pub const MOST_OVERAGE: u32 = 1_000;

/// How many devices may hold a seat at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seats {
    /// So many, 1 to 1,000,000.
    Limited(u32),
    /// As many as come.
    Unlimited,
}

/// What keeps a seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// Having activated: the seat is the device's until it is given up, or until its last token has run out.
    #[default]
    Fixed,
    /// Checking in: the device gives the seat back with a check-out, and takes one again when it is back.
    Floating,
}

/// Who wins when every seat is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenFull {
    /// Those who hold a seat: the next device is refused.
    #[default]
    Refuse,
    /// The next device, where the lease of a floating seat has ended: such a seat stays with its holder until somebody
    /// else needs it. Not of fixed seats, and not under [`Strictness::Strict`](super::Strictness::Strict).
    TakeOver,
}

/// How many devices more than there are seats are let in, and shown as over. Not with unlimited seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overage {
    /// None.
    #[default]
    None,
    /// So many, 1 to 1,000,000.
    Seats(u32),
    /// So many for each hundred seats, 1 to 1,000, rounded down.
    Percent(u32),
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

impl Overage {
    /// How many devices there may be on `seats` seats, never more than [`MOST_SEATS`] because of an overage.
    pub(super) fn on(self, seats: u32) -> u32 {
        let more = match self {
            Self::None => 0,
            Self::Seats(n) => n,
            Self::Percent(percent) => u32::try_from(u64::from(seats) * u64::from(percent) / 100).unwrap_or(MOST_SEATS),
        };
        seats.saturating_add(more).min(seats.max(MOST_SEATS))
    }
}
