//! Undoing what support did to a seat by mistake.

use chrono::{DateTime, Utc};

use crate::{Span, Terms, activation::SKEW, license::State, sentence::count, terms::Identity};

/// Time within which support may undo an act: long enough to notice a mistake, short enough that nothing depends on it
/// yet.
pub const UNDO_WITHIN: Span = Span::minutes(10);

/// A seat that support freed or revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevokedSeat {
    /// Time of the act.
    pub at: DateTime<Utc>,
    /// Hold of the seat before.
    pub hold_until: DateTime<Utc>,
    /// End of its last token.
    pub tokens_end_at: DateTime<Utc>,
    /// `true` if the seat is still held after the act, as under strict terms. Restoring it then needs no free seat.
    pub cools_down: bool,
    /// `true` if the seat was checked out before.
    pub checked_out: bool,
}

/// Facts about the license and its other seats.
#[derive(Clone, Copy, Debug)]
pub struct UndoContext<'a> {
    /// State of the license.
    pub state: State,
    /// Terms in effect.
    pub terms: &'a Terms,
    /// Seats of the license held now.
    pub used: u32,
    /// `true` if the device holds a seat under another license, in the scope of the terms' identity.
    pub elsewhere: bool,
}

/// State of a restored seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The device holds it, and its tokens are valid.
    Held,
    /// The device does not use it, as before: it was checked out or taken over. The hold, if it lasts, still counts.
    Away,
}

/// Reason why the act cannot be undone, as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefusal {
    /// Too much time has passed.
    #[error("The 10 minutes for undoing this are over. The device can request a seat again.")]
    TooLate,
    /// The license was revoked.
    #[error("The license was revoked permanently: its devices cannot be restored.")]
    LicenseRevoked,
    /// The seat was given to another device. Holds the number of seats in use.
    #[error("Another device has its seat: {} in use now. Free one first.", count((*.0).into(), "seat"))]
    SeatGone(u32),
    /// The device has a seat under another license.
    #[error("The device now holds a seat under another license, and its terms allow only one.")]
    Elsewhere,
}

/// Decides whether support may undo the loss of a seat, and returns the state of the restored seat.
///
/// A restored hold counts against the limit, even that of a checked-out device: under strict terms it lasts until the
/// last token has ended, and the seat may have been given to another device while the terms were lenient. Therefore the
/// seats, and the same device elsewhere, are checked whenever the restored hold ends in the future.
///
/// # Errors
/// Returns [`UndoRefusal`] if restoring the seat would break a rule, or comes too late.
pub fn undo(taken: RevokedSeat, around: UndoContext<'_>, now: DateTime<Utc>) -> Result<Undone, UndoRefusal> {
    if UNDO_WITHIN.after(taken.at) <= now {
        return Err(UndoRefusal::TooLate);
    }
    if around.state == State::Revoked {
        return Err(UndoRefusal::LicenseRevoked);
    }
    // A hold that ends before the last token does was cut short when the seat was taken over. A hold that has merely ended
    // may be in force again once a clock that was ahead is corrected.
    let was_away = taken.checked_out || taken.hold_until < SKEW.after(taken.tokens_end_at);
    let back = if was_away { Undone::Away } else { Undone::Held };
    if taken.hold_until <= now {
        return Ok(back);
    }
    if !taken.cools_down && around.terms.allowed().is_some_and(|allowed| around.used >= allowed) {
        return Err(UndoRefusal::SeatGone(around.used));
    }
    if around.terms.identity != Identity::License && around.elsewhere {
        return Err(UndoRefusal::Elsewhere);
    }
    Ok(back)
}
