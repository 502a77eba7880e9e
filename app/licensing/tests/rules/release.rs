//! Releases and revocations of seats.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Refusal, Span, Terms,
    activation::{DeviceFacts, SKEW, Verdict},
    release::{By, KeptRelease, Past, ReleaseAct, Released, overlap, release},
    terms::{Holding, Release, Seats, Strictness, Transfers},
};
use proptest::{prelude::*, sample::select};

use crate::{
    activation::{snapshot, strategy},
    at,
};

fn now() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

/// A device with ten days left on its token.
fn device() -> DeviceFacts {
    DeviceFacts {
        lease_ends_at: now() + TimeDelta::days(3),
        token_expires_at: now() + TimeDelta::days(10),
        hold_until: now() + TimeDelta::days(10) + TimeDelta::minutes(5),
        revoked: false,
        released: false,
        checked_out: false,
        last_seen_at: now() - TimeDelta::days(27),
        snapshot: snapshot(),
    }
}

fn floating() -> Terms {
    Terms { holding: Holding::Floating, ..Terms::default() }
}

fn days_ago(days: &[i64]) -> Vec<DateTime<Utc>> {
    days.iter().map(|n| now() - TimeDelta::days(*n)).collect()
}

#[test]
fn a_lenient_seat_is_free_at_once_and_a_strict_one_cools_down() {
    for (strictness, hold_until) in [(Strictness::Lenient, now()), (Strictness::Strict, device().hold_until)] {
        let terms = Terms { strictness, ..floating() };
        for (by, act, is_transfer) in [
            (By::Device, ReleaseAct::Release, true),
            (By::Ticket, ReleaseAct::Release, true),
            (By::Support, ReleaseAct::Release, false),
            (By::Support, ReleaseAct::Revoke, false),
            (By::Device, ReleaseAct::CheckOut, false),
            (By::Support, ReleaseAct::CheckOut, false),
        ] {
            let released = release(&terms, &device(), Past::default(), by, act, now());
            let tokens_end_at = device().token_expires_at;
            assert_eq!(
                released,
                Ok(Released { hold_until, tokens_end_at, is_transfer }),
                "{strictness:?} {by:?} {act:?}"
            );
        }
    }
}

#[test]
fn only_floating_seats_are_checked_out() {
    for by in [By::Device, By::Ticket, By::Support] {
        let released = release(&Terms::default(), &device(), Past::default(), by, ReleaseAct::CheckOut, now());
        assert_eq!(released, Err(Refusal::ReleaseNotAllowed), "{by:?}");
    }
}

#[test]
fn only_support_revokes() {
    for by in [By::Device, By::Ticket] {
        let released = release(&floating(), &device(), Past::default(), by, ReleaseAct::Revoke, now());
        assert_eq!(released, Err(Refusal::ReleaseNotAllowed), "{by:?}");
    }
}

#[test]
fn a_device_releases_its_seat_where_the_terms_allow_it() {
    let twice = Release::Limited { times: 2, per: Span::days(30) };
    let again_at = |days: i64| {
        let next_at = now() - TimeDelta::days(days) + TimeDelta::days(30);
        Some(Refusal::TransferLimit { moves: 2, per: Span::days(30), next_at })
    };
    for (term, before, refusal) in [
        (Release::ByDevice, vec![1, 1, 1, 1, 1, 1], None),
        (Release::BySupport, vec![], Some(Refusal::ReleaseNotAllowed)),
        (twice, vec![], None),
        (twice, vec![1], None),
        (twice, vec![29, 1], again_at(29)),
        (twice, vec![1, 29], again_at(29)),
        (twice, vec![30, 1], None),
        (twice, vec![29, 20, 1], again_at(20)),
    ] {
        let terms = Terms { release: term, ..Terms::default() };
        let releases = days_ago(&before);
        let past = Past { releases: &releases, ..Past::default() };
        for by in [By::Device, By::Ticket] {
            let released = release(&terms, &device(), past, by, ReleaseAct::Release, now());
            assert_eq!(released.err(), refusal, "{term:?} {before:?} {by:?}");
        }
        for act in [ReleaseAct::Release, ReleaseAct::Revoke] {
            assert!(release(&terms, &device(), past, By::Support, act, now()).is_ok(), "support is never refused");
        }
    }
}

#[test]
fn a_check_out_does_not_need_the_right_to_release() {
    let terms = Terms {
        release: Release::BySupport,
        transfers: Transfers::Limited { moves: 1, per: Span::days(30) },
        ..floating()
    };
    let moves = days_ago(&[1, 2]);
    let past = Past { transfers: &moves, releases: &moves };
    assert!(release(&terms, &device(), past, By::Device, ReleaseAct::CheckOut, now()).is_ok());
}

#[test]
fn seats_transfer_five_times_in_thirty_days_by_default() {
    let moves = days_ago(&[29, 20, 10, 5, 1]);
    let refused = Err(Refusal::TransferLimit { moves: 5, per: Span::days(30), next_at: now() + TimeDelta::days(1) });
    let released = |terms: &Terms, moves: &[DateTime<Utc>], device: &DeviceFacts| {
        release(terms, device, Past { transfers: moves, releases: moves }, By::Device, ReleaseAct::Release, now())
    };
    assert_eq!(released(&Terms::default(), &moves, &device()), refused);
    assert!(released(&Terms::default(), &moves[1..], &device()).is_ok());
    let unlimited = Terms { transfers: Transfers::Unlimited, ..Terms::default() };
    assert!(released(&unlimited, &moves, &device()).unwrap().is_transfer, "it is counted nevertheless");
}

#[test]
fn releasing_a_seat_whose_tokens_have_ended_is_no_transfer() {
    let moves = days_ago(&[1, 1, 1, 1, 1]);
    let past = Past { transfers: &moves, releases: &moves };
    let mut over = device();
    (over.token_expires_at, over.hold_until) = (now(), SKEW.after(now()));
    let released = release(&Terms::default(), &over, past, By::Device, ReleaseAct::Release, now()).unwrap();
    assert!(!released.is_transfer);
    // A longer token was issued before the recorded one.
    over.hold_until += TimeDelta::seconds(1);
    assert!(release(&Terms::default(), &over, past, By::Device, ReleaseAct::Release, now()).is_err());
}

#[test]
fn transfers_dated_in_the_future_by_a_wrong_clock_count() {
    let moves = days_ago(&[-400, -1, 0, 1, 2]);
    let past = Past { transfers: &moves, ..Past::default() };
    let released = release(&Terms::default(), &device(), past, By::Device, ReleaseAct::Release, now());
    assert!(matches!(released, Err(Refusal::TransferLimit { .. })));
}

#[test]
fn an_ended_session_has_nothing_to_release() {
    for device in [DeviceFacts { revoked: true, ..device() }, DeviceFacts { released: true, ..device() }] {
        for by in [By::Device, By::Ticket, By::Support] {
            let released = release(&floating(), &device, Past::default(), by, ReleaseAct::Release, now());
            assert_eq!(released, Err(Refusal::SessionEnded));
        }
    }
}

#[test]
fn the_overlap_counts_every_released_token_that_is_still_valid() {
    let released = [-1, 0, 1, 5].map(|hours| now() + TimeDelta::hours(hours));
    let bound = overlap(&Terms::default(), &released, now()).unwrap();
    assert_eq!((bound.devices, bound.until), (2, released[3]));
    insta::assert_snapshot!(bound, @"could run on 2 devices more than allowed until 1 March 2026, 17:00 UTC");
    insta::assert_snapshot!(
        overlap(&Terms::default(), &released[..3], now()).unwrap(),
        @"could run on 1 device more than allowed until 1 March 2026, 13:00 UTC"
    );
    assert_eq!(overlap(&Terms::default(), &released[..2], now()), None);
    let unlimited = Terms { seats: Seats::Unlimited, ..Terms::default() };
    let strict = Terms { strictness: Strictness::Strict, ..Terms::default() };
    assert_eq!((overlap(&unlimited, &released, now()), overlap(&strict, &released, now())), (None, None));
}

proptest! {
    #[test]
    fn a_strict_seat_counts_until_its_last_token_ends(
        terms in strategy::terms(), mut device in strategy::device(), by in 0..3, act in 0..3,
    ) {
        device.hold_until = device.hold_until.max(SKEW.after(device.token_expires_at));
        let by = [By::Device, By::Ticket, By::Support][usize::try_from(by).unwrap()];
        let act = [ReleaseAct::Release, ReleaseAct::CheckOut, ReleaseAct::Revoke][usize::try_from(act).unwrap()];
        if let Ok(released) = release(&terms, &device, Past::default(), by, act, now()) {
            prop_assert!(released.hold_until <= device.hold_until, "no act extends a hold");
            prop_assert!(SKEW.after(released.tokens_end_at) == device.hold_until, "every issued token is accounted for");
            match terms.strictness {
                Strictness::Strict => prop_assert_eq!(released.hold_until, device.hold_until),
                Strictness::Lenient => prop_assert!(released.hold_until <= now()),
            }
        }
    }

    #[test]
    fn no_period_has_more_transfers_than_the_terms_allow(
        most in 1_u32..4, days in 1_i64..40, gaps in prop::collection::vec(0_i64..20, 1..60),
    ) {
        let per = Span::days(days.unsigned_abs());
        let terms = Terms { transfers: Transfers::Limited { moves: most, per }, ..Terms::default() };
        let (mut at, mut moves) = (now(), Vec::new());
        for gap in gaps {
            at += TimeDelta::days(gap);
            let held = DeviceFacts { token_expires_at: at + TimeDelta::days(1), hold_until: at + TimeDelta::days(1), ..device() };
            match release(&terms, &held, Past { transfers: &moves, releases: &[] }, By::Device, ReleaseAct::Release, at) {
                Ok(released) => {
                    prop_assert!(released.is_transfer);
                    moves.push(at);
                }
                Err(Refusal::TransferLimit { next_at, .. }) => {
                    prop_assert!(next_at > at);
                    let past = Past { transfers: &moves, releases: &[] };
                    let later = DeviceFacts { token_expires_at: next_at + TimeDelta::days(1), ..held };
                    prop_assert!(release(&terms, &later, past, By::Device, ReleaseAct::Release, next_at).is_ok());
                }
                Err(other) => prop_assert!(false, "{:?}", other),
            }
            let recent = moves.iter().filter(|moved| **moved + TimeDelta::days(days) > at).count();
            prop_assert!(recent <= most as usize);
        }
    }
}

proptest! {
    #[test]
    fn the_explanation_of_a_refused_release_matches_the_decision(
        (terms, by, act) in (
            strategy::terms(),
            select(vec![By::Device, By::Ticket]),
            select(vec![ReleaseAct::Release, ReleaseAct::CheckOut, ReleaseAct::Revoke]),
        ),
        (over, hours) in (any::<bool>(), -300_i64..300),
        ago in proptest::collection::vec(0_i64..400, 0..6),
    ) {
        let mut device = device();
        device.released = over;
        device.token_expires_at = now() + TimeDelta::hours(hours);
        device.hold_until = SKEW.after(device.token_expires_at);
        let times = days_ago(&ago);
        let past = Past { releases: &times, transfers: &times };
        if let Err(refusal) = release(&terms, &device, past, by, act, now()) {
            let kept = KeptRelease::of(&terms, &device, past, by, act, now());
            let kept: KeptRelease = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
            let steps = kept.explain(&refusal);
            let first = steps.iter().find_map(|step| match &step.verdict {
                Verdict::Failed(refusal) => Some(refusal.clone()),
                Verdict::Passed | Verdict::NotAsked => None,
            });
            prop_assert_eq!(first, Some(refusal));
        }
    }
}
