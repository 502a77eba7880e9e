//! Requests that change no seat, in any number.

use futures_util::future::join_all;
use licensing::{Span, terms::Holding};
use service::{Activation, CallKey};
use testing::{Database, contract};

use crate::test_service::{TestService, asking, origin, seats};

/// Number of rows that requests leave.
async fn rows(db: &Database) -> i64 {
    db.number(
        "SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM decisions) + (SELECT COUNT(*) FROM kept_calls)",
    )
    .await
}

contract!(one_code_at_full_speed_leaves_a_limited_number_of_rows, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(2)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    let before = rows(db).await;
    for round in 0..20 {
        let asked = (0..100).map(|n| {
            let name = Some(format!("name {n}"));
            let key = CallKey::read("activate", format!("key-{round}-{n}").as_bytes()).unwrap();
            let asking = Activation { device_name: name, ..asking(&code, "one") };
            let service = &fixture.service;
            async move { service.activations().activate_once(asking, (n % 2 == 0).then_some(&key)).await }
        });
        for given in join_all(asked).await {
            assert_eq!(given.unwrap().0.session_id, first.session_id, "every request is answered");
        }
        fixture.clock.advance(1);
    }
    // 202 writes with a decision, an event and perhaps a kept call each, and 202 kept calls without a write.
    let left = rows(db).await - before;
    assert!(left <= 4 * 202, "{left} rows of 2,000 requests");
    fixture.clock.advance(3_600);
    let asking = Activation { device_name: Some("the last".to_owned()), ..asking(&code, "one") };
    fixture.service.activations().activate(asking).await.unwrap();
    assert_eq!(
        fixture.devices(&license).await[0].device_name.as_deref(),
        Some("the last"),
        "an hour later the name is stored again"
    );
});

contract!(a_lease_is_extended_no_matter_how_much_was_written_before, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    for n in 0..500 {
        fixture
            .service
            .activations()
            .activate(Activation { device_name: Some(format!("name {n}")), ..asking(&code, "one") })
            .await
            .unwrap();
    }
    let before = fixture.devices(&license).await[0].lease_ends_at;
    fixture.clock.advance(16 * 86_400);
    let later = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(later.lease_ends_at, before + chrono::TimeDelta::days(16));
});

contract!(routine_device_events_are_deleted_and_the_others_stay, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(licensing::Terms { holding: Holding::Floating, ..seats(1) }).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let session = fixture.service.activations().session(&token).await.unwrap();
    for _ in 0..3 {
        fixture.service.activations().check_out(&session, origin(2)).await.unwrap();
        fixture.service.activations().check_in(&session, Default::default()).await.unwrap();
    }
    let before = fixture.events().await.len();
    assert_eq!(fixture.service.decisions().sweep_device_events(Span::days(90)).await.unwrap(), 0);
    fixture.clock.advance(90 * 86_400 + 1);
    assert_eq!(fixture.service.decisions().sweep_device_events(Span::days(90)).await.unwrap(), 6);
    assert_eq!(fixture.service.decisions().sweep_device_events(Span::days(90)).await.unwrap(), 0);
    assert_eq!((fixture.events().await.len(), fixture.events_of("device.activated").await.len()), (before - 6, 1));
});
