//! Messages about what follows from requests: a license's first device, its last seat, refusals, and the end of a job.

use serde_json::{Value, json};
use testing::contract;

use super::{Sending, later, receiver::Receiver, subscribed};
use crate::{
    fixture::{JWT, Server},
    manage::api::Api,
};

contract!(the_first_device_and_the_last_seat_of_a_license_are_reported, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    let types = ["license.activated", "license.seat_limit_reached"];
    subscribed(&api, &mut receiver, &types, json!({})).await;
    let license = server.license().seats(2).create().await;
    let first = server.post(JWT, &license.asks("one", json!({}))).await.token();
    let message = receiver.next().await.json();
    assert_eq!((&message["type"], &message["entityid"]), (&json!("license.activated"), &json!(license.id)));
    assert_eq!(message["data"]["after"], json!({ "activation": first.claims["sid"], "endsAt": Value::Null }));
    assert_eq!(message["data"]["license"]["id"], license.id.to_string());
    server.post(JWT, &license.asks("two", json!({}))).await.token();
    let message = receiver.next().await.json();
    assert_eq!((&message["type"], &message["data"]["after"]), (&json!(types[1]), &json!({ "seats": 2 })));
    // A renewal takes no seat, and a refusal none either.
    later(db, server, 10 * 86_400).await;
    server.post(JWT, &license.asks("two", json!({}))).await.token();
    assert_eq!(server.post(JWT, &license.asks("three", json!({}))).await.problem().0, 409);
    receiver.is_idle();
    server.revoke(&license, "one").await;
    later(db, server, 60 * 86_400).await;
    server.post(JWT, &license.asks("two", json!({}))).await.token();
    server.post(JWT, &license.asks("three", json!({}))).await.token();
    assert_eq!(receiver.next().await.kind(), types[1], "the last seat is taken again");
    receiver.is_idle();
});

contract!(devices_of_one_batch_report_one_first_device_and_one_last_seat, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["license.activated", "license.seat_limit_reached"], json!({})).await;
    let license = server.license().seats(3).create().await;
    let devices: Vec<_> = (0..8).map(|n| license.asks(&format!("device {n}"), json!({}))).collect();
    let answers = futures_util::future::join_all(devices.iter().map(|ask| server.post(JWT, ask))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    let mut kinds = [receiver.next().await.kind(), receiver.next().await.kind()];
    kinds.sort();
    assert_eq!(kinds, ["license.activated", "license.seat_limit_reached"]);
    receiver.is_idle();
    assert_eq!(api.events(Some("license.seat_limit")).await.len(), 1);
});

contract!(a_refusal_is_reported_once_an_hour_for_each_license_and_reason, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["activation.refused"], json!({})).await;
    let license = server.license().seats(1).create().await;
    let other = server.license().seats(1).create().await;
    for license in [&license, &other] {
        server.post(JWT, &license.asks("one", json!({}))).await.token();
    }
    let refuse = async |license: &crate::fixture::Issued, device: &str| {
        let answer = server.post(JWT, &license.asks(device, json!({ "deviceName": "Studio Mac" }))).await;
        assert_eq!(answer.problem().0, 409);
        written(server, answer.json()["decision"].as_str().unwrap()).await;
        answer.json()["decision"].clone()
    };
    let decision = refuse(&license, "two").await;
    let message = receiver.next().await;
    let body = message.json();
    assert_eq!(
        (&body["type"], &body["subject"]),
        (&json!("activation.refused"), &json!(format!("licenses/{}", license.id)))
    );
    assert_eq!(
        body["data"]["after"],
        json!({ "refusal": "seat_limit", "rule": "seat_free", "purpose": "activate", "decision": decision,
            "device": "Studio Mac" })
    );
    assert!(!String::from_utf8_lossy(&message.body).contains(&license.code), "no code leaves the server");
    refuse(&license, "three").await;
    refuse(&other, "two").await;
    assert_eq!(receiver.next().await.json()["entityid"], other.id.to_string());
    later(db, server, 3_599).await;
    refuse(&license, "four").await;
    receiver.is_idle();
    later(db, server, 1).await;
    refuse(&license, "five").await;
    assert_eq!(receiver.next().await.json()["entityid"], license.id.to_string());
    let unknown = json!({ "activationCode": "COMPLETELY-UNKNOWN", "fingerprint": "x" });
    let answer = server.post(JWT, &unknown).await;
    written(server, answer.json()["decision"].as_str().unwrap()).await;
    assert_eq!(api.events(Some("activation.refused")).await.len(), 3, "no license, no message");
    receiver.is_idle();
});

/// Waits until a refusal is written.
async fn written(server: &Server, decision: &str) {
    let id = decision.parse().unwrap();
    while server.service.decisions().decision(id).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

contract!(without_a_subscription_grants_and_refusals_write_no_more_events_than_before, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (license, other) = (server.license().seats(1).create().await, server.license().create().await);
    // The first activation also opens a status list.
    server.post(JWT, &other.asks("one", json!({}))).await.token();
    let before = api.count_events().await;
    server.post(JWT, &license.asks("one", json!({}))).await.token();
    let refused = server.post(JWT, &license.asks("two", json!({}))).await;
    written(&server, refused.json()["decision"].as_str().unwrap()).await;
    assert_eq!(api.count_events().await, before + 1, "the event of the grant");
    assert_eq!(db.number("SELECT COUNT(*) FROM refusal_notices").await, 0);
});

contract!(the_end_of_a_job_is_reported_to_subscriptions_that_may_know_it, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let (product, policy, ..) = api.license("ours").await;
    let (theirs, ..) = api.license("theirs").await;
    let (mut all, mut of_product, mut of_other) =
        (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    subscribed(&api, &mut all, &["job.finished"], json!({})).await;
    subscribed(&api, &mut of_product, &["job.*"], json!({ "filter": { "products": [product] } })).await;
    subscribed(&api, &mut of_other, &["job.*"], json!({ "filter": { "products": [theirs] } })).await;
    let started = api.post("/licenses/batch", json!({ "policy": policy, "count": 150 })).await.json();
    assert!(server.service.jobs().run_some().await.unwrap());
    all.is_idle();
    while server.service.jobs().run_some().await.unwrap() {}
    for receiver in [&mut all, &mut of_product] {
        let body = receiver.next().await.json();
        assert_eq!(
            (&body["type"], &body["subject"]),
            (&json!("job.finished"), &json!(format!("jobs/{}", started["id"].as_str().unwrap())))
        );
        let after = &body["data"]["after"];
        assert_eq!((&after["state"], &after["done"], &after["failed"]), (&json!("finished"), &json!(150), &json!(0)));
    }
    of_other.is_idle();
});
