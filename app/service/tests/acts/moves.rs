//! Transfers that support forgives, and device names that it sets.

use licensing::{Span, Terms, terms::Transfers};
use serde_json::json;
use service::{Error, Session};
use testing::contract;

use crate::house::{House, asking, assert_err, bad_fields, origin, refusal, seats};

async fn session(house: &House, code: &licensing::ActivationCode, device: &str) -> Session {
    let (_, token) = house.service.activate(asking(code, device)).await.unwrap();
    house.service.session(&token).await.unwrap()
}

contract!(forgiven_transfers_no_longer_count, async |db| {
    let house = House::open(db).await;
    let twice = Terms { transfers: Transfers::Limited { moves: 2, per: Span::days(30) }, ..seats(5) };
    let (_, license, code) = house.licensed(twice).await;
    for device in ["one", "two"] {
        let session = session(&house, &code, device).await;
        house.service.release(&session, origin(2)).await.unwrap();
    }
    let third = session(&house, &code, "three").await;
    assert_eq!(refusal(house.service.release(&third, origin(2)).await).code(), "transfer_limit");

    assert_eq!(bad_fields(house.service.forgive_moves(license.id, "", &house.actor).await), ["reason"]);
    let lifted = house.service.forgive_moves(license.id, "two broken disks", &house.actor).await.unwrap();
    assert_eq!(lifted, 2);
    house.service.release(&third, origin(2)).await.unwrap();
    let [event] = house.events_of("license.moves_forgiven").await.try_into().unwrap();
    assert_eq!((event.license_id, event.reason.as_deref()), (Some(license.id), Some("two broken disks")));
    assert_eq!((event.before, event.after), (Some(json!({ "moves_counted": 2 })), Some(json!({ "moves_counted": 0 }))));

    assert_eq!(house.service.forgive_moves(license.id, "and again", &house.actor).await.unwrap(), 1);
    assert_err!(house.service.forgive_moves(license.id, "x", &house.actor).await, Error::Conflict(_));
});

contract!(freeing_a_seat_by_support_is_no_transfer_and_has_no_limit, async |db| {
    let house = House::open(db).await;
    let once = Terms {
        transfers: Transfers::Limited { moves: 1, per: Span::days(30) },
        release: licensing::terms::Release::BySupport,
        ..seats(1)
    };
    let (_, license, code) = house.licensed(once).await;
    for n in 0..3 {
        let device = house.activate(&code, "one").await.unwrap().session_id;
        assert_eq!(bad_fields(house.service.free_seat(device, "", &house.actor).await), ["reason"]);
        house.service.free_seat(device, "asked by e-mail", &house.actor).await.unwrap();
        assert_eq!(house.seats(&license).await, 0);
        assert_err!(house.service.free_seat(device, "again", &house.actor).await, Error::Conflict(_));
        let freed = house.events_of("device.freed").await;
        assert_eq!((freed.len(), freed[n].reason.as_deref()), (n + 1, Some("asked by e-mail")));
        assert_eq!(freed[n].actor_name, "Ingrid");
    }
    assert_err!(house.service.forgive_moves(license.id, "x", &house.actor).await, Error::Conflict(_));
});

contract!(a_device_name_set_by_support_is_kept, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let mut named = asking(&code, "one");
    named.device_name = Some("DESKTOP-4F2".to_owned());
    let (device, _) = house.service.activate(named).await.unwrap();
    house.service.name_device(device.session_id, " Lena’s laptop ", &house.actor).await.unwrap();
    house.service.name_device(device.session_id, "Lena’s laptop", &house.actor).await.unwrap();
    let [row] = house.devices(&license).await.try_into().unwrap();
    assert_eq!((row.label.as_deref(), row.device_name.as_deref()), (Some("Lena’s laptop"), Some("DESKTOP-4F2")));
    house.service.revoke_activation(device.session_id, "sold", &house.actor).await.unwrap();
    assert_eq!(house.events_of("device.revoked").await[0].subject_name, "Lena’s laptop");
    house.service.name_device(device.session_id, "", &house.actor).await.unwrap();
    assert_eq!(house.devices(&license).await[0].label, None);
    let told: Vec<_> = house.events_of("device.named").await.into_iter().map(|event| event.after.unwrap()).collect();
    assert_eq!(
        told,
        [json!({ "name": "Lena’s laptop" }), json!({ "name": null })],
        "setting the same name again leaves no event"
    );
    let long = house.service.name_device(device.session_id, &"x".repeat(81), &house.actor).await;
    assert_eq!(bad_fields(long), ["name"]);
});
