//! Revocation of devices by support.

use serde_json::json;
use service::Error;
use testing::contract;
use uuid::Uuid;

use crate::house::{House, assert_err, bad_fields, refusal, seats};

contract!(a_revoked_device_loses_its_seat_at_once, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let first = house.activate(&code, "one").await.unwrap();
    assert_eq!(refusal(house.activate(&code, "two").await).code(), "seat_limit");

    house.service.revoke_activation(first.session_id, "stolen", &house.actor).await.unwrap();
    assert_eq!(house.seats(&license).await, 0);
    house.activate(&code, "two").await.unwrap();

    let [event] = house.events_of("device.revoked").await.try_into().unwrap();
    assert_eq!((event.subject_id, event.license_id), (Some(first.session_id), Some(license.id)));
    assert_eq!((event.reason.as_deref(), event.actor_name.as_str()), (Some("stolen"), "Ingrid"));
    assert_eq!(event.after, Some(json!({ "hold_until": house.clock.now() })));
    assert_ne!(event.before, event.after);
});

contract!(a_device_is_revoked_once_and_with_a_reason, async |db| {
    let house = House::open(db).await;
    let (_, _, code) = house.licensed(seats(1)).await;
    let device = house.activate(&code, "one").await.unwrap().session_id;
    assert_eq!(bad_fields(house.service.revoke_activation(device, "", &house.actor).await), ["reason"]);
    house.service.revoke_activation(device, "stolen", &house.actor).await.unwrap();
    assert_err!(house.service.revoke_activation(device, "again", &house.actor).await, Error::Conflict(_));
    assert_err!(house.service.revoke_activation(Uuid::nil(), "x", &house.actor).await, Error::NotFound("device"));
    assert_eq!(house.events_of("device.revoked").await.len(), 1);
});

contract!(a_revoked_device_that_activates_again_gets_a_new_session, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let first = house.activate(&code, "one").await.unwrap();
    house.service.revoke_activation(first.session_id, "by mistake", &house.actor).await.unwrap();
    let second = house.activate(&code, "one").await.unwrap();
    assert_ne!(first.session_id, second.session_id);
    assert_ne!(first.decision, second.decision);
    let [device] = house.devices(&license).await.try_into().unwrap();
    assert_eq!((device.id, device.revoked_at), (second.session_id, None));
    assert_eq!(house.seats(&license).await, 1);
    assert_err!(
        house.service.revoke_activation(first.session_id, "the old one", &house.actor).await,
        Error::NotFound("device")
    );
});

contract!(renewing_and_revoking_a_device_concurrently_ends_in_a_consistent_state, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    for _ in 0..10 {
        let session = house.activate(&code, "one").await.unwrap().session_id;
        house.clock.advance(3600);
        let (revoked, renewed) = tokio::join!(
            house.service.revoke_activation(session, "stolen", &house.actor),
            house.activate(&code, "one"),
        );
        revoked.unwrap();
        let readmitted = renewed.unwrap().session_id != session;
        assert_eq!(house.seats(&license).await, i64::from(readmitted));
    }
    assert_eq!(house.events_of("device.revoked").await.len(), 10);
});
