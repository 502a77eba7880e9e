//! Revocation of devices by support.

use serde_json::json;
use service::Error;
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, refusal, seats};

contract!(a_revoked_device_loses_its_seat_at_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(refusal(fixture.activate(&code, "two").await).code(), "seat_limit");

    fixture.service.devices().revoke_activation(first.session_id, "stolen", &fixture.actor).await.unwrap();
    assert_eq!(fixture.seats(&license).await, 0);
    fixture.activate(&code, "two").await.unwrap();

    let [event] = fixture.events_of("device.revoked").await.try_into().unwrap();
    assert_eq!((event.subject_id, event.license_id), (Some(first.session_id), Some(license.id)));
    assert_eq!((event.reason.as_deref(), event.actor_name.as_str()), (Some("stolen"), "Ingrid"));
    assert_eq!(event.after, Some(json!({ "hold_until": fixture.clock.now() })));
    assert_ne!(event.before, event.after);
});

contract!(a_device_is_revoked_once_and_with_a_reason, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let device = fixture.activate(&code, "one").await.unwrap().session_id;
    assert_eq!(bad_fields(fixture.service.devices().revoke_activation(device, "", &fixture.actor).await), ["reason"]);
    fixture.service.devices().revoke_activation(device, "stolen", &fixture.actor).await.unwrap();
    assert_err!(fixture.service.devices().revoke_activation(device, "again", &fixture.actor).await, Error::Conflict(_));
    assert_err!(
        fixture.service.devices().revoke_activation(Uuid::nil(), "x", &fixture.actor).await,
        Error::NotFound("device")
    );
    assert_eq!(fixture.events_of("device.revoked").await.len(), 1);
});

contract!(a_revoked_device_that_activates_again_gets_a_new_session, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    fixture.service.devices().revoke_activation(first.session_id, "by mistake", &fixture.actor).await.unwrap();
    let second = fixture.activate(&code, "one").await.unwrap();
    assert_ne!(first.session_id, second.session_id);
    assert_ne!(first.decision, second.decision);
    let [device] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!((device.id, device.revoked_at), (second.session_id, None));
    assert_eq!(fixture.seats(&license).await, 1);
    assert_err!(
        fixture.service.devices().revoke_activation(first.session_id, "the old one", &fixture.actor).await,
        Error::NotFound("device")
    );
});

contract!(renewing_and_revoking_a_device_concurrently_ends_in_a_consistent_state, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    for _ in 0..10 {
        let session = fixture.activate(&code, "one").await.unwrap().session_id;
        fixture.clock.advance(3600);
        let (revoked, renewed) = tokio::join!(
            fixture.service.devices().revoke_activation(session, "stolen", &fixture.actor),
            fixture.activate(&code, "one"),
        );
        revoked.unwrap();
        let readmitted = renewed.unwrap().session_id != session;
        assert_eq!(fixture.seats(&license).await, i64::from(readmitted));
    }
    assert_eq!(fixture.events_of("device.revoked").await.len(), 10);
});
