//! Check-ins, and whether they change anything.

use chrono::TimeDelta;
use licensing::{
    Span, Terms,
    activation::{CheckIn, DeviceFacts, check_in},
};
use proptest::prelude::*;

use super::{Case, strategy};

/// A device whose lease of eight hours began just now.
fn seated() -> (DeviceFacts, Case) {
    let case = Case::good().with_a_seat();
    let mut device = case.device.clone().unwrap();
    device.last_seen_at = case.now;
    device.lease_ends_at = Span::hours(8).after(case.now);
    (device, case)
}

#[test]
fn a_check_in_with_more_than_half_of_its_lease_left_changes_nothing() {
    let (device, case) = seated();
    let nothing = CheckIn::Nothing { next: Span::hours(4).after(case.now) };
    for (later, expected) in [
        (TimeDelta::zero(), nothing),
        (TimeDelta::hours(4) - TimeDelta::microseconds(1), nothing),
        (TimeDelta::hours(4), CheckIn::Extend),
        (TimeDelta::hours(9), CheckIn::Extend),
        // The clock was set back.
        (TimeDelta::days(-3), nothing),
    ] {
        assert_eq!(check_in(&device, &case.license.terms, case.now + later), expected, "{later}");
    }
}

#[test]
fn a_check_in_without_a_seat_extends() {
    let changes: [fn(&mut DeviceFacts); 4] = [
        |device| device.checked_out = true,
        |device| device.released = true,
        |device| device.revoked = true,
        |device| device.hold_until = device.last_seen_at,
    ];
    for change in changes {
        let (mut device, case) = seated();
        change(&mut device);
        assert_eq!(check_in(&device, &case.license.terms, case.now), CheckIn::Extend);
    }
}

#[test]
fn a_lease_longer_than_the_terms_allow_now_is_cut() {
    let (device, case) = seated();
    let mut terms = Terms::default();
    terms.lease.maximum = Span::hours(8);
    assert!(matches!(check_in(&device, &terms, case.now), CheckIn::Nothing { .. }));
    terms.lease.maximum = Span::hours(7);
    assert_eq!(check_in(&device, &terms, case.now), CheckIn::Extend);
}

proptest! {
    #[test]
    fn a_check_in_that_changes_nothing_is_due_again_before_the_lease_ends(case in strategy::damaged()) {
        if let Some(device) = &case.device
            && let CheckIn::Nothing { next } = check_in(device, &case.license.terms, case.now)
        {
            prop_assert!(case.now < next);
            prop_assert!(next <= device.lease_ends_at.max(device.last_seen_at));
        }
    }
}
