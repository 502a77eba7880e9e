//! The events that a subscription receives.

use serde_json::json;
use testing::contract;

use super::{SUBSCRIPTIONS, Sending, later, newest, receiver::Receiver, subscribe, subscribed};
use crate::{fixture::JWT, manage::api::Api};

contract!(a_subscription_receives_only_what_it_chose, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let (ours, ..) = api.license("ours").await;
    let (mut of_product, mut of_kind) = (Receiver::start().await, Receiver::start().await);
    let filter = json!({ "filter": { "products": [ours] } });
    subscribed(&api, &mut of_product, &["*"], filter).await;
    subscribed(&api, &mut of_kind, &["*"], json!({ "filter": { "kinds": ["policy"] } })).await;
    let (theirs, ..) = api.license("theirs").await;
    assert_eq!(api.patch(&format!("/products/{theirs}"), json!({ "name": "Theirs" })).await.status, 200);
    let policy = api.post("/policies", json!({ "product": ours, "name": "Trial" })).await.json();
    let license = api.post("/licenses", json!({ "policy": policy["id"] })).await.json();
    let mut got = vec![];
    for _ in 0..2 {
        got.push(of_product.next().await.kind());
    }
    got.sort();
    assert_eq!(got, ["license.created", "policy.created"]);
    for _ in 0..2 {
        let message = of_kind.next().await.json();
        assert_eq!(message["type"], "policy.created");
    }
    let path = format!("/licenses/{}/suspend", license["id"].as_str().unwrap());
    assert_eq!(api.post(&path, json!({ "reason": "x" })).await.status, 200);
    assert_eq!(of_product.next().await.kind(), "license.suspended");
    of_kind.is_idle();
});

contract!(renewals_are_reported_only_if_they_are_named, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let (mut all, mut named) = (Receiver::start().await, Receiver::start().await);
    subscribed(&api, &mut all, &["*"], json!({ "filter": { "kinds": ["activation"] } })).await;
    subscribed(&api, &mut named, &["activation.renewed"], json!({})).await;
    let license = server.license().create().await;
    server.post(JWT, &license.asks("device", json!({}))).await.token();
    assert_eq!(all.next().await.kind(), "activation.created");
    later(db, server, 10 * 86_400).await;
    server.post(JWT, &license.asks("device", json!({}))).await.token();
    assert_eq!(named.next().await.kind(), "activation.renewed");
    all.is_idle();
});

contract!(without_a_subscription_nothing_is_written_to_the_outbox, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    let is_empty = async || !server.service.store().read().await.unwrap().on().has_outbox().await.unwrap();
    let license = server.license().create().await;
    server.post(JWT, &license.asks("device", json!({}))).await.token();
    assert!(is_empty().await);
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    server.post(JWT, &license.asks("another", json!({}))).await;
    assert!(is_empty().await, "it wants no activations");
    assert_eq!(api.send("DELETE", &format!("{SUBSCRIPTIONS}/{id}"), None, &[]).await.status, 204);
    api.license("third").await;
    assert!(is_empty().await);
    receiver.is_idle();
});

contract!(what_happened_before_a_subscription_was_active_is_not_delivered, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    // The second one shares the outbox rows of the first, and becomes active later.
    let mut late = Receiver::start().await;
    let made = subscribe(&api, &late, &["product.*"], json!({})).await;
    late.next().await;
    newest(&api, made["id"].as_str().unwrap(), "Webhooks.Registration.Challenge").await;
    api.license("early").await;
    assert_eq!(receiver.next().await.kind(), "product.created");
    sending.server.clock.advance(20);
    api.license("late").await;
    assert_eq!(late.next().await.json()["data"]["after"]["code"], "late");
});
