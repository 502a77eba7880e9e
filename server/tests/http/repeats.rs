//! `Idempotency-Key`: a repeated call is done once and answered the same.

use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use licensing::{
    Span, Terms,
    license::StateChange,
    terms::{Holding, Lease, Reactivation},
};
use serde_json::{Value, json};
use service::{
    Actor,
    store::{Paging, Tx},
};
use testing::{Database, contract};
use tokio::task::JoinSet;

use crate::fixture::{Answer, Issued, JWT, LICENSE, Server, Token};

const HOUR: i64 = 60 * 60;

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Posts under an idempotency key.
async fn post(server: &Server, path: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json").header("Idempotency-Key", key);
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// Activates under an idempotency key.
async fn activate(server: &Server, license: &Issued, device: &str, key: &str) -> Answer {
    post(server, JWT, key, &license.asks(device, json!({}))).await
}

/// The same, sent again as long as the first call is still in progress.
async fn activate_in_the_end(server: &Server, license: &Issued, device: &str, key: &str) -> Answer {
    loop {
        let answer = activate(server, license, device, key).await;
        if answer.status == StatusCode::OK {
            return answer;
        }
        assert_eq!(answer.problem(), problem(409, "idempotency_conflict"));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// A session that sends calls under a key.
struct Held<'a> {
    server: &'a Server,
    id: String,
    token: String,
}

impl<'a> Held<'a> {
    async fn by(server: &'a Server, license: &Issued, device: &str) -> Self {
        let token = server.activate(license, device).await.json().as_str().unwrap().to_owned();
        Self { server, id: Token::read(&token).claims["sid"].as_str().unwrap().to_owned(), token }
    }

    async fn send(&self, method: Method, call: &str, key: Option<&str>) -> Answer {
        let path = format!("/api/v1/activations/{}{call}", self.id);
        let bearer = format!("Bearer {}", self.token);
        let mut request = Request::builder().method(method).uri(path).header(AUTHORIZATION, bearer);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.server.send(request.body(Body::empty()).unwrap()).await
    }
}

/// Floating seats with a lease of one hour and no grace.
fn floating(terms: &mut Terms) {
    terms.holding = Holding::Floating;
    terms.lease = Lease { default: Span::hours(1), minimum: Span::minutes(1), maximum: Span::hours(1) };
    terms.grace = Span::ZERO;
}

contract!(a_repeat_gets_the_same_claims_in_a_newly_signed_token, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let first = activate(&server, &license, "one", "\"first\"").await.token();
    server.clock.advance(HOUR);

    // The key as bare text instead of a quoted string; the code in lower case, members in another order, and an
    // additional one that is ignored.
    let body = json!({ "more": [1], "fingerprint": "one", "activationCode": license.code.to_lowercase() });
    for repeat in [activate(&server, &license, "one", "first").await, post(&server, JWT, "first", &body).await] {
        let repeat = repeat.token();
        assert_eq!((&repeat.claims, &repeat.header), (&first.claims, &first.header));
        assert!(repeat.is_signed_by(&server.get("/.well-known/jwks.json").await.json()));
    }

    let fresh = activate(&server, &license, "one", "second").await.token();
    assert_ne!(fresh.claims["jti"], first.claims["jti"], "another key is another call");
    assert_ne!(server.activate(&license, "one").await.token().claims["jti"], first.claims["jti"]);
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(a_key_belongs_to_its_endpoint_and_its_code, async |db| {
    let server = Server::on(db).await;
    let (one, other) = (server.license().create().await, server.license().create().await);
    let jwt = activate(&server, &one, "one", "key").await.token();

    let first = post(&server, LICENSE, "key", &one.asks("one", json!({}))).await.json();
    server.clock.advance(1);
    let repeat = post(&server, LICENSE, "key", &one.asks("one", json!({}))).await.json();
    let claims = |answer: &Value| Token::read(answer["licenseToken"].as_str().unwrap()).claims;
    assert_eq!(claims(&first), claims(&repeat));
    assert_ne!(claims(&first)["jti"], jwt.claims["jti"]);
    let rest = |answer: &Value| json!({ "licenseToken": null, "of": answer["licensedProducts"], "by": answer["tokenPublicKeyBase64"], "at": answer["providerUrl"] });
    assert_eq!(rest(&first), rest(&repeat));

    let elsewhere = activate(&server, &other, "one", "key").await.token();
    assert_ne!(elsewhere.claims["sub"], jwt.claims["sub"]);
});

contract!(other_content_under_the_same_key_is_a_mismatch, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(5).create().await;
    activate(&server, &license, "one", "key").await.token();
    for more in [
        json!({ "fingerprint": "two" }),
        json!({ "email": "ingrid@example.com" }),
        json!({ "requestedLeaseDuration": 3 }),
        json!({ "targetSoftwareVersion": "1.2.3" }),
        json!({ "deviceName": "Studio" }),
        json!({ "platform": "Studio" }),
    ] {
        let answer = post(&server, JWT, "key", &license.asks("one", more.clone())).await;
        assert_eq!(answer.problem(), problem(422, "idempotency_mismatch"), "{more}");
        assert_eq!(answer.json()["retryable"], false);
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

/// Makes the write desk wait: on SQLite by a lock on the database, on PostgreSQL by a lock on the license.
async fn hold(db: &Database, license: &Issued) -> Tx {
    let mut tx = db.begin().await.unwrap();
    tx.lock_license(license.id).await.unwrap();
    tx
}

contract!(while_the_first_call_is_in_progress_the_second_is_told_to_wait, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.service.keys().status_places(1).await.unwrap();
    let held = hold(db, &license).await;
    let first = tokio::spawn({
        let (server, license) = (server.clone(), license.clone());
        async move { activate(&server, &license, "one", "key").await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    let answer = activate(&server, &license, "one", "key").await;
    assert_eq!(answer.problem(), problem(409, "idempotency_conflict"));
    assert_eq!((answer.header("retry-after"), &answer.json()["retryable"]), ("1", &json!(true)));

    drop(held);
    let first = first.await.unwrap().token();
    assert_eq!(activate(&server, &license, "one", "key").await.token().claims, first.claims);
});

contract!(of_64_concurrent_calls_under_one_key_one_is_done_and_all_get_its_claims, async |db| {
    let servers = [Server::on(db).await, Server::on(db).await];
    let license = servers[0].license().seats(64).create().await;
    let mut calls = JoinSet::new();
    for n in 0..64 {
        let (server, license) = (servers[n % 2].clone(), license.clone());
        calls.spawn(async move { activate_in_the_end(&server, &license, "one", "key").await });
    }
    let claims: Vec<Value> = calls.join_all().await.iter().map(|answer| answer.token().claims).collect();
    assert!(claims.iter().all(|one| *one == claims[0]));
    assert_eq!(license.devices_and_seats(&servers[0]).await, (1, 1));
    let mut reading = servers[0].service.store().read().await.unwrap();
    let reported = reading.on().events(&Default::default(), Paging::First, 100).await.unwrap().rows;
    let activated = reported.iter().filter(|event| event.kind == "device.activated").count();
    assert_eq!(activated, 1);
});

contract!(a_refusal_is_not_kept, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    assert_eq!(activate(&server, &license, "two", "key").await.problem(), problem(409, "seat_limit"));
    assert_eq!(post(&server, JWT, "key", &json!({ "activationCode": license.code })).await.problem().0, 400);
    server.revoke(&license, "one").await;
    activate(&server, &license, "two", "key").await.token();
});

contract!(a_key_is_kept_for_a_day, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let first = activate(&server, &license, "one", "key").await.token();
    server.clock.advance(24 * HOUR - 1);
    assert_eq!(server.service.calls().sweep_calls().await.unwrap(), 0);
    assert_eq!(activate(&server, &license, "one", "key").await.token().claims, first.claims);
    server.clock.advance(1);
    let after = activate(&server, &license, "one", "key").await.token();
    assert_ne!(after.claims["jti"], first.claims["jti"]);
    assert_eq!(activate(&server, &license, "one", "key").await.token().claims, after.claims, "and is kept again");
    server.clock.advance(24 * HOUR);
    assert_eq!(server.service.calls().sweep_calls().await.unwrap(), 1);
});

contract!(a_repeat_does_not_revive_a_session, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(9).create().await;
    activate(&server, &license, "one", "key").await.token();
    let why = "The invoice is open.";
    server.service.licenses().change_state(license.id, StateChange::Suspend, why, &Actor::command()).await.unwrap();
    assert_eq!(activate(&server, &license, "one", "key").await.problem(), problem(403, "license_suspended"));
    server.service.licenses().change_state(license.id, StateChange::Reinstate, why, &Actor::command()).await.unwrap();
    activate(&server, &license, "one", "key").await.token();

    server.revoke(&license, "one").await;
    assert_eq!(activate(&server, &license, "one", "key").await.problem(), problem(404, "session_not_found"));
    let again = activate(&server, &license, "one", "another-key").await.token();
    assert_eq!(activate(&server, &license, "one", "key").await.problem(), problem(404, "session_not_found"));
    assert_eq!(activate(&server, &license, "one", "another-key").await.token().claims, again.claims);

    let floats = server.license().terms(floating).create().await;
    let token = activate(&server, &floats, "one", "key").await.json().as_str().unwrap().to_owned();
    let id = Token::read(&token).claims["sid"].as_str().unwrap().to_owned();
    let held = Held { server: &server, id, token };
    held.send(Method::POST, "/check-out", None).await.json();
    assert_eq!(activate(&server, &floats, "one", "key").await.problem(), problem(404, "session_not_found"));
    assert_eq!(floats.devices_and_seats(&server).await.1, 0);
});

contract!(a_lost_answer_is_recoverable_if_a_device_may_activate_only_once, async |db| {
    let server = Server::on(db).await;
    let once = |terms: &mut Terms| terms.reactivation = Reactivation::Refuse;
    let license = server.license().terms(once).create().await;
    let first = activate(&server, &license, "one", "key").await.token();
    assert_eq!(server.activate(&license, "one").await.problem(), problem(409, "already_activated"));
    assert_eq!(activate(&server, &license, "one", "key").await.token().claims, first.claims);
});

contract!(every_writing_call_of_a_session_is_done_once_under_its_key, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(floating).create().await;
    let held = Held::by(&server, &license, "one").await;
    let claims = |answer: &Answer| Token::read(answer.json()["licenseToken"].as_str().unwrap()).claims;

    server.clock.advance(HOUR / 2);
    for call in ["/renew", "/check-in"] {
        let first = held.send(Method::POST, call, Some("key")).await;
        server.clock.advance(HOUR / 2);
        let repeat = held.send(Method::POST, call, Some("key")).await;
        assert_eq!(claims(&first), claims(&repeat), "{call}");
    }

    let held = Held::by(&server, &license, "one").await;
    let first = held.send(Method::POST, "/check-out", Some("key")).await;
    held.send(Method::POST, "/check-in", None).await.json();
    let repeat = held.send(Method::POST, "/check-out", Some("key")).await;
    assert_eq!((first.status, first.json()), (repeat.status, repeat.json()));
    assert_eq!(repeat.json()["state"], "checked-out", "the state at the time of the call");
    assert_eq!(license.devices_and_seats(&server).await.1, 1, "it was not checked out again");

    assert_eq!(held.send(Method::DELETE, "", Some("key")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(held.send(Method::DELETE, "", Some("key")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(held.send(Method::DELETE, "", Some("other")).await.problem(), problem(404, "session_not_found"));
    Held::by(&server, &license, "one").await;
    assert_eq!(
        held.send(Method::DELETE, "", Some("key")).await.status,
        StatusCode::NO_CONTENT,
        "done under its own key"
    );
    assert_eq!(license.devices_and_seats(&server).await.1, 1, "the new session keeps its seat");
});

contract!(an_invalid_key_is_a_bad_field, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let long = "k".repeat(256);
    for bad in ["", "two words", "\"open", "\"a\"; q=1", &long] {
        assert_eq!(activate(&server, &license, "one", bad).await.bad_fields(), ["Idempotency-Key"], "{bad}");
    }
    let twice = Request::post(JWT).header(CONTENT_TYPE, "application/json");
    let twice = twice.header("Idempotency-Key", "a").header("Idempotency-Key", "a");
    let answer = server.send(twice.body(Body::from(license.asks("one", json!({})).to_string())).unwrap()).await;
    assert_eq!(answer.bad_fields(), ["Idempotency-Key"]);
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
    activate(&server, &license, "one", &"k".repeat(255)).await.token();
});
