//! Renewals and check-ins.

use licensing::{
    Refusal, Span,
    activation::{DeviceFacts, Purpose, Rule, Seating},
    license::State,
    product::Lifecycle,
    terms::{EmailTerm, Holding, Validity, Versions},
};

use super::{Case, Spoil};
use crate::{range, version};

const BOTH: [Purpose; 2] = [Purpose::Renew, Purpose::CheckIn];

#[test]
fn an_ended_session_is_not_found() {
    let ends: [Spoil; 3] = [
        |case| case.device.as_mut().unwrap().revoked = true,
        |case| case.device.as_mut().unwrap().released = true,
        |case| case.device = None,
    ];
    for (purpose, end) in BOTH.into_iter().flat_map(|purpose| ends.map(|end| (purpose, end))) {
        let mut case = Case::session(purpose);
        assert_eq!(case.decided_by(), None);
        end(&mut case);
        let refused = case.decide().unwrap_err();
        assert_eq!((refused.rule, refused.refusal.clone()), (Rule::SessionAlive, Refusal::SessionEnded));
        assert_eq!(refused.refusal.code(), "session_not_found");
        case.request.purpose = Purpose::Activate;
        assert_eq!(case.decided_by(), None, "with the code it may activate again");
    }
}

#[test]
fn a_session_needs_no_address_again() {
    for (purpose, email) in BOTH.into_iter().flat_map(|p| [EmailTerm::Required, EmailTerm::MustMatch].map(|e| (p, e))) {
        let mut case = Case::session(purpose);
        case.license.terms.email = email;
        assert_eq!(case.decided_by(), None, "{purpose:?} {email:?}");
    }
}

#[test]
fn a_renewal_is_refused_where_the_license_no_longer_allows_it() {
    let spoils: [(Rule, Spoil); 5] = [
        (Rule::NotEnded, |case| case.license.terms.validity = Validity::Until(case.now)),
        (Rule::ProductAvailable, |case| case.license.lifecycle = Lifecycle::Withdrawn),
        (Rule::NotRevoked, |case| case.license.state = State::Revoked),
        (Rule::NotSuspended, |case| case.license.state = State::Suspended),
        (Rule::VersionCovered, |case| {
            case.license.terms.versions = Versions::Range(range("<3"));
            case.request.version = Some(version("3.0.0"));
        }),
    ];
    for (purpose, (rule, spoil)) in BOTH.into_iter().flat_map(|purpose| spoils.map(|spoil| (purpose, spoil))) {
        let mut case = Case::session(purpose);
        spoil(&mut case);
        assert_eq!(case.decided_by(), Some(rule), "{purpose:?}");
    }
}

/// A session of a full license, its device changed by `change`.
fn full(change: fn(&mut DeviceFacts, &Case)) -> Case {
    let mut case = Case::session(Purpose::CheckIn);
    case.license.terms.holding = Holding::Floating;
    case.seats.used = 3;
    let mut device = case.device.clone().unwrap();
    change(&mut device, &case);
    case.device = Some(device);
    case
}

#[test]
fn a_checked_out_device_takes_a_seat_again_if_one_is_free() {
    let mut case = full(|device, case| (device.checked_out, device.hold_until) = (true, case.now));
    assert_eq!(case.decided_by(), Some(Rule::SeatFree));
    case.seats.used = 2;
    let grant = case.decide().unwrap();
    assert_eq!((grant.seating, grant.takes_seat), (Seating::Returned, true));
}

#[test]
fn a_seat_that_cools_down_still_belongs_to_its_device() {
    let checked_out = full(|device, _| device.checked_out = true);
    let grant = checked_out.decide().unwrap();
    assert_eq!((grant.seating, grant.takes_seat), (Seating::Kept, false));
    let mut released = full(|device, _| device.released = true);
    released.request.purpose = Purpose::Activate;
    let grant = released.decide().unwrap();
    assert_eq!((grant.seating, grant.takes_seat), (Seating::Readmitted, false), "a new session on the old seat");
}

#[test]
fn a_returned_seat_is_held_until_the_earlier_tokens_end() {
    let long = |change: fn(&mut DeviceFacts)| {
        let mut case = Case::good().with_a_seat();
        case.request.lease = Some(Span::hours(1));
        case.license.terms.grace = Span::ZERO;
        let device = case.device.as_mut().unwrap();
        (device.hold_until, device.token_expires_at) = (case.now, Span::days(30).after(case.now));
        change(device);
        (case.decide().unwrap().hold_until, Span::minutes(5).after(Span::days(30).after(case.now)))
    };
    let ways: [fn(&mut DeviceFacts); 3] = [|d| d.checked_out = true, |d| d.released = true, |d| d.revoked = true];
    for change in ways {
        let (held, tokens) = long(change);
        assert_eq!(held, tokens);
    }
}

#[test]
fn a_floating_seat_checks_in_at_half_of_its_lease() {
    let mut case = Case::good();
    assert_eq!(case.decide().unwrap().next_check_in_after, None, "a fixed seat has no check-ins");
    case.license.terms.holding = Holding::Floating;
    case.request.lease = Some(Span::hours(8));
    assert_eq!(case.decide().unwrap().next_check_in_after, Some(Span::hours(4).after(case.now)));
}
