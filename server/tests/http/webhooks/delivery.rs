//! From an event to its delivery.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use testing::{Engine, contract};

use super::{
    SUBSCRIPTIONS, Sending, answered, deliveries, newest,
    receiver::{Receiver, Reply},
    subscribe, subscribed,
};
use crate::{
    fixture::{JWT, Server},
    manage::api::Api,
};

contract!(an_event_is_delivered_as_a_signed_cloud_event, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["license.*"], json!({})).await;
    let (_, policy, license, _) = api.license("drift-pro").await;
    let message = receiver.next().await;
    assert_eq!(message.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(message.header("webhook-request-origin"), "licenses.example.com");
    assert!(message.is_signed_with(&receiver.secret()), "{message:?}");
    let at = sending.server.now();
    assert_eq!(message.header("webhook-timestamp"), at.timestamp().to_string());
    let event = &api.events(Some("license.created")).await[0];
    assert_eq!(message.header("webhook-id"), event.id.to_string());
    let body = message.json();
    let data = &body["data"];
    assert_eq!(body["specversion"], "1.0");
    assert_eq!(body["id"], event.id.to_string());
    assert_eq!(body["source"], "https://licenses.example.com");
    assert_eq!(body["type"], "license.created");
    assert_eq!(body["time"], "2026-03-01T12:00:20.000Z");
    assert_eq!(body["subject"], format!("licenses/{license}"));
    assert_eq!((&body["entitykind"], &body["entityid"]), (&json!("license"), &json!(license)));
    assert_eq!(data["license"]["id"], license);
    assert_eq!((&data["license"]["product"], &data["license"]["policy"]), (&json!("drift-pro"), &json!(policy)));
    assert_eq!(data["after"]["customer"], "Ingrid Solberg");
    assert_eq!(data["actor"]["name"], "Webshop");
    assert!(data["after"].get("codeTail").is_none(), "{data}");

    let delivery = newest(&api, &id, "license.created").await;
    assert_eq!(delivery["state"], "delivered", "{delivery}");
    assert_eq!(delivery["request"]["body"], String::from_utf8(message.body.to_vec()).unwrap());
    assert_eq!((&delivery["log"][0]["status"], &delivery["log"][0]["n"]), (&json!(200), &json!(1)));
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert!(row["lastSuccessAt"].is_string() && row["failingSince"].is_null(), "{row}");
    receiver.is_idle();
});

contract!(a_device_that_activates_is_reported_and_one_that_is_refused_is_not, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["activation.*"], json!({})).await;
    let license = sending.server.license().seats(1).create().await;
    let granted = sending.server.post(JWT, &license.asks("device-4711", json!({}))).await.token();
    let refused = sending.server.post(JWT, &license.asks("device-4712", json!({}))).await;
    assert_eq!(refused.problem().0, 409);
    let message = receiver.next().await;
    let body = message.json();
    assert_eq!(body["type"], "activation.created");
    assert_eq!(body["entityid"], granted.claims["sid"]);
    assert_eq!(body["data"]["license"]["id"], license.id.to_string());
    assert!(!String::from_utf8_lossy(&message.body).contains("device-4711"), "no fingerprint leaves the server");
    sending.server.revoke(&license, "device-4711").await;
    let next = receiver.next().await;
    assert_eq!(next.kind(), "activation.revoked");
    assert_eq!(next.json()["data"]["reason"], "The customer asked for it.");
});

contract!(an_act_that_is_rolled_back_is_not_reported, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["*"], json!({})).await;
    let (product, ..) = api.license("drift-pro").await;
    let mut kinds = vec![];
    for _ in 0..3 {
        kinds.push(receiver.next().await.kind());
    }
    kinds.sort();
    assert_eq!(kinds, ["license.created", "policy.created", "product.created"]);
    let events = api.events(Some("product.created")).await;
    let mut tx = db.begin().await.unwrap();
    let lost = service::store::events::Event { id: uuid::Uuid::from_u128(7), ..events[0].clone() };
    tx.insert_events(&[lost]).await.unwrap();
    drop(tx);
    assert_eq!(api.patch(&format!("/products/{product}"), json!({ "name": "Drift" })).await.status, 200);
    assert_eq!(receiver.next().await.kind(), "product.changed");
    assert_eq!(deliveries(&api, &id).await.len(), 5, "four events and the challenge");
});

contract!(a_delivery_that_keeps_failing_is_tried_ten_times_with_growing_pauses, async |db| {
    let server = Server::with(db, &[("LATCHKEY_WEBHOOK_HTTP", "on")]).await;
    let (api, webhooks) = (Api::of(&server).await, server.service.webhooks());
    let made = subscribe(&api, &Receiver::start().await, &["product.*"], json!({})).await;
    let id = made["id"].as_str().unwrap();
    api.post(&format!("{SUBSCRIPTIONS}/{id}/vouch"), json!({ "reason": "It is our own." })).await;
    server.clock.advance(20);
    api.license("drift-pro").await;
    while webhooks.fan_out().await.unwrap() {}
    let mut pauses = vec![];
    let last = loop {
        let sent = webhooks.claim_deliveries(9, (&HashMap::new(), 9)).await.unwrap();
        let [message] = &sent[..] else { panic!("one message: {sent:?}") };
        webhooks.record_attempts(vec![answered(message, 500)]).await.unwrap();
        let delivery = deliveries(&api, id).await.remove(0);
        let Some(due) = delivery["dueAt"].as_str() else { break delivery };
        let pause = due.parse::<DateTime<Utc>>().unwrap() - server.service.clock().now();
        pauses.push(pause.num_seconds());
        server.clock.advance(pause.num_seconds() + 1);
    };
    assert_eq!((&last["state"], &last["attempts"]), (&json!("dead"), &json!(10)), "{last}");
    let hours = |n: i64| n * 3_600;
    let schedule = [5, 300, 1_800, hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)];
    let is_near = |(pause, planned): (&i64, i64)| (planned * 4 / 5..=planned * 6 / 5).contains(pause);
    assert!(pauses.iter().zip(schedule).all(is_near) && pauses.len() == schedule.len(), "{pauses:?}");
});

contract!(a_process_that_starts_sends_what_a_killed_one_was_sending, async |db| {
    let server = Server::with(db, &[("LATCHKEY_WEBHOOK_HTTP", "on")]).await;
    let (api, webhooks) = (Api::of(&server).await, server.service.webhooks());
    subscribe(&api, &Receiver::start().await, &["product.*"], json!({})).await;
    let claimed = async || webhooks.claim_deliveries(9, (&HashMap::new(), 9)).await.unwrap().len();
    assert_eq!([claimed().await, claimed().await], [1, 0], "a challenge is sent once");
    webhooks.take_over_deliveries().await.unwrap();
    // Another instance may be sending it.
    let has_instances = db.engine() == Engine::Postgres;
    assert_eq!(claimed().await, usize::from(!has_instances));
    server.clock.advance(61);
    assert_eq!(claimed().await, 1, "a claim ends");
});

contract!(a_failed_delivery_is_tried_again_with_the_same_id, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    receiver.replies(Reply::Status(500));
    api.license("drift-pro").await;
    let first = receiver.next().await;
    let failed = newest(&api, &id, "product.created").await;
    assert_eq!((&failed["state"], &failed["attempts"]), (&json!("pending"), &json!(1)), "{failed}");
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert_eq!(row["failingSince"], "2026-03-01T12:00:20Z", "{row}");
    receiver.replies(Reply::Accepts);
    sending.server.clock.advance(6);
    let second = receiver.next().await;
    assert_eq!((second.header("webhook-id"), &second.body), (first.header("webhook-id"), &first.body));
    assert_ne!(second.header("webhook-timestamp"), first.header("webhook-timestamp"));
    assert!(second.is_signed_with(&receiver.secret()));
    let done = loop {
        let delivery = newest(&api, &id, "product.created").await;
        if delivery["state"] == "delivered" {
            break delivery;
        }
        tokio::task::yield_now().await;
    };
    let log: Vec<_> = done["log"].as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(log, [500, 200]);
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert!(row["failingSince"].is_null(), "{row}");
});

contract!(messages_of_a_disabled_subscription_are_held_and_replayed, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    let path = format!("{SUBSCRIPTIONS}/{id}");
    let off = api.patch(&path, json!({ "enabled": false })).await.json();
    assert_eq!((&off["state"], &off["enabled"]), (&json!("Disabled"), &json!(false)));
    let before = sending.server.now();
    api.license("drift-pro").await;
    while sending.server.service.webhooks().fan_out().await.unwrap() {}
    let held = loop {
        let held = api.get(&format!("{path}/deliveries?state=held")).await.json()["items"].as_array().unwrap().clone();
        if !held.is_empty() {
            break held;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((held.len(), &held[0]["type"]), (1, &json!("product.created")));
    let replay = json!({ "state": "held", "since": before });
    assert_eq!(api.post(&format!("{path}/replay"), replay.clone()).await.problem(), (409, "conflict".to_owned()));
    receiver.is_idle();
    assert_eq!(api.patch(&path, json!({ "enabled": true })).await.json()["state"], "Active");
    let replayed = api.post(&format!("{path}/replay"), replay).await;
    assert_eq!((replayed.status.as_u16(), &replayed.json()["replayed"]), (202, &json!(1)));
    assert_eq!(receiver.next().await.kind(), "product.created");
    let by_id = json!({ "deliveries": [held[0]["id"]] });
    attempted_until_delivered(&api, &id).await;
    assert_eq!(api.post(&format!("{path}/replay"), by_id).await.json()["replayed"], 1);
    assert_eq!(receiver.next().await.header("webhook-id"), held[0]["messageId"]);
    attempted_until_delivered(&api, &id).await;
    let all = json!({ "state": "delivered", "since": "2020-01-01T00:00:00Z" });
    let replayed = api.post(&format!("{path}/replay"), all).await.json();
    assert_eq!(replayed["replayed"], 1, "the challenge stays as it was");
    assert_eq!(receiver.next().await.kind(), "product.created");
});

async fn attempted_until_delivered(api: &Api<'_>, id: &str) {
    while newest(api, id, "product.created").await["state"] != "delivered" {
        tokio::task::yield_now().await;
    }
}
