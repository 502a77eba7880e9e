//! Taking back what support did to a seat, should it have been a mistake.

use chrono::{DateTime, Utc};

use crate::{Span, Terms, activation::SKEW, license::State, sentence::count, terms::Identity};

/// For so long support may take back what it did: long enough to see a mistake, short enough that nobody has built on it.
pub const UNDO_WITHIN: Span = Span::minutes(10);

/// A seat that support took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub at: DateTime<Utc>,
    /// Until when it counted before.
    pub hold_until: DateTime<Utc>,
    /// When its last token ends.
    pub tokens_end_at: DateTime<Utc>,
    /// Whether it counts still, under strict terms: then it needs no other.
    pub cools_down: bool,
    /// Whether it was checked out before.
    pub checked_out: bool,
}

/// What is known beside it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The license's state.
    pub state: State,
    /// The terms in effect.
    pub terms: &'a Terms,
    /// Seats of the license held now.
    pub used: u32,
    /// Whether the device holds a seat under another license, within what the terms ask about.
    pub elsewhere: bool,
}

/// How a seat that is given back stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// It counts, and its tokens are good.
    Held,
    /// Its device was away before: checked out, or its seat was taken over. A hold that lasts still counts.
    Away,
}

/// Why it cannot be taken back. A whole sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    /// Too long ago.
    #[error("This can be undone for 10 minutes, and they are over: the device may ask for a seat again.")]
    TooLate,
    /// The whole license was revoked.
    #[error("The license was revoked, and that is for good: no device of it comes back.")]
    LicenseRevoked,
    /// Another device has the seat.
    #[error("Its seat was given away: {} in use now. Free one first.", count((*.0).into(), "seat"))]
    SeatGone(u32),
    /// The device has a seat under another license.
    #[error("The device holds a seat under another license by now, and its terms allow only one.")]
    Elsewhere,
}

/// Decides whether support may take back that it took a seat, and how the seat stands afterwards.
///
/// A hold that is restored counts against the limit, also that of a checked-out device: under strict terms it lasts until the
/// last token has ended, and the seat may have been given away since, under terms that were lenient for a while. So the seats
/// and the same machine elsewhere are looked at wherever the restored hold lies ahead, whatever became of the device.
///
/// # Errors
/// [`Stays`], where that would break a rule, or comes too late.
pub fn undo(taken: Taken, around: Around<'_>, now: DateTime<Utc>) -> Result<Back, Stays> {
    if UNDO_WITHIN.after(taken.at) <= now {
        return Err(Stays::TooLate);
    }
    if around.state == State::Revoked {
        return Err(Stays::LicenseRevoked);
    }
    // A hold that was cut short of its last token was taken over. One that has merely ended may last again, once a clock that
    // was ahead is set right.
    let was_away = taken.checked_out || taken.hold_until < SKEW.after(taken.tokens_end_at);
    let back = if was_away { Back::Away } else { Back::Held };
    if taken.hold_until <= now {
        return Ok(back);
    }
    if !taken.cools_down && around.terms.allowed().is_some_and(|allowed| around.used >= allowed) {
        return Err(Stays::SeatGone(around.used));
    }
    if around.terms.identity != Identity::License && around.elsewhere {
        return Err(Stays::Elsewhere);
    }
    Ok(back)
}
