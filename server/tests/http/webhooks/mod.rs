//! Webhooks: subscriptions through the API, and deliveries to a real receiver.

mod answers;
mod api;
mod choice;
mod delivery;
mod foreign;
mod instances;
mod milestones;
mod notices;
mod receiver;
mod verification;

use std::{sync::Arc, time::Duration};

use licensing::webhook::Answer;
use serde_json::{Value, json};
use service::{Outgoing, Report, store::Store};
use testing::Database;
use tokio::sync::Notify;

use crate::{fixture::Server, manage::api::Api};
use receiver::Receiver;

const SUBSCRIPTIONS: &str = "/api/v1/webhooks/admin/subscriptions";

/// A server that sends webhooks to receivers on this machine, while the value exists.
pub(crate) struct Sending {
    pub(crate) server: Server,
    stop: Arc<Notify>,
}

impl Sending {
    pub(crate) async fn on(db: &Store) -> Self {
        Self::with(db, &[]).await
    }

    pub(crate) async fn with(db: &Store, more: &[(&str, &str)]) -> Self {
        let mut settings = vec![
            ("LATCHKEY_RATE_LIMITS", "off"),
            ("LATCHKEY_WEBHOOK_HTTP", "on"),
            ("LATCHKEY_WEBHOOK_NETWORKS", "127.0.0.1"),
        ];
        settings.extend(more);
        let server = Server::with(db, &settings).await;
        let stop = Arc::<Notify>::default();
        tokio::spawn(server::webhooks::run(server.service.clone(), server.config(), Arc::clone(&stop)));
        Self { server, stop }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

/// Advances the clock once every message is delivered: one in progress would be sent again, since its claim ends.
async fn later(db: &Database, server: &Server, seconds: i64) {
    while db.number("SELECT COUNT(*) FROM outbox").await > 0
        || db.number("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'").await > 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.clock.advance(seconds);
}

/// A subscription of a receiver to these types, with more members.
async fn subscribe(api: &Api<'_>, receiver: &Receiver, types: &[&str], more: Value) -> Value {
    let mut form = json!({ "url": receiver.url, "eventTypes": types, "secret": receiver.secret() });
    form.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let made = api.post(SUBSCRIPTIONS, form).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

/// The same, verified and active.
async fn subscribed(api: &Api<'_>, receiver: &mut Receiver, types: &[&str], more: Value) -> String {
    let id = subscribe(api, receiver, types, more).await["id"].as_str().unwrap().to_owned();
    assert_eq!(receiver.next().await.kind(), "Webhooks.Registration.Challenge");
    let [delivery] = &deliveries(api, &id).await[..] else { panic!("one challenge") };
    attempted(api, delivery).await;
    let row = api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json();
    assert_eq!(row["state"], "Active", "{row}");
    api.server.clock.advance(20);
    id
}

/// The deliveries of a subscription, newest first.
async fn deliveries(api: &Api<'_>, id: &str) -> Vec<Value> {
    let list = api.get(&format!("{SUBSCRIPTIONS}/{id}/deliveries")).await.json();
    list["items"].as_array().unwrap().clone()
}

/// Waits for the next attempt at a delivery, and returns it.
async fn attempted(api: &Api<'_>, delivery: &Value) -> Value {
    let id = delivery["id"].as_str().unwrap().parse().unwrap();
    let row = api.server.service.webhooks().attempted(id).await.unwrap();
    api.get(&format!("{SUBSCRIPTIONS}/{}/deliveries/{id}", row.subscription_id)).await.json()
}

/// The report of an attempt that was answered with this status.
fn answered(message: &Outgoing, status: u16) -> Report {
    Report {
        delivery: message.delivery,
        subscription: message.subscription,
        url: message.url.clone(),
        at: message.at,
        milliseconds: 1,
        answer: Answer::Status(status, None),
        error: None,
        response: None,
        is_verified: false,
    }
}

/// The newest delivery of this type to a subscription, after its next attempt.
async fn newest(api: &Api<'_>, id: &str, event_type: &str) -> Value {
    let all = deliveries(api, id).await;
    let found = all.iter().find(|it| it["type"] == event_type).unwrap_or_else(|| panic!("no {event_type} in {all:?}"));
    attempted(api, found).await
}
