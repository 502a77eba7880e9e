//! `POST /api/v1/activations/jwt`: seats.

use axum::http::StatusCode;
use licensing::terms::{Reactivation, Seats};
use serde_json::json;
use testing::contract;

use crate::fixture::Server;

contract!(a_device_gets_a_token, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;

    let answer = server.activate(&license, "device-1").await;

    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.token().claims["sub"], license.id.to_string());
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(the_same_device_gets_the_same_seat_and_a_new_token, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;

    let first = server.activate(&license, "device-1").await.token();
    let second = server.activate(&license, "device-1").await.token();
    server.clock.advance(3600);
    let third = server.activate(&license, "device-1").await.token();

    assert_eq!(first.claims["sid"], second.claims["sid"]);
    assert_ne!(first.claims["jti"], second.claims["jti"]);
    assert_eq!(first.claims["sid"], third.claims["sid"]);
    assert_eq!(third.seconds("exp"), first.seconds("exp") + 3600, "an hour later, the lease is renewed in full");
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(three_devices_fit_into_three_seats_and_the_fourth_is_told_what_to_do, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(3).create().await;
    for device in ["device-1", "device-2", "device-3"] {
        server.activate(&license, device).await.token();
    }

    let answer = server.activate(&license, "device-4").await;

    assert_eq!(answer.problem(), (409, "seat_limit".to_owned()));
    insta::assert_snapshot!(answer.snapshot(), @r#"
    409 Conflict
    {
      "code": "seat_limit",
      "decision": "[id]",
      "detail": "All 3 seats of this license are in use: ask your vendor to free one or to add more, or try again after 7 April 2026, 12:05 UTC, when the next one becomes free.",
      "instance": "urn:uuid:[id]",
      "nextSeatAt": "2026-04-07T12:05:00Z",
      "retryable": false,
      "seatsAllowed": 3,
      "seatsUsed": 3,
      "status": 409,
      "title": "No seat is free",
      "type": "https://licenses.example.com/problems/seat_limit"
    }
    "#);
    assert_eq!(license.devices_and_seats(&server).await, (3, 3));
});

contract!(the_seat_of_a_revoked_device_is_free, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let revoked = server.activate(&license, "device-1").await.token();
    server.activate(&license, "device-2").await.token();
    assert_eq!(server.activate(&license, "device-3").await.status, StatusCode::CONFLICT);

    server.revoke(&license, "device-1").await;
    server.activate(&license, "device-3").await.token();

    assert_eq!(server.activate(&license, "device-1").await.problem().1, "seat_limit", "its seat is taken");
    server.revoke(&license, "device-2").await;
    let back = server.activate(&license, "device-1").await.token();
    assert_ne!(back.claims["sid"], revoked.claims["sid"], "a revoked device gets a new session");
});

contract!(a_seat_is_free_once_its_last_token_has_ended_on_the_slowest_clock, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let expires = server.activate(&license, "device-1").await.token().seconds("exp");

    server.clock.advance(expires - server.now().timestamp() + 299);
    let answer = server.activate(&license, "device-2").await;
    assert_eq!(answer.problem(), (409, "seat_limit".to_owned()));
    assert_eq!(answer.json()["nextSeatAt"], "2026-04-07T12:05:00Z");

    server.clock.advance(1);
    server.activate(&license, "device-2").await.token();
});

contract!(lowering_the_limit_removes_no_device_and_admits_none, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(3).create().await;
    for device in ["device-1", "device-2", "device-3"] {
        server.activate(&license, device).await.token();
    }

    license.change_terms(&server, |terms| terms.seats = Seats::Limited(1)).await;

    for device in ["device-1", "device-2", "device-3"] {
        server.activate(&license, device).await.token();
    }
    let refused = server.activate(&license, "device-4").await.json();
    assert_eq!((&refused["seatsUsed"], &refused["seatsAllowed"]), (&json!(3), &json!(1)));
});

contract!(unlimited_seats_never_run_out, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.seats = Seats::Unlimited).create().await;
    for device in 0..20 {
        server.activate(&license, &format!("device-{device}")).await.token();
    }
});

contract!(a_device_with_a_seat_is_refused_if_the_terms_forbid_reactivation, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).terms(|terms| terms.reactivation = Reactivation::Refuse).create().await;
    server.activate(&license, "device-1").await.token();

    let answer = server.activate(&license, "device-1").await;

    assert_eq!(answer.problem(), (409, "already_activated".to_owned()));
    assert_eq!(answer.json().get("seatsUsed"), None);
    server.activate(&license, "device-2").await.token();
    server.revoke(&license, "device-1").await;
    server.activate(&license, "device-1").await.token();
});

contract!(a_code_is_read_as_typed, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let sloppy = license.code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");

    server.activate(&license.typed(format!("  {sloppy} ")), "device-1").await.token();
});

contract!(fingerprints_are_compared_exactly, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.seats = Seats::Unlimited).create().await;
    let long = "é".repeat(256);
    let devices = ["device", "Device", "device ", " device", "de\u{301}vice", "d\u{e9}vice", "🦊", &long];

    for device in devices {
        server.activate(&license, device).await.token();
    }

    assert_eq!(license.devices_and_seats(&server).await, (devices.len(), 8));
});

contract!(details_for_support_are_stored, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let more = json!({ "deviceName": " Ingrid’s Mac ", "platform": "macOS 26", "targetSoftwareVersion": "2.1.0" });

    server.activate_with(&license, "device-1", more).await.token();
    server.activate_with(&license, "device-1", json!({ "deviceName": null, "platform": "" })).await.token();

    let mut reading = server.service.store().read().await.unwrap();
    let device = reading.on().activations(license.id, 1).await.unwrap().remove(0);
    assert_eq!(device.device_name.as_deref(), Some("Ingrid’s Mac"));
    assert_eq!(device.platform.as_deref(), Some("macOS 26"));
    assert_eq!(device.software_version.as_deref(), Some("2.1.0"));
    assert_eq!(device.address.as_deref(), Some("192.0.2.1"));
});
