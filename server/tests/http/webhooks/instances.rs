//! Several instances that send from one database.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;
use service::store::Store;
use testing::Engine;

use super::{SUBSCRIPTIONS, Sending, receiver::Receiver, subscribed};
use crate::manage::api::Api;

#[test]
fn two_instances_send_each_message_exactly_once() {
    testing::run(Engine::Postgres, async |db| {
        let (one, two) = (Sending::on(db).await, Sending::on(&Store::open(db.url()).await.unwrap()).await);
        let (here, there) = (Api::of(&one.server).await, Api::of(&two.server).await);
        let mut receiver = Receiver::start().await;
        let id = subscribed(&here, &mut receiver, &["product.*"], json!({})).await;
        two.server.clock.advance(20);
        two.server.service.webhooks().refresh_webhooks().await.unwrap();
        let create = |n: usize| {
            let api = if n.is_multiple_of(2) { &here } else { &there };
            api.post("/products", json!({ "code": format!("product-{n}"), "name": "Drift" }))
        };
        for part in 0..10 {
            for made in join_all((0..12).map(|n| create(part * 12 + n))).await {
                assert_eq!(made.status, 201, "{}", made.text());
            }
        }
        let mut ids = HashSet::new();
        for _ in 0..120 {
            assert!(ids.insert(receiver.next().await.header("webhook-id").to_owned()), "a message was sent twice");
        }
        let pending = format!("{SUBSCRIPTIONS}/{id}/deliveries?state=pending");
        while !here.get(&pending).await.json()["items"].as_array().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        receiver.is_idle();
        assert_eq!(db.number("SELECT COUNT(*) FROM outbox").await, 0);
        assert_eq!(db.number("SELECT COUNT(*) FROM delivery_attempts").await, 121, "with that of the challenge");
        two.server.service.close().await;
    });
}
