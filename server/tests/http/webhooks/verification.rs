//! Verification of addresses, and secrets.

use std::collections::HashMap;

use serde_json::json;
use service::{Actor, Report};
use testing::contract;

use super::{
    SUBSCRIPTIONS, Sending, answered, deliveries, newest,
    receiver::{Receiver, Reply},
    subscribe, subscribed,
};
use crate::{fixture::Server, manage::api::Api};

const CHALLENGE: &str = "Webhooks.Registration.Challenge";

contract!(an_address_that_does_not_sign_the_challenge_receives_nothing, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::replying(Reply::Status(200)).await;
    let made = subscribe(&api, &receiver, &["*"], json!({})).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["state"], "PendingVerification");
    assert_eq!(receiver.next().await.kind(), CHALLENGE);
    assert_eq!(receiver.next().await.method, "OPTIONS");
    let challenge = newest(&api, id, CHALLENGE).await;
    assert_eq!((&challenge["state"], &challenge["attempts"]), (&json!("pending"), &json!(1)), "{challenge}");
    sending.server.clock.advance(400);
    api.license("drift-pro").await;
    let path = format!("{SUBSCRIPTIONS}/{id}");
    let test = json!({ "type": "license.created" });
    assert_eq!(api.post(&format!("{path}/test-fire"), test).await.problem(), (409, "conflict".to_owned()));
    let refused = api.send("POST", &format!("{path}/verify"), None, &[]).await;
    assert_eq!(refused.problem(), (409, "conflict".to_owned()));
    assert!(refused.text().contains("200"), "the answer is named: {}", refused.text());
    receiver.replies(Reply::Accepts);
    let verified = api.send("POST", &format!("{path}/verify"), None, &[]).await;
    assert_eq!((verified.status.as_u16(), &verified.json()["state"]), (200, &json!("Active")), "{}", verified.text());
    let again = api.send("POST", &format!("{path}/verify"), None, &[]).await;
    assert_eq!(again.problem(), (409, "conflict".to_owned()), "nothing is to be verified");
});

contract!(an_address_is_verified_by_the_handshake_of_cloud_events, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::replying(Reply::Handshake).await;
    let made = subscribe(&api, &receiver, &["product.*"], json!({})).await;
    let id = made["id"].as_str().unwrap();
    receiver.next().await;
    let asked = receiver.next().await;
    assert_eq!((asked.method.as_str(), asked.header("webhook-request-origin")), ("OPTIONS", "licenses.example.com"));
    assert_eq!(newest(&api, id, CHALLENGE).await["state"], "delivered");
    assert_eq!(api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json()["state"], "Active");
});

contract!(an_owner_may_vouch_for_an_address, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::replying(Reply::Status(204)).await;
    let made = subscribe(&api, &receiver, &["product.*"], json!({})).await;
    let path = format!("{SUBSCRIPTIONS}/{}", made["id"].as_str().unwrap());
    receiver.next().await;
    assert_eq!(api.post(&format!("{path}/vouch"), json!({})).await.problem().0, 400, "a reason is needed");
    let vouched = api.post(&format!("{path}/vouch"), json!({ "reason": "It is our own gateway." })).await.json();
    assert_eq!(vouched["state"], "Active");
    let event = &api.events(Some("webhook.vouched")).await[0];
    assert_eq!(event.reason.as_deref(), Some("It is our own gateway."));
    sending.server.clock.advance(20);
    api.license("drift-pro").await;
    while receiver.next().await.method == "OPTIONS" {}
});

contract!(a_moved_address_is_verified_again, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let (mut old, mut new) = (Receiver::start().await, Receiver::start().await);
    let id = subscribed(&api, &mut old, &["product.*"], json!({})).await;
    let path = format!("{SUBSCRIPTIONS}/{id}");
    let moved = api.patch(&path, json!({ "url": new.url })).await.json();
    // It may have been verified before the call was answered.
    assert!(["PendingVerification", "Active"].contains(&moved["state"].as_str().unwrap()), "{moved}");
    assert_eq!(new.next().await.kind(), CHALLENGE);
    newest(&api, &id, CHALLENGE).await;
    assert_eq!(api.get(&path).await.json()["state"], "Active");
    sending.server.clock.advance(20);
    api.license("drift-pro").await;
    assert_eq!(new.next().await.kind(), "product.created");
    old.is_idle();
});

contract!(a_late_answer_of_the_old_address_does_not_verify_the_new_one, async |db| {
    let server = Server::with(db, &[("LATCHKEY_WEBHOOK_HTTP", "on")]).await;
    let api = Api::of(&server).await;
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    let made = subscribe(&api, &old, &["product.*"], json!({})).await;
    let path = format!("{SUBSCRIPTIONS}/{}", made["id"].as_str().unwrap());
    let sent = server.service.webhooks().claim_deliveries(1, (&HashMap::new(), 1)).await.unwrap();
    let [challenge] = &sent[..] else { panic!("one challenge: {sent:?}") };
    assert_eq!(api.patch(&path, json!({ "url": new.url })).await.json()["state"], "PendingVerification");
    let signed = Report { is_verified: true, ..answered(challenge, 200) };
    server.service.webhooks().record_attempts(vec![signed]).await.unwrap();
    let row = api.get(&path).await.json();
    assert_eq!((&row["url"], &row["state"]), (&json!(new.url), &json!("PendingVerification")), "{row}");
});

contract!(a_receiver_that_is_slow_is_sent_no_more_than_its_share, async |db| {
    let server = Server::with(db, &[("LATCHKEY_WEBHOOK_HTTP", "on")]).await;
    let api = Api::of(&server).await;
    let made = subscribe(&api, &Receiver::start().await, &["product.*"], json!({})).await;
    let id = made["id"].as_str().unwrap().parse().unwrap();
    for (in_flight, claimed) in [(4, 0), (3, 1)] {
        let sent =
            server.service.webhooks().claim_deliveries(10, (&HashMap::from([(id, in_flight)]), 4)).await.unwrap();
        assert_eq!(sent.len(), claimed, "{in_flight} of 4 are being sent");
    }
});

contract!(a_new_challenge_replaces_an_older_one, async |db| {
    let server = Server::with(db, &[("LATCHKEY_WEBHOOK_HTTP", "on")]).await;
    let api = Api::of(&server).await;
    let made = subscribe(&api, &Receiver::start().await, &["product.*"], json!({})).await;
    let id = made["id"].as_str().unwrap();
    let newer = server.service.webhooks().verify_subscription(id.parse().unwrap(), &Actor::command()).await.unwrap();
    let all = deliveries(&api, id).await;
    assert_eq!(all.len(), 2);
    for challenge in all {
        let state = if challenge["id"] == json!(newer) { "pending" } else { "held" };
        assert_eq!(challenge["state"], state, "{challenge}");
    }
});

contract!(both_secrets_sign_until_the_overlap_ends, async |db| {
    let sending = Sending::on(db).await;
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &["product.*"], json!({})).await;
    let path = format!("{SUBSCRIPTIONS}/{id}");
    let rotated = api.post(&format!("{path}/rotate-secret"), json!({ "overlapHours": 1 })).await.json();
    let fresh = rotated["secret"].as_str().unwrap();
    let fire = async || {
        let fired = api.post(&format!("{path}/test-fire"), json!({ "type": "product.created" })).await;
        assert_eq!(fired.status, 200, "{}", fired.text());
    };
    fire().await;
    let both = receiver.next().await;
    assert!(both.is_signed_with(fresh) && both.is_signed_with(&receiver.secret()));
    sending.server.clock.advance(3_600);
    fire().await;
    let one = receiver.next().await;
    assert!(one.is_signed_with(fresh) && !one.is_signed_with(&receiver.secret()));
    let bad = api.post(&format!("{path}/rotate-secret"), json!({ "overlapHours": 169 })).await;
    assert_eq!(crate::manage::api::pointers(&bad), ["/overlapHours"]);
});
