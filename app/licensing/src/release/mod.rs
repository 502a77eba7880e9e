//! Releasing and revoking a seat.

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

/// Initiator of a release or revocation.
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

/// Kind of release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseAct {
    /// Permanently. The next activation is a new session. By a device: a release. By support: freeing the seat, which the
    /// terms do not limit.
    #[serde(rename = "delete")]
    Release,
    /// Temporarily: a floating seat, whose session continues with its next check-in.
    CheckOut,
    /// Permanently, by support only. Differs from freeing the seat in what is recorded.
    Revoke,
}

/// Earlier releases on the license.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past<'a> {
    /// Times at which seats were released permanently, by devices or with tickets.
    pub releases: &'a [DateTime<Utc>],
    /// Times of the transfers: the releases for which [`Released::is_transfer`] was `true`, except those that support has reset.
    pub transfers: &'a [DateTime<Utc>],
}

/// Effects of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Time until which the seat counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// End of the last token issued for the seat. Stored as the activation's
    /// [`token_expires_at`](DeviceFacts::token_expires_at); [`overlap`] is computed from it.
    pub tokens_end_at: DateTime<Utc>,
    /// `true` if the release counts as a transfer. Recorded for the next [`Past`].
    pub is_transfer: bool,
}

/// Number of devices by which a license may exceed its limit, because tokens of freed seats are still valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// Maximum number of devices above the limit.
    pub devices: u32,
    /// End of the last of these tokens.
    pub until: DateTime<Utc>,
}

/// Computes the effects when `by` releases or revokes the device's seat.
///
/// # Errors
/// `SessionEnded` if the session has already ended, `ReleaseNotAllowed` if the terms do not allow the release,
/// `TransferLimit` if there were too many. The terms never refuse a permanent release by support.
pub fn release(
    terms: &Terms,
    device: &DeviceFacts,
    past: Past<'_>,
    by: By,
    act: ReleaseAct,
    now: DateTime<Utc>,
) -> Result<Released, Refusal> {
    if device.is_over() {
        return Err(Refusal::SessionEnded);
    }
    let tokens_end_at = device.tokens_end_at();
    let is_transfer = act == ReleaseAct::Release && by != By::Support && tokens_end_at > now;
    match (act, by) {
        (ReleaseAct::CheckOut, _) if terms.holding == Holding::Fixed => return Err(Refusal::ReleaseNotAllowed),
        (ReleaseAct::Revoke, By::Device | By::Ticket) => return Err(Refusal::ReleaseNotAllowed),
        (ReleaseAct::Release, By::Device | By::Ticket) => {
            match terms.release {
                Release::ByDevice => {}
                Release::BySupport => return Err(Refusal::ReleaseNotAllowed),
                Release::Limited { times, per } => within(times, per, past.releases, now)?,
            }
            match terms.transfers {
                Transfers::Limited { moves: most, per } if is_transfer => within(most, per, past.transfers, now)?,
                Transfers::Limited { .. } | Transfers::Unlimited => {}
            }
        }
        (ReleaseAct::CheckOut, _) | (ReleaseAct::Release | ReleaseAct::Revoke, By::Support) => {}
    }
    let hold_until = match terms.strictness {
        Strictness::Lenient => device.hold_until.min(now),
        Strictness::Strict => device.hold_until,
    };
    Ok(Released { hold_until, tokens_end_at, is_transfer })
}

/// Returns how far back [`Past`] must reach: the longest period in which the terms count.
pub fn looks_back(terms: &Terms) -> Span {
    let releases = match terms.release {
        Release::Limited { per, .. } => per,
        Release::ByDevice | Release::BySupport => Span::ZERO,
    };
    let transfers = match terms.transfers {
        Transfers::Limited { per, .. } => per,
        Transfers::Unlimited => Span::ZERO,
    };
    releases.max(transfers)
}

/// Transfers of a license and their limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferCount {
    /// Transfers that count now.
    pub used: u32,
    /// Maximum number of transfers.
    pub most: u32,
    /// Period in which they are counted.
    pub per: Span,
    /// Time at which the first of them stops counting.
    pub next_at: Option<DateTime<Utc>>,
}

/// Counts a license's transfers at `now`, shown to support before a reset. `None` if transfers are unlimited.
pub fn transfers(terms: &Terms, past: Past<'_>, now: DateTime<Utc>) -> Option<TransferCount> {
    let Transfers::Limited { moves: most, per } = terms.transfers else { return None };
    let until = || past.transfers.iter().map(|at| per.after(*at)).filter(|until| *until > now);
    Some(TransferCount { used: u32::try_from(until().count()).unwrap_or(u32::MAX), most, per, next_at: until().min() })
}

/// Refuses another release if there were `most` in the period that ends now. Also counts times after `now`, recorded
/// before a clock was set back.
fn within(most: u32, per: Span, times: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), Refusal> {
    let mut until: Vec<DateTime<Utc>> = times.iter().map(|at| per.after(*at)).filter(|until| *until > now).collect();
    until.sort_unstable_by(|a, b| b.cmp(a));
    // Another one fits only after the `most`-th newest has left the period.
    match usize::try_from(most).ok().and_then(|most| until.get(most.checked_sub(1)?)) {
        Some(next_at) => Err(Refusal::TransferLimit { moves: most, per, next_at: *next_at }),
        None => Ok(()),
    }
}

/// Returns by how many devices the license may exceed its limit at `now`; `None` if it cannot. `released` holds the ends
/// of the tokens of seats that were freed or taken over ([`Released::tokens_end_at`]), without those of devices that hold
/// a seat again.
pub fn overlap(terms: &Terms, released: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Overlap> {
    if terms.seats == Seats::Unlimited || terms.strictness == Strictness::Strict {
        return None;
    }
    let running = || released.iter().filter(|end| **end > now);
    let devices = u32::try_from(running().count()).unwrap_or(u32::MAX);
    running().max().map(|until| Overlap { devices, until: *until })
}

/// Shown to support before a seat is freed.
impl std::fmt::Display for Overlap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let devices = count(self.devices.into(), "device");
        write!(f, "could run on {devices} more than allowed until {}", moment(self.until))
    }
}
