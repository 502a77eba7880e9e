//! Requests that are answered from the record.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Span,
    activation::{DeviceFacts, Grant, Seating, Snapshot, is_repeat},
    feature::FeatureValue,
    terms::{Validity, Versions},
};
use proptest::prelude::*;

use super::{Case, snapshot};
use crate::range;

/// A device that activated at the case's `now`, as recorded.
fn seated(case: &Case) -> DeviceFacts {
    let grant = case.decide().unwrap();
    DeviceFacts {
        lease_ends_at: grant.lease_ends_at,
        token_expires_at: grant.token_expires_at,
        hold_until: grant.hold_until,
        revoked: false,
        released: false,
        checked_out: false,
        last_seen_at: case.now,
        snapshot: snapshot(),
    }
}

/// Repeats the activation `later`. Returns the grant, and `true` if it is a repeat.
fn again(case: &Case, later: TimeDelta, change: impl FnOnce(&mut Case)) -> (Grant, bool) {
    let mut case = Case { device: Some(seated(case)), now: case.now + later, ..case.clone() };
    change(&mut case);
    let grant = case.decide().unwrap();
    let repeat = is_repeat(&grant, case.device.as_ref().unwrap(), &snapshot(), case.now);
    (grant, repeat)
}

fn lasting(lease: Span) -> Case {
    Case::with(|case| case.request.lease = Some(lease))
}

#[test]
fn activating_again_soon_is_a_repeat() {
    // A sixteenth of an hour is 3 minutes 45 seconds. A sixteenth of 30 days would exceed the maximum of five minutes.
    for (lease, later, repeats) in [
        (Span::days(30), TimeDelta::zero(), true),
        (Span::days(30), TimeDelta::minutes(5), true),
        (Span::days(30), TimeDelta::minutes(5) + TimeDelta::microseconds(1), false),
        (Span::hours(1), TimeDelta::seconds(225), true),
        (Span::hours(1), TimeDelta::seconds(225) + TimeDelta::microseconds(1), false),
        (Span::days(30), TimeDelta::days(1), false),
        (Span::days(30), TimeDelta::microseconds(-1), false),
    ] {
        assert_eq!(again(&lasting(lease), later, |_| {}).1, repeats, "{lease}, {later}");
    }
}

#[test]
fn a_recorded_lease_longer_than_the_new_grant_is_no_repeat() {
    let case = Case::good();
    let soon = TimeDelta::seconds(10);
    assert!(again(&case, soon, |_| {}).1);
    assert!(!again(&case, soon, |case| case.request.lease = Some(Span::days(29))).1, "a shorter lease is requested");
    assert!(!again(&case, soon, |case| case.license.terms.grace = Span::days(6)).1, "less grace");
    let end = case.decide().unwrap().token_expires_at - TimeDelta::milliseconds(300);
    assert!(
        !again(&case, soon, |case| case.license.terms.validity = Validity::Until(end)).1,
        "the license ends sooner"
    );
}

#[test]
fn a_changed_snapshot_is_no_repeat() {
    let case = Case::good();
    let (grant, _) = again(&case, TimeDelta::zero(), |_| {});
    let device = seated(&case);
    let changes: [fn(&mut Snapshot); 7] = [
        |s| s.policy = "Team".to_owned(),
        |s| s.customer = None,
        |s| s.grace = Span::ZERO,
        |s| s.versions = Versions::Range(range("<3")),
        |s| drop(s.features.insert("export".to_owned(), FeatureValue::Boolean(true))),
        |s| drop(s.grace_features.insert("export".to_owned(), FeatureValue::Boolean(false))),
        |s| s.trial = true,
    ];
    for change in changes {
        let mut current = snapshot();
        change(&mut current);
        assert!(is_repeat(&grant, &device, &snapshot(), case.now));
        assert!(!is_repeat(&grant, &device, &current, case.now), "{current:?}");
    }
}

#[test]
fn only_a_kept_seat_of_a_license_that_has_begun_is_a_repeat() {
    let case = Case::good();
    let device = seated(&case);
    let (grant, _) = again(&case, TimeDelta::zero(), |_| {});
    for seating in [Seating::New, Seating::Returned, Seating::Readmitted] {
        assert!(!is_repeat(&Grant { seating, ..grant.clone() }, &device, &snapshot(), case.now), "{seating:?}");
    }
    assert!(!is_repeat(&Grant { first_activation: true, ..grant.clone() }, &device, &snapshot(), case.now));
    assert!(!is_repeat(&Grant { trial_begins: true, ..grant.clone() }, &device, &snapshot(), case.now));
    let away = DeviceFacts { checked_out: true, ..device };
    assert!(!is_repeat(&grant, &away, &snapshot(), case.now), "it returns from a check-out");
}

#[test]
fn a_device_not_seen_for_long_is_recorded() {
    let case = Case::with(|case| case.license.terms.validity = Validity::Until(case.now + TimeDelta::days(3)));
    // The lease ends with the license, so a repeat is always as long; the visit itself must still be recorded.
    assert!(again(&case, TimeDelta::minutes(5), |_| {}).1);
    assert!(!again(&case, TimeDelta::minutes(6), |_| {}).1);
}

fn apart(a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
    (a - b).abs()
}

proptest! {
    #[test]
    fn a_repeat_is_as_good_as_a_fresh_lease_within_a_sixteenth_and_five_minutes(
        lease in 3_600_u64..90 * 86_400,
        then in 3_600_u64..90 * 86_400,
        same: bool,
        later in 0_i64..8 * 60_000_000,
    ) {
        let case = lasting(Span::seconds(lease));
        let device = seated(&case);
        let (grant, repeat) = again(&case, TimeDelta::microseconds(later), |case| {
            if !same {
                case.request.lease = Some(Span::seconds(then));
            }
        });
        if repeat {
            let now = case.now + TimeDelta::microseconds(later);
            for (fresh, kept) in
                [(grant.lease_ends_at, device.lease_ends_at), (grant.token_expires_at, device.token_expires_at)]
            {
                prop_assert!(kept <= fresh);
                prop_assert!(apart(fresh, kept) <= TimeDelta::minutes(5));
                prop_assert!(apart(fresh, kept) * 16 <= grant.lease_ends_at - now);
            }
            prop_assert!(grant.hold_until - TimeDelta::minutes(5) <= device.hold_until);
        }
    }
}
