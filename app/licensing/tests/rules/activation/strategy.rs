//! Random facts.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Span, Terms,
    activation::{DeviceFacts, LicenseFacts, Request, SeatCount},
    license::State,
    product::Lifecycle,
    terms::{EmailTerm, Lease, Reactivation, Release, Seats, Validity, Versions},
};
use proptest::{option, prelude::*, sample::select};

use super::{Case, snapshot};
use crate::{at, email, range, version};

/// A moment within two years of the test's `now`, to the microsecond.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    const YEARS: i64 = 2 * 366 * 86_400 * 1_000_000;
    (-YEARS..YEARS).prop_map(|us| Case::good().now + TimeDelta::microseconds(us))
}

/// Mostly hours and days, now and then a century.
fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => (60_u64..100 * 86_400).prop_map(Span::seconds),
        1 => (60_u64..=36_525 * 86_400).prop_map(Span::seconds),
    ]
}

fn validity() -> impl Strategy<Value = Validity> {
    prop_oneof![
        Just(Validity::Perpetual),
        moment().prop_map(Validity::Until),
        span().prop_map(Validity::FromIssue),
        span().prop_map(Validity::FromFirstActivation),
    ]
}

/// Terms that pass their own check.
fn terms() -> impl Strategy<Value = Terms> {
    let seats = prop_oneof![(1_u32..6).prop_map(Seats::Limited), Just(Seats::Unlimited)];
    let lease = [span(), span(), span()].prop_map(|mut lengths| {
        lengths.sort();
        let [minimum, default, maximum] = lengths;
        Lease { default, minimum, maximum }
    });
    let grace = prop_oneof![Just(Span::ZERO), span()];
    let email = select(vec![EmailTerm::NotAsked, EmailTerm::Required, EmailTerm::MustMatch]);
    let versions = select(vec![Versions::Any, Versions::Range(range("<3"))]);
    let again = select(vec![Reactivation::SameSeat, Reactivation::Refuse]);
    (seats, lease, grace, validity(), email, versions, again).prop_map(
        |(seats, lease, grace, validity, email, versions, reactivation)| {
            let terms =
                Terms { seats, lease, grace, validity, email, versions, reactivation, release: Release::ByDevice };
            assert_eq!(terms.check(), Ok(()));
            terms
        },
    )
}

fn device() -> impl Strategy<Value = DeviceFacts> {
    (moment(), moment(), moment(), any::<bool>(), moment()).prop_map(
        |(lease_ends_at, token_expires_at, hold_until, revoked, last_seen_at)| DeviceFacts {
            lease_ends_at,
            token_expires_at,
            hold_until,
            revoked,
            last_seen_at,
            snapshot: snapshot(),
        },
    )
}

fn license() -> impl Strategy<Value = LicenseFacts> {
    let state = prop_oneof![8 => Just(State::Active), 1 => Just(State::Suspended), 1 => Just(State::Revoked)];
    let lifecycle = prop_oneof![8 => Just(Lifecycle::Active), 1 => Just(Lifecycle::Withdrawn)];
    let address = select(vec![None, Some(email("ada@example.com"))]);
    (lifecycle, state, terms(), address, moment(), option::of(moment())).prop_map(
        |(lifecycle, state, terms, email, issued_at, first_activated_at)| LicenseFacts {
            lifecycle,
            state,
            terms,
            email,
            issued_at,
            first_activated_at,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let address = select(vec![None, Some(email("ada@example.com")), Some(email("eve@example.com"))]);
    let version = select(vec![None, Some(version("2.1.0")), Some(version("3.0.0"))]);
    (address, option::of(any::<u64>().prop_map(Span::seconds).boxed().prop_union(span().boxed())), version)
        .prop_map(|(email, lease, version)| Request { email, lease, version })
}

/// Any facts under terms that pass their check.
pub(super) fn case() -> impl Strategy<Value = Case> {
    (license(), option::of(device()), 0_u32..7, request(), moment()).prop_map(
        |(license, device, used, request, now)| Case {
            license,
            device,
            seats: SeatCount { used, next_at: None },
            request,
            now,
        },
    )
}

/// Facts that let the device in.
pub(super) fn granted() -> impl Strategy<Value = Case> {
    case().prop_filter("is let in", |case| case.decide().is_ok())
}

/// Facts as a damaged database might give them: lengths of any size, in any order, dates at the ends of time.
pub(super) fn damaged() -> impl Strategy<Value = Case> {
    let far = || {
        select(vec![at("-9999-01-01T00:00:00Z"), DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, Case::good().now])
    };
    let lengths = any::<[u64; 5]>().prop_map(|lengths| lengths.map(Span::seconds));
    (case(), lengths, [far(), far(), far(), far()], 0..3).prop_map(|(mut case, lengths, moments, validity)| {
        let [default, minimum, maximum, grace, period] = lengths;
        let terms = &mut case.license.terms;
        (terms.lease, terms.grace) = (Lease { default, minimum, maximum }, grace);
        terms.validity = match validity {
            0 => Validity::Until(moments[0]),
            1 => Validity::FromIssue(period),
            _ => Validity::FromFirstActivation(period),
        };
        case.license.issued_at = moments[1];
        case.now = moments[2];
        if let Some(device) = &mut case.device {
            (device.lease_ends_at, device.token_expires_at) = (moments[3], moments[0]);
            (device.hold_until, device.last_seen_at) = (moments[1], moments[3]);
        }
        case
    })
}
