//! Transfers that support forgives, and device names that it sets.

use licensing::{Span, Terms, terms::Transfers};
use serde_json::json;
use service::{Error, Session};
use testing::contract;

use crate::test_service::{TestService, asking, assert_err, bad_fields, origin, refusal, seats};

async fn session(fixture: &TestService, code: &licensing::ActivationCode, device: &str) -> Session {
    let (_, token) = fixture.service.activations().activate(asking(code, device)).await.unwrap();
    fixture.service.activations().session(&token).await.unwrap()
}

contract!(forgiven_transfers_no_longer_count, async |db| {
    let fixture = TestService::open(db).await;
    let twice = Terms { transfers: Transfers::Limited { moves: 2, per: Span::days(30) }, ..seats(5) };
    let (_, license, code) = fixture.licensed(twice).await;
    for device in ["one", "two"] {
        let session = session(&fixture, &code, device).await;
        fixture.service.activations().release(&session, origin(2)).await.unwrap();
    }
    let third = session(&fixture, &code, "three").await;
    assert_eq!(refusal(fixture.service.activations().release(&third, origin(2)).await).code(), "transfer_limit");

    assert_eq!(bad_fields(fixture.service.devices().reset_transfers(license.id, "", &fixture.actor).await), ["reason"]);
    let lifted =
        fixture.service.devices().reset_transfers(license.id, "two broken disks", &fixture.actor).await.unwrap();
    assert_eq!(lifted, 2);
    fixture.service.activations().release(&third, origin(2)).await.unwrap();
    let [event] = fixture.events_of("license.moves_forgiven").await.try_into().unwrap();
    assert_eq!((event.license_id, event.reason.as_deref()), (Some(license.id), Some("two broken disks")));
    assert_eq!((event.before, event.after), (Some(json!({ "moves_counted": 2 })), Some(json!({ "moves_counted": 0 }))));

    assert_eq!(fixture.service.devices().reset_transfers(license.id, "and again", &fixture.actor).await.unwrap(), 1);
    assert_err!(fixture.service.devices().reset_transfers(license.id, "x", &fixture.actor).await, Error::Conflict(_));
});

contract!(freeing_a_seat_by_support_is_no_transfer_and_has_no_limit, async |db| {
    let fixture = TestService::open(db).await;
    let once = Terms {
        transfers: Transfers::Limited { moves: 1, per: Span::days(30) },
        release: licensing::terms::Release::BySupport,
        ..seats(1)
    };
    let (_, license, code) = fixture.licensed(once).await;
    for n in 0..3 {
        let device = fixture.activate(&code, "one").await.unwrap().session_id;
        assert_eq!(bad_fields(fixture.service.devices().free_seat(device, "", &fixture.actor).await), ["reason"]);
        fixture.service.devices().free_seat(device, "asked by e-mail", &fixture.actor).await.unwrap();
        assert_eq!(fixture.seats(&license).await, 0);
        assert_err!(fixture.service.devices().free_seat(device, "again", &fixture.actor).await, Error::Conflict(_));
        let released = fixture.events_of("device.freed").await;
        assert_eq!((released.len(), released[n].reason.as_deref()), (n + 1, Some("asked by e-mail")));
        assert_eq!(released[n].actor_name, "Ingrid");
    }
    assert_err!(fixture.service.devices().reset_transfers(license.id, "x", &fixture.actor).await, Error::Conflict(_));
});

contract!(a_device_name_set_by_support_is_kept, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let mut named = asking(&code, "one");
    named.device_name = Some("DESKTOP-4F2".to_owned());
    let (device, _) = fixture.service.activations().activate(named).await.unwrap();
    fixture.service.devices().name_device(device.session_id, " Lena’s laptop ", &fixture.actor).await.unwrap();
    fixture.service.devices().name_device(device.session_id, "Lena’s laptop", &fixture.actor).await.unwrap();
    let [row] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!((row.label.as_deref(), row.device_name.as_deref()), (Some("Lena’s laptop"), Some("DESKTOP-4F2")));
    fixture.service.devices().revoke_activation(device.session_id, "sold", &fixture.actor).await.unwrap();
    assert_eq!(fixture.events_of("device.revoked").await[0].subject_name, "Lena’s laptop");
    fixture.service.devices().name_device(device.session_id, "", &fixture.actor).await.unwrap();
    assert_eq!(fixture.devices(&license).await[0].label, None);
    let reported: Vec<_> =
        fixture.events_of("device.named").await.into_iter().map(|event| event.after.unwrap()).collect();
    assert_eq!(
        reported,
        [json!({ "name": "Lena’s laptop" }), json!({ "name": null })],
        "setting the same name again leaves no event"
    );
    let long = fixture.service.devices().name_device(device.session_id, &"x".repeat(81), &fixture.actor).await;
    assert_eq!(bad_fields(long), ["name"]);
});
