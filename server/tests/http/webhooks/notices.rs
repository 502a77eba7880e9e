//! Notices about the ends of licenses.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use licensing::{Span, license::StateChange, terms::Validity};
use serde_json::{Value, json};
use service::{Actor, store::Store};
use testing::contract;

use super::{SUBSCRIPTIONS, Sending, later, receiver::Receiver, subscribed};
use crate::{
    fixture::{Issued, JWT, Server},
    manage::api::Api,
};

const DAY: i64 = 86_400;
const NOTICES: [&str; 2] = ["license.expiring", "license.expired"];

/// Runs a round of notices. Returns the number sent.
async fn round(server: &Server) -> usize {
    server.service.licenses().send_notices().await.unwrap()
}

fn in_days(server: &Server, days: u64) -> DateTime<Utc> {
    Span::days(days).after(server.now())
}

/// Creates a license that ends in this many days.
async fn ending(server: &Server, days: u64) -> Issued {
    let end = in_days(server, days);
    server.license().terms(|terms| terms.validity = Validity::Until(end)).create().await
}

/// The next notice: its type and days left.
async fn next(receiver: &mut Receiver) -> (String, Value) {
    let message = receiver.next().await.json();
    (message["type"].as_str().unwrap().to_owned(), message["daysleft"].clone())
}

fn expiring(days: u32) -> (String, Value) {
    ("license.expiring".to_owned(), json!(days))
}

fn expired() -> (String, Value) {
    ("license.expired".to_owned(), Value::Null)
}

contract!(an_end_is_noticed_thirty_days_seven_days_and_a_day_before_and_when_it_is_reached, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    assert_eq!(round(server).await, 0, "the first round");
    let license = ending(server, 40).await;
    let end = in_days(server, 40);
    later(db, server, 9 * DAY).await;
    assert_eq!(round(server).await, 0);
    later(db, server, DAY).await;
    assert_eq!((round(server).await, round(server).await), (1, 0), "each is sent once");
    let message = receiver.next().await.json();
    assert_eq!((&message["type"], &message["daysleft"]), (&json!("license.expiring"), &json!(30)));
    assert_eq!(message["subject"], format!("licenses/{}", license.id));
    assert_eq!(message["data"]["after"], json!({ "endsAt": end, "daysLeft": 30 }));
    assert_eq!(message["data"]["actor"]["kind"], "server");
    for (days, notice) in [(23, expiring(7)), (6, expiring(1)), (1, expired())] {
        later(db, server, days * DAY).await;
        assert_eq!(round(server).await, 1, "{notice:?}");
        assert_eq!(next(&mut receiver).await, notice);
    }
    later(db, server, 365 * DAY).await;
    assert_eq!(round(server).await, 0);
    receiver.is_idle();
});

contract!(of_several_notices_at_once_only_the_nearest_to_the_end_is_sent, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    round(server).await;
    ending(server, 40).await;
    // As if the server had been off.
    later(db, server, 35 * DAY).await;
    assert_eq!((round(server).await, round(server).await), (1, 0));
    assert_eq!(next(&mut receiver).await, expiring(5));
    later(db, server, 60 * DAY).await;
    assert_eq!(round(server).await, 1);
    assert_eq!(next(&mut receiver).await, expired());
});

contract!(a_database_with_old_licenses_says_nothing_about_them, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    for days in [1, 20, 40] {
        ending(server, days).await;
    }
    later(db, server, 30 * DAY).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    assert_eq!((round(server).await, round(server).await), (0, 0));
    later(db, server, 9 * DAY).await;
    assert_eq!(round(server).await, 1, "one has come near its end since");
    assert_eq!(next(&mut receiver).await, expiring(1));
    receiver.is_idle();
});

contract!(without_a_subscription_no_notice_is_written, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    round(&server).await;
    ending(&server, 40).await;
    later(db, &server, 10 * DAY).await;
    assert_eq!(round(&server).await, 0);
    assert!(api.events(Some("license.expir")).await.is_empty());
    assert_eq!(db.number("SELECT COUNT(*) FROM license_notices").await, 0);
});

contract!(revoked_licenses_are_not_noticed_and_suspended_ones_are, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    round(server).await;
    let (revoked, suspended) = (ending(server, 5).await, ending(server, 5).await);
    let (licenses, actor) = (server.service.licenses(), Actor::command());
    licenses.change_state(revoked.id, StateChange::Revoke, "Stolen.", &actor).await.unwrap();
    licenses.change_state(suspended.id, StateChange::Suspend, "Chargeback.", &actor).await.unwrap();
    later(db, server, 5 * DAY).await;
    assert_eq!(round(server).await, 1);
    assert_eq!(receiver.next().await.json()["entityid"], suspended.id.to_string());
    receiver.is_idle();
});

contract!(an_extended_license_is_noticed_again_for_its_new_end, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    round(server).await;
    let license = ending(server, 8).await;
    later(db, server, DAY).await;
    round(server).await;
    assert_eq!(next(&mut receiver).await, expiring(7));
    let extend = json!({ "until": in_days(server, 20), "reason": "Paid." });
    assert_eq!(api.post(&format!("/licenses/{}/extend", license.id), extend).await.status, 200);
    later(db, server, 7 * DAY).await;
    assert_eq!(round(server).await, 0, "the old end means nothing");
    later(db, server, 6 * DAY).await;
    assert_eq!(round(server).await, 1);
    assert_eq!(next(&mut receiver).await, expiring(7));
});

contract!(an_end_that_an_act_moves_nearer_is_noticed_at_once, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    let license = ending(server, 300).await;
    let path = format!("/licenses/{}", license.id);
    let until = async |end: DateTime<Utc>| {
        let patch = json!({ "overrides": { "validity": { "until": end } } });
        let changed = api.patch(&path, patch).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
    };
    until(in_days(server, 6)).await;
    assert_eq!(next(&mut receiver).await, expiring(6));
    until(server.now()).await;
    assert_eq!(next(&mut receiver).await, expired());
    until(in_days(server, 300)).await;
    let of_policy = ending(server, 200).await;
    let end = server.now();
    of_policy.change_terms(server, |terms| terms.validity = Validity::Until(end)).await;
    while server.service.licenses().refresh_hints().await.unwrap() {}
    let message = receiver.next().await.json();
    assert_eq!((&message["type"], &message["entityid"]), (&json!("license.expired"), &json!(of_policy.id)));
    assert_eq!(round(server).await, 0);
    receiver.is_idle();
});

contract!(a_license_for_seven_days_is_not_noticed_as_it_begins, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    round(server).await;
    ending(server, 7).await;
    let trial = server.license().terms(|terms| terms.validity = Validity::FromFirstActivation(Span::days(7).into()));
    let trial = trial.create().await;
    assert_eq!(round(server).await, 0);
    server.clock.advance(30);
    server.post(JWT, &trial.asks("device", json!({}))).await.token();
    server.clock.advance(30);
    assert_eq!(round(server).await, 0);
    later(db, server, 6 * DAY).await;
    assert_eq!(round(server).await, 2);
    assert_eq!([next(&mut receiver).await, next(&mut receiver).await], [expiring(1), expiring(1)]);
});

contract!(the_settings_name_the_days, async |db| {
    let sending = Sending::with(db, &[("LATCHKEY_EXPIRING_DAYS", "[14]")]).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    let filter = json!({ "filter": { "attributes": { "daysleft": 14 } } });
    subscribed(&api, &mut receiver, &["license.*"], filter).await;
    round(server).await;
    ending(server, 40).await;
    let mut sent = vec![];
    for _ in 0..40 {
        later(db, server, DAY).await;
        sent.push(round(server).await);
    }
    assert_eq!((sent[25], sent[39], sent.iter().sum::<usize>()), (1, 1, 2));
    assert_eq!(next(&mut receiver).await, expiring(14));
    receiver.is_idle();
});

contract!(no_notice_is_sent_while_the_clock_is_not_trusted, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    round(server).await;
    ending(server, 40).await;
    server.clock.leap(41 * DAY);
    assert_eq!(round(server).await, 0);
    server.clock.leap(-41 * DAY);
    later(db, server, 10 * DAY).await;
    assert_eq!(round(server).await, 1);
    assert_eq!(next(&mut receiver).await, expiring(30));
});

contract!(many_licenses_with_one_end_are_noticed_once_each_by_two_instances, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let other = Server::on(&Store::open(db.url()).await.unwrap()).await;
    let mut receiver = Receiver::start().await;
    let id = subscribed(&api, &mut receiver, &NOTICES, json!({})).await;
    other.clock.advance(20);
    other.service.webhooks().refresh_webhooks().await.unwrap();
    round(server).await;
    let license = ending(server, 40).await;
    let job = json!({ "policy": license.policy_id, "count": 249 });
    assert_eq!(api.post("/licenses/batch", job).await.status, 202);
    while server.service.jobs().run_some().await.unwrap() {}
    for instance in [server, &other] {
        later(db, instance, 40 * DAY).await;
    }
    let sent = join_all([round(server), round(&other)]).await;
    assert_eq!(sent.iter().sum::<usize>(), 250, "{sent:?}");
    let mut licenses = HashSet::new();
    for _ in 0..250 {
        let message = receiver.next().await.json();
        assert_eq!(message["type"], "license.expired");
        licenses.insert(message["entityid"].as_str().unwrap().to_owned());
    }
    assert_eq!(licenses.len(), 250);
    assert_eq!(api.events(Some("license.expired")).await.len(), 250);
    assert_eq!(api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.json()["state"], "Active");
    receiver.is_idle();
    other.service.close().await;
});
