//! Pre-registered devices.

use licensing::{Fingerprint, Terms, license::StateChange, terms::Devices};
use service::{Entry, Error, Registered};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, refusal, seats};

fn entry(device: &str, note: &str) -> Entry {
    (Fingerprint::read(device).unwrap(), note.to_owned())
}

fn entered_only() -> Terms {
    Terms { devices: Devices::Authorized, ..seats(5) }
}

contract!(a_pre_registered_device_activates_until_it_is_removed, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(entered_only()).await;
    let (_, _, other) = fixture.licensed(entered_only()).await;
    assert_eq!(refusal(fixture.activate(&code, "one").await).code(), "device_not_authorized");
    fixture.service.devices().authorize_devices(license.id, &[entry("one", "Lab 1")], &fixture.actor).await.unwrap();
    fixture.activate(&code, "one").await.unwrap();
    assert_eq!(refusal(fixture.activate(&other, "one").await).code(), "device_not_authorized", "another license");

    let one = Fingerprint::read("one").unwrap();
    fixture.service.devices().unauthorize_device(license.id, &one, "scrapped", &fixture.actor).await.unwrap();
    fixture.clock.advance(86_400);
    assert_eq!(refusal(fixture.activate(&code, "one").await).code(), "device_not_authorized");
    assert_eq!(fixture.seats(&license).await, 1, "its token stays valid");
    let reported = fixture.events_of("license.device_unauthorized").await.pop().unwrap();
    assert_eq!((reported.license_id, reported.reason.as_deref()), (Some(license.id), Some("scrapped")));
    assert_eq!(reported.before.unwrap()["note"], "Lab 1");
});

contract!(of_many_devices_registered_at_once_each_counts_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(entered_only()).await;
    let many: Vec<_> = (0..998).map(|n| entry(&format!("device {n}"), "")).collect();
    let twice = [many.clone(), vec![entry("device 7", "the seventh"), entry("device 7", "")]].concat();
    let all = fixture.service.devices().authorize_devices(license.id, &twice, &fixture.actor).await.unwrap();
    assert_eq!(all, Registered { new: 998, known: 0 });
    let more = [entry("device 7", ""), entry("another", "")];
    let all = fixture.service.devices().authorize_devices(license.id, &more, &fixture.actor).await.unwrap();
    assert_eq!(all, Registered { new: 1, known: 1 });
    let rows = fixture.service.store().read().await.unwrap().on().authorized_devices(license.id, 9999).await.unwrap();
    let seventh = rows.iter().find(|row| row.entry.fingerprint == "device 7").unwrap();
    assert_eq!((rows.len(), seventh.entry.note.as_deref()), (999, Some("the seventh")));
    let event = fixture.events_of("license.devices_authorized").await.remove(0).after.unwrap();
    assert_eq!(event["devices"], 998);
    assert!(event["fingerprints"].as_str().unwrap().starts_with("device 0, device 1, "));
});

contract!(nothing_is_registered_if_there_are_too_many_or_the_license_has_ended, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(entered_only()).await;
    let enter = async |entries: Vec<Entry>| {
        fixture.service.devices().authorize_devices(license.id, &entries, &fixture.actor).await
    };
    assert_eq!(bad_fields(enter(vec![]).await), ["devices"]);
    assert_eq!(bad_fields(enter((0..1001).map(|n| entry(&n.to_string(), "")).collect()).await), ["devices"]);
    assert_eq!(bad_fields(enter(vec![entry("good", ""), entry("bad", &"x".repeat(101))]).await), ["devices"]);
    let one = Fingerprint::read("good").unwrap();
    assert_eq!(
        bad_fields(fixture.service.devices().unauthorize_device(license.id, &one, "", &fixture.actor).await),
        ["reason"]
    );
    let gone = fixture.service.devices().unauthorize_device(license.id, &one, "never was", &fixture.actor).await;
    assert_err!(gone, Error::NotFound("device"));
    assert_err!(
        fixture.service.devices().authorize_devices(Uuid::nil(), &[entry("x", "")], &fixture.actor).await,
        Error::NotFound("license")
    );
    fixture.service.licenses().change_state(license.id, StateChange::Revoke, "refunded", &fixture.actor).await.unwrap();
    assert_err!(enter(vec![entry("good", "")]).await, Error::Conflict(_));
    assert_eq!(db.number("SELECT COUNT(*) FROM authorized_devices").await, 0);
    assert!(fixture.events_of("license.devices_authorized").await.is_empty());
});
