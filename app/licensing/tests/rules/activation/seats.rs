//! Overage, and the takeover of lapsed seats.

use licensing::{
    Refusal,
    activation::{Rule, SeatCount},
    terms::{Holding, Overage, Seats, Strictness, WhenFull},
};

use super::Case;

/// A license of three seats with `used` in use.
fn used(used: u32, overage: Overage) -> Case {
    Case::with(|case| {
        case.license.terms.overage = overage;
        case.seats.used = used;
    })
}

#[test]
fn overage_admits_more_devices_and_marks_them() {
    for (in_use, overage, over) in [
        (2, Overage::Seats(2), Some(false)),
        (3, Overage::Seats(2), Some(true)),
        (4, Overage::Seats(2), Some(true)),
        (5, Overage::Seats(2), None),
        (3, Overage::Percent(33), None),
        (3, Overage::Percent(34), Some(true)),
        (4, Overage::Percent(66), None),
        (4, Overage::Percent(67), Some(true)),
        (2, Overage::None, Some(false)),
        (3, Overage::None, None),
    ] {
        assert_eq!(used(in_use, overage).decide().ok().map(|grant| grant.over), over, "{in_use} {overage:?}");
    }
}

#[test]
fn a_seat_limit_includes_the_overage() {
    let refusal = used(5, Overage::Seats(2)).decide().unwrap_err().refusal;
    assert!(matches!(refusal, Refusal::SeatLimit { used: 5, allowed: 5, .. }), "{refusal:?}");
}

#[test]
fn a_device_that_keeps_its_seat_is_not_marked_again() {
    let grant = used(5, Overage::Seats(2)).with_a_seat().decide().unwrap();
    assert_eq!((grant.over, grant.takes_over, grant.takes_seat), (false, 0, false));
}

/// Three floating seats: `used` in use, `lapsed` of these lapsed.
fn lapsed(used: u32, lapsed: u32) -> Case {
    Case::with(|case| {
        case.license.terms.holding = Holding::Floating;
        case.license.terms.when_full = WhenFull::TakeOver;
        case.seats = SeatCount { used, next_at: None, lapsed };
    })
}

#[test]
fn a_lapsed_seat_stays_with_its_holder_until_another_device_needs_it() {
    for (used, lapsed_seats, takes_over) in [
        (2, 2, Some(0)),
        (3, 0, None),
        (3, 1, Some(1)),
        (3, 3, Some(1)),
        // The limit was lowered below the number in use, so more than one seat must be taken over.
        (5, 2, None),
        (5, 3, Some(3)),
    ] {
        let grant = lapsed(used, lapsed_seats).decide();
        assert_eq!(grant.ok().map(|grant| grant.takes_over), takes_over, "{lapsed_seats} of {used}");
    }
}

/// A policy cannot combine the two, but a license may override the takeover and its policy become strict later.
#[test]
fn no_seat_is_taken_over_under_strict_terms() {
    let mut case = lapsed(3, 3);
    case.license.terms.strictness = Strictness::Strict;
    assert!(case.decide().is_err());
}

#[test]
fn only_floating_seats_are_taken_over_and_only_where_the_terms_say_so() {
    let mut refuses = lapsed(3, 3);
    refuses.license.terms.when_full = WhenFull::Refuse;
    assert_eq!(refuses.decided_by(), Some(Rule::SeatFree));
    let mut fixed = lapsed(3, 3);
    fixed.license.terms.holding = Holding::Fixed;
    assert_eq!(fixed.decided_by(), Some(Rule::SeatFree));
}

#[test]
fn a_seat_within_the_overage_is_marked_even_when_taken_over() {
    let mut case = lapsed(5, 1);
    case.license.terms.overage = Overage::Seats(2);
    let grant = case.decide().unwrap();
    assert_eq!((grant.takes_over, grant.over), (1, true));
}

#[test]
fn unlimited_seats_are_never_over_and_never_taken_over() {
    let mut case = lapsed(u32::MAX, u32::MAX);
    case.license.terms.seats = Seats::Unlimited;
    let grant = case.decide().unwrap();
    assert_eq!((grant.takes_seat, grant.takes_over, grant.over), (true, 0, false));
}
