//! An untrusted clock: nothing is issued, nothing is deleted, and no seat is given to another device.

use licensing::{Refusal, Span, Terms, terms::Strictness};
use service::{Error, Service, Trust, store::Store};
use testing::{Database, contract};

use crate::test_service::{ISSUER, TestService, asking, assert_err, lease, refusal, seats};

/// One seat, a lease of one hour, and one hour of grace.
fn short() -> Terms {
    Terms { lease: lease(Span::hours(1)), grace: Span::hours(1), ..seats(1) }
}

/// The same service after a restart: a new process whose clock shows the same time but has no history.
async fn after_a_restart(db: &Database, fixture: &TestService) -> Service {
    let clock = service::Clock::fixed(fixture.clock.now());
    let store = Store::open(db.url()).await.unwrap();
    Service::open(store, &fixture.key, clock, ISSUER.to_owned()).await.unwrap()
}

contract!(an_ended_seat_is_not_held_again_when_the_clock_is_set_back, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(short()).await;
    fixture.activate(&code, "one").await.unwrap();
    fixture.clock.advance(2 * 3600 + 300);
    fixture.activate(&code, "two").await.unwrap();
    fixture.clock.advance(-300);
    let Refusal::SeatLimit { used: 1, .. } = refusal(fixture.activate(&code, "one").await) else { panic!() };
    assert_eq!(fixture.seats(&license).await, 1);
});

contract!(nothing_is_issued_under_a_clock_that_was_set_back_and_reads_continue, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(short()).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    fixture.clock.advance(-301);
    assert_err!(fixture.activate(&code, "one").await, Error::Unavailable);
    fixture.clock.advance(2);
    let session = fixture.service.activations().session(&token).await.unwrap();
    assert!(
        fixture.service.activations().renew(&session, Default::default()).await.is_ok(),
        "five minutes are tolerated"
    );
    fixture.clock.advance(-10);
    assert_err!(fixture.activate(&code, "two").await, Error::Unavailable);
    assert_eq!(fixture.seats(&license).await, 1);
    fixture.service.devices().revoke_activation(session.id, "lost", &fixture.actor).await.unwrap();
});

contract!(a_leap_frees_no_seat_and_the_mark_does_not_follow_it, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(Terms { strictness: Strictness::Strict, ..short() }).await;
    fixture.activate(&code, "one").await.unwrap();
    let marked = fixture.service.store().read().await.unwrap().on().clock_mark().await.unwrap().unwrap();
    fixture.clock.leap(30 * 86_400);
    assert!(matches!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Ahead(_)));
    assert_err!(fixture.activate(&code, "two").await, Error::Unavailable);
    let mark = fixture.service.store().read().await.unwrap().on().clock_mark().await.unwrap().unwrap();
    assert_eq!((mark.mark, mark.doubted_at), (marked.mark, Some(fixture.clock.now())));
    let again = after_a_restart(db, &fixture).await;
    assert!(matches!(again.timekeeper().trust(), Trust::Ahead(_)), "a restart is no confirmation");
    again.close().await;

    fixture.clock.leap(-30 * 86_400);
    assert_eq!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Good);
    let Refusal::SeatLimit { .. } = refusal(fixture.activate(&code, "two").await) else { panic!() };
});

contract!(an_owner_confirms_a_leap_for_every_instance, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(short()).await;
    fixture.clock.leap(30 * 86_400);
    assert!(matches!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Ahead(_)));
    let owner = after_a_restart(db, &fixture).await;
    owner.timekeeper().confirm_time(&fixture.actor).await.unwrap();
    owner.close().await;
    assert_eq!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Good);
    fixture.activate(&code, "one").await.unwrap();
    assert_eq!(fixture.events_of("clock.confirmed").await.len(), 1);
});

contract!(a_long_downtime_is_no_false_alarm_but_a_dead_clock_battery_is_noticed, async |db| {
    let fixture = TestService::open(db).await;
    fixture.clock.advance(200 * 86_400);
    assert_eq!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Good);
    fixture.clock.leap(300 * 86_400);
    let rested = after_a_restart(db, &fixture).await;
    assert_eq!(rested.timekeeper().trust(), Trust::Good, "it may have been off for that long");
    rested.close().await;
    fixture.clock.leap(-400 * 86_400);
    let lost = after_a_restart(db, &fixture).await;
    assert!(matches!(lost.timekeeper().trust(), Trust::Behind(_)));
    lost.close().await;
    assert!(matches!(fixture.service.timekeeper().trust(), Trust::Behind(_)));
});

contract!(the_clock_mark_moves_once_a_minute_and_at_shutdown, async |db| {
    let fixture = TestService::open(db).await;
    let second_instance = Store::open(db.url()).await.unwrap();
    let mark = async || second_instance.read().await.unwrap().on().clock_mark().await.unwrap().unwrap().mark;
    let began = fixture.clock.now();
    assert_eq!(mark().await, began);
    for (passes, moved) in [(59, 0), (1, 60), (30, 60)] {
        fixture.clock.advance(passes);
        fixture.service.timekeeper().keep_time().await.unwrap();
        assert_eq!(mark().await, began + chrono::TimeDelta::seconds(moved));
    }
    fixture.service.close().await;
    assert_eq!(mark().await, began + chrono::TimeDelta::seconds(90));
    second_instance.close().await;
});

contract!(a_device_revoked_while_the_clock_is_ahead_is_still_listed_after_the_correction, async |db| {
    let fixture = TestService::open(db).await;
    for leap in [86_400, 30 * 86_400] {
        let (_, _, code) = fixture.licensed(short()).await;
        let one = fixture.activate(&code, "one").await.unwrap();
        fixture.clock.leap(leap);
        fixture.service.timekeeper().trust();
        fixture.service.devices().revoke_activation(one.session_id, "stolen", &fixture.actor).await.unwrap();
        fixture.clock.leap(-leap);
        let place = one.place.unwrap();
        let text = db.read().await.unwrap().on().statuses(place.list, fixture.clock.now()).await.unwrap();
        assert!(text.iter().any(|text| text.status_index == place.index), "after a leap of {leap} seconds");
        // Let the tolerated leap pass completely before the next one.
        fixture.clock.advance(86_401);
    }
});

contract!(a_revocation_is_published_while_the_clock_stands_still, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(short()).await;
    let one = fixture.activate(&code, "one").await.unwrap();
    let list = one.place.unwrap().list;
    let before = fixture.service.keys().status_list(list).await.unwrap();
    fixture.clock.advance(-200);
    fixture.service.devices().revoke_activation(one.session_id, "stolen", &fixture.actor).await.unwrap();
    fixture.clock.advance(2);
    assert_eq!(fixture.clock.now(), before.at, "the clock has not moved yet");
    let after = fixture.service.keys().status_list(list).await.unwrap();
    assert_ne!(after.token, before.token);
});
