//! Undoing that support freed a seat.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Terms,
    license::State,
    release::{Past, TransferCount, transfers},
    terms::{Identity, Overage, Seats, Transfers},
    undo::{RevokedSeat, UNDO_WITHIN, UndoContext, UndoRefusal, Undone, undo},
};

use crate::{DAY, at};

fn now() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

/// A seat with ten days left that was freed a minute ago.
fn taken() -> RevokedSeat {
    RevokedSeat {
        at: now() - TimeDelta::minutes(1),
        hold_until: now() + TimeDelta::days(10),
        tokens_end_at: now() + TimeDelta::days(10) - TimeDelta::minutes(5),
        cools_down: false,
        checked_out: false,
    }
}

fn around(terms: &Terms, used: u32) -> UndoContext<'_> {
    UndoContext { state: State::Active, terms, used, elsewhere: false }
}

fn seats(n: u32) -> Terms {
    Terms { seats: Seats::Limited(n), ..Terms::default() }
}

#[test]
fn a_seat_is_restored_if_one_is_free_and_never_beyond_the_limit() {
    for (terms, used, expected) in [
        (seats(2), 1, Ok(Undone::Held)),
        (seats(2), 2, Err(UndoRefusal::SeatGone(2))),
        (seats(2), 3, Err(UndoRefusal::SeatGone(3))),
        (Terms { overage: Overage::Seats(1), ..seats(2) }, 2, Ok(Undone::Held)),
        (Terms { overage: Overage::Seats(1), ..seats(2) }, 3, Err(UndoRefusal::SeatGone(3))),
        (Terms { seats: Seats::Unlimited, ..Terms::default() }, 9_999, Ok(Undone::Held)),
    ] {
        assert_eq!(undo(taken(), around(&terms, used), now()), expected, "{used} of {:?}", terms.seats);
    }
}

#[test]
fn a_seat_that_cools_down_needs_no_free_seat() {
    let terms = seats(2);
    assert_eq!(undo(RevokedSeat { cools_down: true, ..taken() }, around(&terms, 2), now()), Ok(Undone::Held));
}

#[test]
fn undo_ends_after_ten_minutes() {
    let terms = seats(2);
    let taken = |seconds| RevokedSeat { at: now() - TimeDelta::seconds(seconds), ..taken() };
    assert_eq!(UNDO_WITHIN.as_seconds(), 600);
    assert_eq!(undo(taken(599), around(&terms, 0), now()), Ok(Undone::Held));
    assert_eq!(undo(taken(600), around(&terms, 0), now()), Err(UndoRefusal::TooLate));
}

#[test]
fn a_revoked_license_restores_no_seat_and_a_suspended_one_does() {
    let terms = seats(2);
    let of = |state| undo(taken(), UndoContext { state, ..around(&terms, 0) }, now());
    assert_eq!(of(State::Revoked), Err(UndoRefusal::LicenseRevoked));
    assert_eq!(of(State::Suspended), Ok(Undone::Held));
}

#[test]
fn a_device_without_a_seat_before_has_none_after_and_needs_no_free_seat() {
    let terms = Terms { identity: Identity::Product, ..seats(1) };
    let lost = RevokedSeat { hold_until: now(), ..taken() };
    for taken in [lost, RevokedSeat { checked_out: true, ..lost }] {
        assert_eq!(undo(taken, UndoContext { elsewhere: true, ..around(&terms, 1) }, now()), Ok(Undone::Away));
    }
}

#[test]
fn a_hold_that_ended_by_a_clock_that_is_ahead_leaves_no_mark_on_the_seat() {
    let ended = RevokedSeat { hold_until: now(), tokens_end_at: now() - TimeDelta::minutes(5), ..taken() };
    assert_eq!(undo(ended, around(&seats(1), 1), now()), Ok(Undone::Held));
}

#[test]
fn a_checked_out_seat_that_counts_again_needs_room_as_any_other() {
    let away = RevokedSeat { checked_out: true, ..taken() };
    let cooling = RevokedSeat { cools_down: true, ..away };
    let elsewhere = |terms: Terms| undo(away, UndoContext { elsewhere: true, ..around(&terms, 0) }, now());
    assert_eq!(undo(away, around(&seats(1), 0), now()), Ok(Undone::Away));
    assert_eq!(undo(away, around(&seats(1), 1), now()), Err(UndoRefusal::SeatGone(1)));
    assert_eq!(undo(cooling, around(&seats(1), 1), now()), Ok(Undone::Away));
    assert_eq!(elsewhere(seats(1)), Ok(Undone::Away));
    assert_eq!(elsewhere(Terms { identity: Identity::Product, ..seats(1) }), Err(UndoRefusal::Elsewhere));
}

#[test]
fn a_device_with_a_seat_elsewhere_by_now_stays_there() {
    for (identity, expected) in [
        (Identity::License, Ok(Undone::Held)),
        (Identity::Policy, Err(UndoRefusal::Elsewhere)),
        (Identity::Product, Err(UndoRefusal::Elsewhere)),
    ] {
        let terms = Terms { identity, ..seats(2) };
        assert_eq!(undo(taken(), UndoContext { elsewhere: true, ..around(&terms, 0) }, now()), expected);
    }
}

#[test]
fn the_reason_against_an_undo_is_a_sentence_with_the_number() {
    let text = UndoRefusal::SeatGone(5).to_string();
    assert_eq!(text, "Another device has its seat: 5 seats in use now. Free one first.");
}

#[test]
fn transfers_are_counted_within_their_period() {
    let per = DAY;
    let terms = |transfers| Terms { transfers, ..Terms::default() };
    let limited = terms(Transfers::Limited { moves: 3, per });
    let moves = [now() - TimeDelta::hours(30), now() - TimeDelta::hours(23), now() - TimeDelta::hours(2)];
    let past = Past { transfers: &moves, releases: &[] };
    let next_at = Some(now() + TimeDelta::hours(1));
    assert_eq!(transfers(&limited, past, now()), Some(TransferCount { used: 2, most: 3, per, next_at }));
    assert_eq!(
        transfers(&limited, Past::default(), now()),
        Some(TransferCount { used: 0, most: 3, per, next_at: None })
    );
    assert_eq!(transfers(&terms(Transfers::Unlimited), past, now()), None);
}
