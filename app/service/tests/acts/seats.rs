//! Seats: never oversold, never wrongly refused.

use licensing::{Overrides, Refusal, Span, Terms, terms::Seats};
use service::{Activated, Error, LicenseForm, PolicyForm};
use testing::contract;

use crate::test_service::{TestService, asking, lease, refusal, seats};

/// Activates this many devices concurrently. Returns the result of each.
async fn rush(
    fixture: &TestService,
    code: &licensing::ActivationCode,
    devices: usize,
) -> Vec<service::Result<Activated>> {
    let asked: Vec<_> = (0..devices)
        .map(|n| {
            let (service, asking) = (fixture.service.clone(), asking(code, &format!("device {n}")));
            tokio::spawn(async move { service.activations().activate(asking).await.map(|(activated, _)| activated) })
        })
        .collect();
    let mut given = vec![];
    for one in asked {
        given.push(one.await.unwrap());
    }
    given
}

contract!(of_many_concurrent_devices_exactly_as_many_as_there_are_seats_are_granted, async |db| {
    let fixture = TestService::open(db).await;
    for free in [1, 5, 40] {
        let (_, license, code) = fixture.licensed(seats(free)).await;
        let (granted, refused): (Vec<_>, Vec<_>) = rush(&fixture, &code, 64).await.into_iter().partition(Result::is_ok);
        assert_eq!(granted.len(), free as usize);
        assert_eq!(fixture.seats(&license).await, i64::from(free));
        for no in refused {
            let Refusal::SeatLimit { used, allowed, next_at } = refusal(no) else { panic!("another refusal") };
            assert_eq!((used, allowed), (free, free));
            assert!(next_at.is_some());
        }
    }
    let granted = fixture.events_of("device.activated").await.len();
    assert_eq!(granted, 46, "one event for each grant");
    assert_eq!(
        db.number("SELECT COUNT(*) FROM decisions WHERE outcome = 'granted'").await,
        46,
        "one decision for each grant"
    );
});

contract!(one_device_with_thirty_two_concurrent_requests_has_one_seat_and_one_session, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(2)).await;
    let asked: Vec<_> = (0..32)
        .map(|_| {
            let (service, asking) = (fixture.service.clone(), asking(&code, "the device"));
            tokio::spawn(async move { service.activations().activate(asking).await.unwrap() })
        })
        .collect();
    let mut given = vec![];
    for one in asked {
        given.push(one.await.unwrap());
    }
    let first = &given[0].0;
    assert!(given.iter().all(|(a, _)| (a.session_id, a.decision) == (first.session_id, first.decision)));
    let tokens: std::collections::HashSet<_> = given.iter().map(|(_, token)| token).collect();
    assert_eq!(tokens.len(), 32, "each request gets its own token");
    assert_eq!(fixture.seats(&license).await, 1);
    assert_eq!(fixture.events_of("device.activated").await.len(), 1);
});

contract!(an_unlimited_license_refuses_no_device, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(Terms { seats: Seats::Unlimited, ..Terms::default() }).await;
    assert!(rush(&fixture, &code, 40).await.iter().all(Result::is_ok));
    assert_eq!(fixture.seats(&license).await, 40);
});

contract!(a_seat_is_free_only_after_its_last_token_and_the_skew, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { lease: lease(Span::hours(1)), grace: Span::hours(2), ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    fixture.clock.advance(3 * 3600 + 300 - 1);
    let Refusal::SeatLimit { next_at, .. } = refusal(fixture.activate(&code, "two").await) else { panic!() };
    assert_eq!(next_at, Some(first.token_expires_at + chrono::TimeDelta::minutes(5)));
    fixture.clock.advance(1);
    assert_eq!(fixture.seats(&license).await, 0);
    fixture.activate(&code, "two").await.unwrap();
    assert_eq!(refusal(fixture.activate(&code, "one").await).code(), "seat_limit");
});

contract!(a_device_whose_hold_ended_returns_to_its_session, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { lease: lease(Span::hours(1)), grace: Span::ZERO, ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    fixture.clock.advance(30 * 86_400);
    assert_eq!(fixture.seats(&license).await, 0);
    let second = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(first.session_id, second.session_id);
    let [device] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!((device.activated_at, device.last_seen_at), (first.at, second.at));
    assert_eq!(fixture.events_of("device.activated").await.len(), 2);
});

contract!(a_shorter_lease_keeps_the_seat_until_the_longer_token_ends, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let long = fixture.activate(&code, "one").await.unwrap();
    fixture.clock.advance(3600);
    let mut shorter = asking(&code, "one");
    shorter.request.lease = Some(Span::hours(1));
    let (short, _) = fixture.service.activations().activate(shorter).await.unwrap();
    assert!(short.token_expires_at < long.token_expires_at);
    let [device] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!(device.hold_until, long.token_expires_at + chrono::TimeDelta::minutes(5));
    assert_eq!(device.token_expires_at, short.token_expires_at);
});

contract!(lowering_the_limit_takes_no_seat_and_admits_no_new_device, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(3)).await;
    for device in ["one", "two", "three"] {
        fixture.activate(&code, device).await.unwrap();
    }
    let form = PolicyForm { name: policy.name, terms: seats(1) };
    fixture.service.licenses().change_policy(policy.id, form, &fixture.actor).await.unwrap();
    assert_eq!(fixture.seats(&license).await, 3);
    fixture.clock.advance(86_400);
    fixture.activate(&code, "three").await.unwrap();
    let no = refusal(fixture.activate(&code, "four").await);
    assert!(matches!(no, Refusal::SeatLimit { used: 3, allowed: 1, .. }), "{no:?}");

    let overrides = Overrides { seats: Some(Seats::Limited(4)), ..Overrides::default() };
    let form = LicenseForm { overrides, ..LicenseForm::default() };
    fixture.service.licenses().change_license(license.id, form, &fixture.actor).await.unwrap();
    fixture.activate(&code, "four").await.unwrap();
});

contract!(a_limit_lowered_during_a_rush_is_never_exceeded_afterwards, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(40)).await;
    let overrides = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
    let form = LicenseForm { overrides, ..LicenseForm::default() };
    let lower = fixture.service.licenses().change_license(license.id, form, &fixture.actor);
    let (given, lowered) = tokio::join!(rush(&fixture, &code, 64), lower);
    lowered.unwrap();
    let granted = given.iter().filter(|given| given.is_ok()).count();
    assert_eq!(fixture.seats(&license).await, i64::try_from(granted).unwrap());
    assert!((5..=40).contains(&granted), "{granted}");
    assert_eq!(refusal(fixture.activate(&code, "one more").await).code(), "seat_limit");
});

contract!(device_details_are_the_same_in_every_spelling_of_the_code, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    let typed = code.written().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let typed = licensing::ActivationCode::read(&typed).unwrap();
    assert_eq!(fixture.activate(&typed, "one").await.unwrap().session_id, first.session_id);
    assert_eq!(fixture.seats(&license).await, 1);
    let mut slipped = code.canonical().to_owned();
    let last = slipped.pop().unwrap();
    slipped.push(if last == '7' { '8' } else { '7' });
    let slipped = licensing::ActivationCode::read(&slipped).unwrap();
    let refused = fixture.service.activations().activate(asking(&slipped, "one")).await;
    assert!(matches!(&refused, Err(Error::Refused(no)) if no.decision != first.decision), "{refused:?}");
    assert_eq!(refusal(refused), Refusal::CodeNotFound { ended: false });
});

contract!(devices_with_identical_details_have_a_seat_on_every_license, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(1)).await;
    let mut sessions = std::collections::HashSet::new();
    for _ in 0..20 {
        let (license, code) = fixture.license(&policy).await;
        let first = fixture.activate(&code, "cloned-image").await.unwrap();
        assert_eq!(fixture.activate(&code, "cloned-image").await.unwrap().session_id, first.session_id);
        assert_eq!((first.license_id, fixture.seats(&license).await), (license.id, 1));
        sessions.insert(first.session_id);
    }
    assert_eq!(sessions.len(), 20);
});
