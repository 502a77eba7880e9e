//! Giving a seat up.

mod kept;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use kept::{KeptRelease, ReleaseRule, ReleaseStep};

use crate::{
    Refusal, Span, Terms,
    activation::DeviceFacts,
    sentence::{count, moment},
    terms::{Holding, Release, Seats, Strictness, Transfers},
};

/// Who gives a seat up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The device that holds it.
    Device,
    /// Support.
    Support,
    /// The customer, from another device, with a release ticket.
    Ticket,
}

/// How a seat is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// For good.
    Delete,
    /// For a while: a floating seat whose session goes on with its next check-in.
    CheckOut,
    /// For good, against the device's will. Only support does that.
    Revoke,
}

/// What happened on the license before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past<'a> {
    /// When its seats were given up for good, by devices or with tickets.
    pub releases: &'a [DateTime<Utc>],
    /// When they moved: those of the releases for which [`Freed::moves`] said so, and support has not forgiven.
    pub moves: &'a [DateTime<Utc>],
}

/// A seat that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freed {
    /// Until when it counts against the limit still.
    pub hold_until: DateTime<Utc>,
    /// When the last token ends that was issued for it: to be kept as the activation's
    /// [`token_expires_at`](DeviceFacts::token_expires_at), and what [`overlap`] is computed from.
    pub tokens_end_at: DateTime<Utc>,
    /// Whether it counts as a move, to be written down for the next [`Past`].
    pub moves: bool,
}

/// By how many devices a license may pass its limit, since seats were given away whose tokens still run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// By so many at most.
    pub devices: u32,
    /// Until then: when the last of those tokens ends.
    pub until: DateTime<Utc>,
}

/// What follows when `by` gives up the device's seat.
///
/// # Errors
/// `SessionEnded` where the session is over already, `ReleaseNotAllowed` where the terms do not let them, `TransferLimit`
/// where they did it too often. Support is never refused by the terms of release.
pub fn release(
    terms: &Terms,
    device: &DeviceFacts,
    past: Past<'_>,
    by: By,
    act: Act,
    now: DateTime<Utc>,
) -> Result<Freed, Refusal> {
    if device.is_over() {
        return Err(Refusal::SessionEnded);
    }
    let tokens_end_at = device.tokens_end_at();
    let moves = act == Act::Delete && by != By::Support && tokens_end_at > now;
    match (act, by) {
        (Act::CheckOut, _) if terms.holding == Holding::Fixed => return Err(Refusal::ReleaseNotAllowed),
        (Act::Revoke, By::Device | By::Ticket) => return Err(Refusal::ReleaseNotAllowed),
        (Act::Delete, By::Device | By::Ticket) => {
            match terms.release {
                Release::ByDevice => {}
                Release::BySupport => return Err(Refusal::ReleaseNotAllowed),
                Release::Limited { times, per } => within(times, per, past.releases, now)?,
            }
            match terms.transfers {
                Transfers::Limited { moves: most, per } if moves => within(most, per, past.moves, now)?,
                Transfers::Limited { .. } | Transfers::Unlimited => {}
            }
        }
        (Act::CheckOut, _) | (Act::Delete | Act::Revoke, By::Support) => {}
    }
    let hold_until = match terms.strictness {
        Strictness::Lenient => device.hold_until.min(now),
        Strictness::Strict => device.hold_until,
    };
    Ok(Freed { hold_until, tokens_end_at, moves })
}

/// How far back [`Past`] must reach: the longest period that the terms count in.
pub fn looks_back(terms: &Terms) -> Span {
    let releases = match terms.release {
        Release::Limited { per, .. } => per,
        Release::ByDevice | Release::BySupport => Span::ZERO,
    };
    let moves = match terms.transfers {
        Transfers::Limited { per, .. } => per,
        Transfers::Unlimited => Span::ZERO,
    };
    releases.max(moves)
}

/// How often seats may move, and how often they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Moves that count now.
    pub used: u32,
    /// Moves there may be.
    pub most: u32,
    /// In any period of this length.
    pub per: Span,
    /// When the first of them ceases to count.
    pub next_at: Option<DateTime<Utc>>,
}

/// How many of a license's moves count at `now`: what support reads before it lifts them. `None` where they are not limited.
pub fn moved(terms: &Terms, past: Past<'_>, now: DateTime<Utc>) -> Option<Moved> {
    let Transfers::Limited { moves: most, per } = terms.transfers else { return None };
    let until = || past.moves.iter().map(|at| per.after(*at)).filter(|until| *until > now);
    Some(Moved { used: u32::try_from(until().count()).unwrap_or(u32::MAX), most, per, next_at: until().min() })
}

/// Refuses the next one where there were `most` in the period that ends now. What a clock that was set back dates later
/// than now counts as well.
fn within(most: u32, per: Span, times: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), Refusal> {
    let mut until: Vec<DateTime<Utc>> = times.iter().map(|at| per.after(*at)).filter(|until| *until > now).collect();
    until.sort_unstable_by(|a, b| b.cmp(a));
    // With the newest `most` in the period there is room for one more only when the oldest of them has left it.
    match usize::try_from(most).ok().and_then(|most| until.get(most.checked_sub(1)?)) {
        Some(next_at) => Err(Refusal::TransferLimit { moves: most, per, next_at: *next_at }),
        None => Ok(()),
    }
}

/// By how many devices the license may pass its limit at `now`. `freed` are the ends of the tokens of seats that were freed
/// or taken over, but for devices that hold a seat again ([`Freed::tokens_end_at`]). `None` where it cannot.
pub fn overlap(terms: &Terms, freed: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Overlap> {
    if terms.seats == Seats::Unlimited || terms.strictness == Strictness::Strict {
        return None;
    }
    let running = || freed.iter().filter(|end| **end > now);
    let devices = u32::try_from(running().count()).unwrap_or(u32::MAX);
    running().max().map(|until| Overlap { devices, until: *until })
}

/// What support reads before it frees a seat.
impl std::fmt::Display for Overlap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let devices = count(self.devices.into(), "device");
        write!(f, "could run on {devices} more than allowed until {}", moment(self.until))
    }
}
