//! The grant that an admitted device gets.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Span,
    activation::{DeviceFacts, Rule, SKEW, SeatCount, Seating, is_repeat},
    license::ends_at,
    span::LAST_MOMENT,
    terms::{AfterEnd, Seats, Validity},
};
use proptest::prelude::*;

use super::{Case, snapshot, strategy};
use crate::at;

#[test]
fn a_new_device_gets_the_default_lease_and_its_grace() {
    let grant = Case::good().decide().unwrap();
    assert_eq!(grant.seating, Seating::New);
    assert_eq!(grant.lease_ends_at, at("2026-03-31T12:00:00.250Z"));
    assert_eq!(grant.token_expires_at, at("2026-04-07T12:00:00.250Z"));
    assert_eq!(grant.hold_until, at("2026-04-07T12:05:00.250Z"));
    assert_eq!((grant.license_ends_at, grant.first_activation), (None, false));
}

#[test]
fn the_first_device_starts_the_validity_of_the_license() {
    let grant = Case::with(|case| {
        case.license.first_activated_at = None;
        case.license.terms.validity = Validity::FromFirstActivation(Span::days(14).into());
    })
    .decide()
    .unwrap();
    assert!(grant.first_activation);
    assert_eq!(grant.license_ends_at, Some(at("2026-03-15T12:00:00.250Z")));
    assert_eq!(grant.lease_ends_at, at("2026-03-15T12:00:00.250Z"), "the lease ends with the license");
}

#[test]
fn the_requested_lease_is_granted_within_the_bounds_of_the_policy() {
    // The default terms: 30 days, from one hour to 90 days.
    for (asked, granted) in [
        (None, Span::days(30)),
        (Some(Span::days(45)), Span::days(45)),
        (Some(Span::hours(1)), Span::hours(1)),
        (Some(Span::seconds(1)), Span::hours(1)),
        (Some(Span::days(91)), Span::days(90)),
        (Some(Span::seconds(u64::MAX)), Span::days(90)),
    ] {
        let case = Case::with(|case| case.request.lease = asked);
        assert_eq!(case.decide().unwrap().lease_ends_at, granted.after(case.now), "{asked:?}");
    }
}

#[test]
fn a_seat_is_new_kept_returned_or_readmitted() {
    let held = Case::good().with_a_seat();
    let seating = |change: fn(&mut DeviceFacts)| {
        let mut case = held.clone();
        change(case.device.as_mut().unwrap());
        case.decide().unwrap().seating
    };
    assert_eq!(Case::good().decide().unwrap().seating, Seating::New);
    assert_eq!(seating(|_| {}), Seating::Kept);
    assert_eq!(seating(|device| device.hold_until = at("2026-03-01T12:00:00.250Z")), Seating::Returned);
    assert_eq!(seating(|device| device.revoked = true), Seating::Readmitted);
}

#[test]
fn a_seat_is_held_until_the_longest_issued_token_ends() {
    let mut case = Case::good().with_a_seat();
    case.request.lease = Some(Span::hours(1));
    case.license.terms.grace = Span::ZERO;
    let grant = case.decide().unwrap();
    assert_eq!(grant.token_expires_at, Span::hours(1).after(case.now));
    assert_eq!(grant.hold_until, Span::days(10).after(case.now), "a shorter token does not invalidate the longer one");
}

#[test]
fn a_token_ends_after_it_begins_even_under_unchecked_terms() {
    let case = Case::with(|case| {
        let lease = &mut case.license.terms.lease;
        (lease.minimum, lease.default, lease.maximum) = (Span::ZERO, Span::ZERO, Span::ZERO);
        case.license.terms.grace = Span::ZERO;
    });
    assert_eq!(case.decide().unwrap().token_expires_at, Span::minutes(1).after(case.now));
}

#[test]
fn no_token_is_made_at_the_end_of_time() {
    for after_end in [AfterEnd::Stop, AfterEnd::KeepRunning] {
        for validity in [Validity::Perpetual, Validity::Until(DateTime::<Utc>::MAX_UTC)] {
            let mut case = Case::good();
            (case.license.terms.validity, case.license.terms.after_end) = (validity, after_end);
            for now in [LAST_MOMENT, DateTime::<Utc>::MAX_UTC] {
                assert_eq!(Case { now, ..case.clone() }.decided_by(), Some(Rule::NotEnded), "{now}");
            }
            let now = LAST_MOMENT - TimeDelta::seconds(1);
            assert_eq!(Case { now, ..case }.decide().unwrap().token_expires_at, LAST_MOMENT);
        }
    }
}

/// A random history of a license: up to eight devices that make requests at any time.
fn asked() -> impl Strategy<Value = Vec<(u8, i64, Option<Span>)>> {
    let lease = prop::option::of((1_u64..120).prop_map(Span::days));
    prop::collection::vec((0_u8..8, 0_i64..20 * 86_400, lease), 1..60)
}

proptest! {
    #[test]
    fn a_grant_never_passes_the_limit(case in strategy::granted()) {
        let grant = case.decide().unwrap();
        prop_assert_eq!(grant.takes_seat, !case.holds_seat());
        if let Some(allowed) = case.license.terms.allowed().filter(|_| grant.takes_seat) {
            prop_assert!(case.seats.used - grant.takes_over < allowed);
            prop_assert!(grant.takes_over <= case.seats.lapsed);
        }
    }

    #[test]
    fn a_lease_is_cut_to_the_policy_and_to_the_license(case in strategy::granted()) {
        let grant = case.decide().unwrap();
        let lease = case.license.terms.lease;
        let first = case.license.first_activated_at.unwrap_or(case.now);
        let end = ends_at(case.license.terms.validity, case.license.issued_at, Some(first));
        let end = if case.license.terms.after_end == AfterEnd::KeepRunning { None } else { end };
        prop_assert_eq!(grant.license_ends_at, end);
        let end = end.into_iter().chain(grant.trial_ends_at).min();
        let (least, most) = (lease.minimum.after(case.now), lease.maximum.after(case.now));
        prop_assert!(grant.lease_ends_at <= most);
        prop_assert!(grant.lease_ends_at >= least || Some(grant.lease_ends_at) == end);
        let wished = case.request.lease.unwrap_or(lease.default);
        if (lease.minimum..=lease.maximum).contains(&wished) {
            let whole = wished.after(case.now);
            prop_assert_eq!(grant.lease_ends_at, end.map_or(whole, |end| end.min(whole)));
        }
    }

    #[test]
    fn a_token_outlives_its_lease_but_never_its_license(case in strategy::granted()) {
        let grant = case.decide().unwrap();
        prop_assert!(case.now.timestamp() < grant.lease_ends_at.timestamp(), "exp is after iat, in a token's seconds");
        prop_assert!(grant.lease_ends_at <= grant.token_expires_at);
        let whole = case.license.terms.grace.after(grant.lease_ends_at);
        let end = grant.license_ends_at.into_iter().chain(grant.trial_ends_at).min();
        prop_assert_eq!(grant.token_expires_at, end.map_or(whole, |end| end.min(whole)));
    }

    #[test]
    fn a_hold_outlasts_every_token_and_never_shrinks_while_it_lasts(case in strategy::granted()) {
        let grant = case.decide().unwrap();
        prop_assert!(grant.hold_until >= SKEW.after(grant.token_expires_at));
        let earlier = case.device.as_ref().map(DeviceFacts::tokens_end_at);
        if let Some(device) = &case.device {
            prop_assert!(grant.hold_until >= device.hold_until);
        }
        prop_assert_eq!(grant.hold_until, SKEW.after(earlier.map_or(grant.token_expires_at, |end| end.max(grant.token_expires_at))));
    }

    #[test]
    fn damaged_facts_never_panic_and_never_pass_the_end_of_time(case in strategy::damaged()) {
        if let Ok(grant) = case.decide() {
            prop_assert!(grant.token_expires_at.timestamp() > case.now.timestamp(), "exp is after iat, whatever the clock");
            prop_assert!(grant.lease_ends_at <= LAST_MOMENT && grant.token_expires_at <= LAST_MOMENT);
            if let Some(device) = &case.device {
                let _ = is_repeat(&grant, device, &snapshot(), case.now);
            }
        }
    }

    #[test]
    fn never_more_valid_tokens_than_seats(seats in 1_u32..4, asked in asked()) {
        let mut case = Case::with(|case| case.license.terms.seats = Seats::Limited(seats));
        let mut devices = BTreeMap::<u8, DeviceFacts>::new();
        let mut longest = BTreeMap::<u8, DateTime<Utc>>::new();
        for (id, wait, lease) in asked {
            case.now += TimeDelta::seconds(wait);
            case.request.lease = lease;
            let used = u32::try_from(devices.values().filter(|device| device.holds_seat(case.now)).count()).unwrap();
            case.seats = SeatCount { used, ..SeatCount::default() };
            case.device = devices.get(&id).cloned();
            match case.decide() {
                Err(_) => prop_assert!(used >= seats && !case.holds_seat(), "no free seat is refused"),
                Ok(grant) => {
                    let until = longest.entry(id).or_insert(grant.token_expires_at);
                    *until = grant.token_expires_at.max(*until);
                    devices.insert(id, DeviceFacts {
                        lease_ends_at: grant.lease_ends_at,
                        token_expires_at: grant.token_expires_at,
                        hold_until: grant.hold_until,
                        revoked: false,
                        released: false,
                        checked_out: false,
                        last_seen_at: case.now,
                        snapshot: snapshot(),
                    });
                }
            }
            let running = longest.values().filter(|until| **until + TimeDelta::minutes(5) > case.now).count();
            prop_assert!(running <= seats as usize, "{} valid tokens on {} seats", running, seats);
        }
    }
}
