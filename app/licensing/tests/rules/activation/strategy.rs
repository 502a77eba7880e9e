//! Random facts.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Period, Span, Terms,
    activation::{BlockScope, DeviceFacts, LicenseFacts, Purpose, Request, SeatCount},
    feature::FeatureValues,
    license::State,
    product::{Lifecycle, ProductVersion},
    terms::{
        AfterEnd, Devices, EmailTerm, Holding, Identity, LONGEST_MONTHS, Lease, Maintenance, Overage, Reactivation,
        Release, Seats, SignIn, Strictness, Transfers, Trial, Validity, Versions, WhenFull,
    },
};
use proptest::{option, prelude::*, sample::select};

use super::{Case, people::person, snapshot};
use crate::{at, email, range, version};

/// A time within two years of the test's `now`, to the microsecond.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    const YEARS: i64 = 2 * 366 * 86_400 * 1_000_000;
    (-YEARS..YEARS).prop_map(|us| Case::good().now + TimeDelta::microseconds(us))
}

/// Mostly hours and days, sometimes a century.
fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => (60_u64..100 * 86_400).prop_map(Span::seconds),
        1 => (60_u64..=36_525 * 86_400).prop_map(Span::seconds),
    ]
}

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![2 => span().prop_map(Period::Span), 1 => (1_u32..=LONGEST_MONTHS).prop_map(Period::Months)]
}

fn validity() -> impl Strategy<Value = Validity> {
    prop_oneof![
        Just(Validity::Perpetual),
        moment().prop_map(Validity::Until),
        period().prop_map(Validity::FromIssue),
        period().prop_map(Validity::FromFirstActivation),
    ]
}

fn lease() -> impl Strategy<Value = Lease> {
    [span(), span(), span()].prop_map(|mut lengths| {
        lengths.sort();
        let [minimum, default, maximum] = lengths;
        Lease { default, minimum, maximum }
    })
}

fn seats() -> impl Strategy<Value = (Seats, Overage, Holding, WhenFull)> {
    let seats = prop_oneof![(1_u32..6).prop_map(Seats::Limited), Just(Seats::Unlimited)];
    let overage =
        prop_oneof![Just(Overage::None), (1_u32..3).prop_map(Overage::Seats), (1_u32..90).prop_map(Overage::Percent)];
    (seats, overage, select(vec![Holding::Fixed, Holding::Floating]), any::<bool>()).prop_map(
        |(seats, overage, holding, take_over)| {
            let overage = if seats == Seats::Unlimited { Overage::None } else { overage };
            let take_over = take_over && holding == Holding::Floating;
            (seats, overage, holding, if take_over { WhenFull::TakeOver } else { WhenFull::Refuse })
        },
    )
}

fn who() -> impl Strategy<Value = (EmailTerm, SignIn, Devices, Identity)> {
    (
        select(vec![EmailTerm::NotAsked, EmailTerm::Required, EmailTerm::MustMatch]),
        prop_oneof![
            4 => Just(SignIn::NotAsked),
            1 => select(vec![
                SignIn::Required,
                SignIn::VerifiedEmail,
                SignIn::Domain("example.com".to_owned()),
                SignIn::Role("studio".to_owned()),
            ]),
        ],
        select(vec![Devices::Any, Devices::Authorized]),
        select(vec![Identity::License, Identity::Policy, Identity::Product]),
    )
}

/// Terms that pass their own check.
pub(crate) fn terms() -> impl Strategy<Value = Terms> {
    let grace = prop_oneof![Just(Span::ZERO), span()];
    let versions = select(vec![Versions::Any, Versions::Range(range("<3"))]);
    let maintenance = prop_oneof![
        2 => Just(Maintenance::Always),
        1 => moment().prop_map(Maintenance::Until),
        1 => period().prop_map(Maintenance::FromIssue),
    ];
    let again = select(vec![Reactivation::SameSeat, Reactivation::Refuse]);
    let release = prop_oneof![
        Just(Release::ByDevice),
        Just(Release::BySupport),
        (1_u32..4, span()).prop_map(|(times, per)| Release::Limited { times, per }),
    ];
    let transfers = prop_oneof![
        Just(Transfers::Unlimited),
        (1_u32..4, span()).prop_map(|(moves, per)| Transfers::Limited { moves, per }),
    ];
    let end = (validity(), any::<bool>(), option::weighted(0.2, span()));
    (seats(), lease(), grace, end, who(), versions, maintenance, again, release, transfers, any::<bool>()).prop_map(
        |(seats, lease, grace, end, who, versions, maintenance, reactivation, release, transfers, strict)| {
            let (seats, overage, holding, when_full) = seats;
            let (email, sign_in, devices, identity) = who;
            let (validity, keeps, trial) = end;
            let keeps = keeps && validity != Validity::Perpetual && trial.is_none();
            let strict = strict && when_full == WhenFull::Refuse;
            let trial = trial.map(|lasts| Trial { lasts: lasts.max(lease.minimum), features: FeatureValues::new() });
            let terms = Terms {
                seats,
                holding,
                when_full,
                overage,
                lease,
                grace,
                validity,
                after_end: if keeps { AfterEnd::KeepRunning } else { AfterEnd::Stop },
                trial,
                features: FeatureValues::new(),
                grace_features: FeatureValues::new(),
                email,
                sign_in,
                devices,
                identity,
                versions,
                maintenance,
                reactivation,
                release,
                transfers,
                strictness: if strict { Strictness::Strict } else { Strictness::Lenient },
            };
            assert_eq!(terms.check(), Ok(()));
            terms
        },
    )
}

pub(crate) fn device() -> impl Strategy<Value = DeviceFacts> {
    let end = || prop_oneof![6 => Just(false), 1 => Just(true)];
    ([moment(), moment(), moment(), moment()], end(), end(), end()).prop_map(
        |([lease_ends_at, token_expires_at, hold_until, last_seen_at], revoked, released, checked_out)| DeviceFacts {
            lease_ends_at,
            token_expires_at,
            hold_until,
            revoked,
            released,
            checked_out,
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
    let purpose = select(vec![Purpose::Activate, Purpose::Activate, Purpose::Renew, Purpose::CheckIn]);
    let address = || select(vec![None, Some(email("ada@example.com")), Some(email("eve@example.org"))]);
    let person = (address(), select(vec![vec![], vec!["studio"]])).prop_map(|(email, roles)| person(email, &roles));
    let version = select(vec![None, Some(version("2.1.0")), Some(version("3.0.0"))]);
    let lease = option::of(any::<u64>().prop_map(Span::seconds).boxed().prop_union(span().boxed()));
    (purpose, address(), option::of(person), lease, version)
        .prop_map(|(purpose, email, person, lease, version)| Request { purpose, email, person, lease, version })
}

fn versions() -> impl Strategy<Value = Vec<ProductVersion>> {
    let version = select(vec!["1.0.0", "2.0.0", "2.1.0", "3.0.0-beta.1", "3.0.0"]).prop_map(version);
    let release = (version, moment()).prop_map(|(version, released_at)| ProductVersion { version, released_at });
    prop::collection::vec(release, 0..4)
}

/// Any facts under terms that pass their check.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let seats =
        (0_u32..7, 0_u32..4).prop_map(|(used, lapsed)| SeatCount { used, next_at: None, lapsed: lapsed.min(used) });
    let blocked = prop_oneof![9 => Just(None), 1 => select(BlockScope::ALL.to_vec()).prop_map(Some)];
    let fingerprint = (any::<bool>(), blocked, any::<bool>(), option::of(moment()));
    (license(), option::of(device()), seats, fingerprint, versions(), request(), moment()).prop_map(
        |(license, device, seats, (authorized, blocked, elsewhere, trial_began_at), versions, request, now)| Case {
            license,
            device,
            seats,
            authorized,
            blocked,
            elsewhere,
            trial_began_at,
            versions,
            request,
            now,
        },
    )
}

/// Facts that lead to a grant.
pub(super) fn granted() -> impl Strategy<Value = Case> {
    case().prop_filter("is let in", |case| case.decide().is_ok())
}

/// Facts as from a damaged database: lengths of any size, times in any order and at the ends of the range.
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
            1 => Validity::FromIssue(period.into()),
            _ => Validity::FromFirstActivation(period.into()),
        };
        case.license.issued_at = moments[1];
        case.now = moments[2];
        if let Some(trial) = &mut case.license.terms.trial {
            trial.lasts = grace;
        }
        if let Some(device) = &mut case.device {
            (device.lease_ends_at, device.token_expires_at) = (moments[3], moments[0]);
            (device.hold_until, device.last_seen_at) = (moments[1], moments[3]);
        }
        case
    })
}
