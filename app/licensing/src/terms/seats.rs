//! Number of seats, and which devices keep them when all are held.

use serde::{Deserialize, Serialize};

/// Maximum number of seats. Use [`Seats::Unlimited`] for more.
pub const MOST_SEATS: u32 = 1_000_000;
/// Maximum overage in percent: eleven devices for each seat that was sold.
pub const MOST_OVERAGE: u32 = 1_000;

/// Number of devices that may hold a seat at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seats {
    /// This number, 1 to 1,000,000.
    Limited(u32),
    /// Any number.
    Unlimited,
}

/// Seat type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// By having activated: the device keeps the seat until it is released, or until its last token has ended.
    #[default]
    Fixed,
    /// By checking in: a check-out returns the seat, and the next check-in takes one again.
    Floating,
}

/// Effect of a request when every seat is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenFull {
    /// The next device is refused.
    #[default]
    Refuse,
    /// The next device takes over a floating seat whose lease has ended. Until then such a seat stays with its holder.
    /// Not allowed for fixed seats, nor under [`Strictness::Strict`](super::Strictness::Strict).
    TakeOver,
}

/// Number of devices admitted beyond the seats, and shown as over. Not allowed with unlimited seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overage {
    /// None.
    #[default]
    None,
    /// This number, 1 to 1,000,000.
    Seats(u32),
    /// This percentage of the seats, 1 to 1,000, rounded down.
    Percent(u32),
}

impl Seats {
    /// Number of seats; `None` if unlimited.
    pub fn limit(self) -> Option<u64> {
        match self {
            Self::Limited(n) => Some(n.into()),
            Self::Unlimited => None,
        }
    }
}

impl Overage {
    /// Returns the number of devices allowed on `seats` seats. An overage never raises it above [`MOST_SEATS`].
    pub(super) fn on(self, seats: u32) -> u32 {
        let more = match self {
            Self::None => 0,
            Self::Seats(n) => n,
            Self::Percent(percent) => u32::try_from(u64::from(seats) * u64::from(percent) / 100).unwrap_or(MOST_SEATS),
        };
        seats.saturating_add(more).min(seats.max(MOST_SEATS))
    }
}
