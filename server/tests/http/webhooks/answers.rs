//! Answers of receivers, and what follows from each.

use serde_json::json;
use testing::contract;

use super::{
    SUBSCRIPTIONS, Sending, deliveries, newest,
    receiver::{Receiver, Reply},
    subscribe, subscribed,
};
use crate::manage::api::Api;

contract!(each_answer_leads_to_its_state, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let elsewhere = Receiver::start().await;
    let redirect = Reply::With(302, "location", elsewhere.url.clone());
    let mut elsewhere = elsewhere;
    for (reply, state, status) in [
        (Reply::Status(204), "delivered", json!(204)),
        (Reply::Status(404), "pending", json!(404)),
        (redirect, "pending", json!(302)),
        (Reply::Closes, "pending", json!(null)),
        (Reply::Huge, "delivered", json!(200)),
    ] {
        let mut receiver = Receiver::start().await;
        let id = subscribed(&api, &mut receiver, &["*"], json!({})).await;
        receiver.replies(reply.clone());
        let path = format!("{SUBSCRIPTIONS}/{id}");
        let fired = api.post(&format!("{path}/test-fire"), json!({ "type": "license.suspended" })).await;
        assert_eq!(fired.status, 200, "{}", fired.text());
        let delivery = fired.json();
        assert_eq!(
            (&delivery["state"], &delivery["log"][0]["status"]),
            (&json!(state), &status),
            "{reply:?} {delivery}"
        );
        assert!(delivery["log"][0]["response"].as_str().unwrap_or_default().len() <= 2_048);
        let message = receiver.next().await.json();
        assert_eq!((&message["type"], &message["testmode"]), (&json!("license.suspended"), &json!(true)));
        assert_eq!(api.send("DELETE", &path, None, &[]).await.status, 204);
        assert_eq!(api.get(&path).await.status, 404);
    }
    elsewhere.is_idle();
});

contract!(a_receiver_that_is_gone_disables_its_subscription, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    receiver.replies(Reply::Status(500));
    let (product, ..) = api.license("drift-pro").await;
    receiver.next().await;
    assert_eq!(newest(&api, &id, "product.created").await["state"], "pending");
    receiver.replies(Reply::Status(410));
    api.patch(&format!("/products/{product}"), json!({ "name": "Drift" })).await;
    receiver.next().await;
    assert_eq!(newest(&api, &id, "product.changed").await["state"], "held");
    assert_eq!(newest(&api, &id, "product.created").await["state"], "held", "it is not tried again");
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert_eq!((&row["state"], &row["enabled"]), (&json!("Disabled"), &json!(false)));
    assert!(row["stateReason"].as_str().unwrap().contains("410"), "{row}");
    assert_eq!(api.events(Some("webhook.disabled")).await.len(), 1);
});

contract!(a_receiver_that_is_overloaded_is_left_alone, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    receiver.replies(Reply::With(429, "retry-after", "600".to_owned()));
    let (product, ..) = api.license("drift-pro").await;
    receiver.next().await;
    let delivery = newest(&api, &id, "product.created").await;
    assert_eq!((&delivery["state"], &delivery["dueAt"]), (&json!("pending"), &json!("2026-03-01T12:10:20Z")));
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert_eq!(row["pausedUntil"], "2026-03-01T12:10:20Z", "{row}");
    api.patch(&format!("/products/{product}"), json!({ "name": "Drift" })).await;
    let service = &sending.server.service;
    while service.webhooks().fan_out().await.unwrap() {}
    let due = service.webhooks().claim_deliveries(10, (&Default::default(), 4)).await.unwrap();
    assert!(due.is_empty(), "nothing is sent before: {due:?}");
    receiver.replies(Reply::Accepts);
    sending.server.clock.advance(600);
    let mut kinds = [receiver.next().await.kind(), receiver.next().await.kind()];
    kinds.sort();
    assert_eq!(kinds, ["product.changed", "product.created"]);
});

contract!(a_subscription_that_fails_for_days_is_suspended_and_its_neighbor_is_told, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let (mut broken, mut watching) = (Receiver::start().await, Receiver::start().await);
    let id = subscribed(&api, &mut broken, &["product.*", "webhook.*"], json!({})).await;
    subscribed(&api, &mut watching, &["webhook.*"], json!({})).await;
    broken.replies(Reply::Status(500));
    api.license("drift-pro").await;
    broken.next().await;
    newest(&api, &id, "product.created").await;
    sending.server.advance_days(5);
    broken.next().await;
    let news = watching.next().await.json();
    assert_eq!((&news["type"], &news["entityid"]), (&json!("webhook.suspended"), &json!(id)));
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert_eq!(row["state"], "Suspended", "{row}");
    assert_eq!(newest(&api, &id, "product.created").await["state"], "held");
    let about_itself = deliveries(&api, &id).await.into_iter().filter(|it| it["type"] == "webhook.suspended");
    assert_eq!(about_itself.count(), 0, "a subscription is not told about itself");
});

contract!(nothing_is_sent_to_this_machine_without_an_exception, async |db| {
    let sending = Sending::with(db, &[("LATCHKEY_WEBHOOK_NETWORKS", "10.0.0.0/8")]).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let made = subscribe(&api, &receiver, &["*"], json!({})).await;
    let id = made["id"].as_str().unwrap();
    let challenge = newest(&api, id, "Webhooks.Registration.Challenge").await;
    assert_eq!(challenge["state"], "blocked", "{challenge}");
    assert!(challenge["log"][0]["error"].as_str().unwrap().contains("127.0.0.1"), "{challenge}");
    receiver.is_idle();
});
