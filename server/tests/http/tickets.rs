//! Release tickets: the customer of a full license sees the devices in use and frees one.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{
    Span, Terms,
    terms::{Release, Strictness, Transfers},
};
use serde_json::{Value, json};
use service::{Clock, SealingKey, Service, store::Paging};
use testing::contract;
use uuid::Uuid;

use crate::fixture::{Answer, Issued, NewLicense, Server, Token};

const RELEASE: &str = "/api/v1/activations/release";
const INGRID: &str = "ingrid@example.com";

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A license issued to Ingrid.
fn ingrids(server: &Server) -> NewLicense<'_> {
    server.license().email(INGRID)
}

/// The refusal of a full license to Ingrid.
async fn refused(server: &Server, license: &Issued, device: &str) -> Value {
    let answer = server.activate_with(license, device, json!({ "email": INGRID })).await;
    assert_eq!(answer.problem(), problem(409, "seat_limit"));
    answer.json()
}

/// Uses the ticket of this answer for the device at this position.
async fn free(server: &Server, answer: &Value, place: usize) -> Answer {
    let session = &answer["devices"][place]["sessionId"];
    server.post(RELEASE, &json!({ "ticket": answer["releaseTicket"], "sessionId": session })).await
}

contract!(the_customer_of_a_full_license_frees_a_device_and_activates, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).seats(2).create().await;
    let named = json!({ "deviceName": "Ingrid’s MacBook", "platform": "macOS 15" });
    let token = server.activate_with(&license, "one", named).await.json().as_str().unwrap().to_owned();
    server.clock.advance(60);
    server.activate(&license, "two").await.token();

    let full = refused(&server, &license, "three").await;
    let devices = full["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    let session = Token::read(&token).claims["sid"].clone();
    let expected = json!({
        "sessionId": session, "name": "In…’s Mac…", "platform": "macOS 15", "lastSeenAt": "2026-03-01T12:00:00Z",
        "activatedAt": "2026-03-01T12:00:00Z", "leaseEndsAt": "2026-03-31T12:00:00Z",
    });
    assert_eq!(devices[0], expected, "least recently seen first");
    assert_eq!(devices[1].get("name"), None);
    assert_eq!((&full["seatsUsed"], &full["seatsAllowed"]), (&json!(2), &json!(2)));
    assert!(full["nextSeatAt"].is_string());

    assert_eq!(free(&server, &full, 0).await.status, StatusCode::NO_CONTENT);
    server.activate_with(&license, "three", json!({ "email": INGRID })).await.token();
    assert_eq!(license.devices_and_seats(&server).await.1, 2);

    let path = format!("/api/v1/activations/{}", session.as_str().unwrap());
    let request = Request::get(path).header(AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap();
    assert_eq!(server.send(request).await.json()["state"], "released");
    let mut reading = server.service.store().read().await.unwrap();
    let reported = reading.on().events(&Default::default(), Paging::First, 100).await.unwrap().rows;
    let released = reported.iter().find(|event| event.kind == "device.released").unwrap();
    assert_eq!((released.actor_kind.as_str(), released.actor_name.as_str()), ("anonymous", "release ticket"));
});

contract!(devices_are_listed_only_with_proof_of_being_the_customer, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).create().await;
    let nobodys = server.license().create().await;
    let supports = ingrids(&server).terms(|terms| terms.release = Release::BySupport).create().await;
    for one in [&license, &nobodys, &supports] {
        server.activate(one, "one").await.token();
    }
    for (license, more) in [
        (&license, json!({})),
        (&license, json!({ "email": "olaf@example.com" })),
        (&nobodys, json!({ "email": INGRID })),
        (&supports, json!({ "email": INGRID })),
    ] {
        let answer = server.activate_with(license, "two", more.clone()).await;
        assert_eq!(answer.problem(), problem(409, "seat_limit"));
        assert_eq!((answer.json().get("devices"), answer.json().get("releaseTicket")), (None, None), "{more}");
    }
});

contract!(a_ticket_is_valid_once, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).seats(2).create().await;
    server.activate(&license, "one").await.token();
    server.activate(&license, "two").await.token();
    let full = refused(&server, &license, "three").await;
    assert_eq!(free(&server, &full, 1).await.status, StatusCode::NO_CONTENT);
    for place in [0, 1] {
        assert_eq!(free(&server, &full, place).await.problem(), problem(409, "ticket_used"));
    }
    assert_eq!(license.devices_and_seats(&server).await.1, 1);
});

contract!(of_two_concurrent_uses_of_a_ticket_one_succeeds, async |db| {
    let (server, other) = (Server::on(db).await, Server::on(db).await);
    for _ in 0..8 {
        let license = ingrids(&server).seats(2).create().await;
        server.activate(&license, "one").await.token();
        server.activate(&license, "two").await.token();
        let full = refused(&server, &license, "three").await;
        let (a, b) = tokio::join!(free(&server, &full, 0), free(&other, &full, 1));
        let mut both = [a.status.as_u16(), b.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [204, 409]);
        assert_eq!(license.devices_and_seats(&server).await.1, 1);
    }
});

contract!(a_repeat_under_a_key_gets_the_same_answer, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).create().await;
    server.activate(&license, "one").await.token();
    let full = refused(&server, &license, "two").await;
    let chosen = json!({ "ticket": full["releaseTicket"], "sessionId": full["devices"][0]["sessionId"] });
    let send = async |key: &str, body: &Value| {
        let request = Request::post(RELEASE).header(CONTENT_TYPE, "application/json").header("Idempotency-Key", key);
        server.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    assert_eq!(send("key", &chosen).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send("key", &chosen).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send("other", &chosen).await.problem(), problem(409, "ticket_used"));
    let another = json!({ "ticket": full["releaseTicket"], "sessionId": Uuid::nil() });
    assert_eq!(send("key", &another).await.problem(), problem(422, "idempotency_mismatch"));
});

contract!(a_ticket_is_valid_for_ten_minutes, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).create().await;
    server.activate(&license, "one").await.token();
    let full = refused(&server, &license, "two").await;
    server.clock.advance(600);
    assert_eq!(free(&server, &full, 0).await.problem(), problem(401, "invalid_token"));
    let full = refused(&server, &license, "two").await;
    server.clock.advance(599);
    assert_eq!(free(&server, &full, 0).await.status, StatusCode::NO_CONTENT);
});

contract!(a_ticket_frees_no_device_of_another_license_and_stays_valid, async |db| {
    let server = Server::on(db).await;
    let (license, other) = (ingrids(&server).create().await, ingrids(&server).create().await);
    server.activate(&license, "one").await.token();
    let foreign = server.activate(&other, "one").await.token().claims["sid"].clone();
    let full = refused(&server, &license, "two").await;
    let with = |session: Value| json!({ "ticket": full["releaseTicket"], "sessionId": session });
    assert_eq!(server.post(RELEASE, &with(foreign)).await.problem(), problem(403, "not_your_session"));
    assert_eq!(server.post(RELEASE, &with(json!(Uuid::nil()))).await.problem(), problem(404, "session_not_found"));
    assert_eq!(other.devices_and_seats(&server).await.1, 1);
    assert_eq!(free(&server, &full, 0).await.status, StatusCode::NO_CONTENT);
});

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// A ticket signed by the forger's own key.
fn signed_by(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

contract!(a_forged_ticket_frees_nothing, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).create().await;
    let license_token = server.activate(&license, "one").await.json().as_str().unwrap().to_owned();
    let full = refused(&server, &license, "two").await;
    let ticket = full["releaseTicket"].as_str().unwrap();
    let Token { header, claims, .. } = Token::read(ticket);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("release-ticket+jwt"), &json!("ES256")));
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!("https://licenses.example.com"), &json!(license.id)));
    let parts: Vec<&str> = ticket.split('.').collect();

    let forger = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = &forger.public_key().as_ref()[1..];
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(&point[..32]), "y": URL_SAFE_NO_PAD.encode(&point[32..]),
    });
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let mut longer = claims.clone();
    longer["exp"] = json!(claims["exp"].as_i64().unwrap() + 60);
    // Signed with our own key, but by a server with another name.
    let elsewhere = {
        let key = SealingKey::read("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
        let clock = Clock::fixed(server.now());
        let other = Service::open((**db).clone(), &key, clock, "https://other.example.com".to_owned()).await.unwrap();
        let request = licensing::activation::Request {
            email: Some(licensing::Email::read(INGRID).unwrap()),
            ..licensing::activation::Request::default()
        };
        let code = licensing::ActivationCode::read(&license.code).unwrap();
        other.devices().in_use(&code, &request).await.unwrap().unwrap().ticket
    };
    for (what, forged) in [
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("alg none", format!("{}.{}.", part(&with("alg", json!("none"))), parts[1])),
        ("alg none, signed", format!("{}.{}.{}", part(&with("alg", json!("none"))), parts[1], parts[2])),
        ("another key of that name", signed_by(&forger, &header, &claims)),
        ("an embedded key", signed_by(&forger, &with("jwk", jwk), &claims)),
        ("an unknown key", signed_by(&forger, &with("kid", json!("unknown")), &claims)),
        ("longer", format!("{}.{}.{}", parts[0], part(&longer), parts[2])),
        ("a license token", license_token.clone()),
        ("another server's", elsewhere),
        ("nonsense", "nonsense".to_owned()),
    ] {
        let body = json!({ "ticket": forged, "sessionId": full["devices"][0]["sessionId"] });
        assert_eq!(server.post(RELEASE, &body).await.problem(), problem(401, "invalid_token"), "{what}");
    }

    let session = full["devices"][0]["sessionId"].as_str().unwrap();
    let path = format!("/api/v1/activations/{session}");
    for request in [Request::get(&path), Request::delete(&path)] {
        let as_bearer = request.header(AUTHORIZATION, format!("Bearer {ticket}")).body(Body::empty()).unwrap();
        assert_eq!(server.send(as_bearer).await.problem(), problem(401, "invalid_token"));
    }
    assert_eq!(
        server.get(&path).await.problem(),
        problem(401, "invalid_token"),
        "the session id alone gives no access"
    );
    assert_eq!(license.devices_and_seats(&server).await.1, 1);
});

contract!(releases_by_ticket_are_limited_as_transfers, async |db| {
    let server = Server::on(db).await;
    let twice = |terms: &mut Terms| terms.transfers = Transfers::Limited { moves: 2, per: Span::days(10) };
    let license = ingrids(&server).terms(twice).create().await;
    server.activate(&license, "one").await.token();
    for device in ["two", "three"] {
        let full = refused(&server, &license, device).await;
        assert_eq!(free(&server, &full, 0).await.status, StatusCode::NO_CONTENT);
        server.activate(&license, device).await.token();
    }
    let full = refused(&server, &license, "four").await;
    for _ in 0..2 {
        assert_eq!(
            free(&server, &full, 0).await.problem(),
            problem(403, "transfer_limit"),
            "the ticket is not used up"
        );
    }
    assert_eq!(refused(&server, &license, "four").await["seatsUsed"], 1);
});

contract!(under_strict_terms_a_freed_seat_cools_down, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).terms(|terms| terms.strictness = Strictness::Strict).create().await;
    server.activate(&license, "one").await.token();
    let full = refused(&server, &license, "two").await;
    assert_eq!(free(&server, &full, 0).await.status, StatusCode::NO_CONTENT);
    assert_eq!(refused(&server, &license, "two").await["devices"], json!([]), "a released device is not listed");
    server.advance_days(37);
    server.clock.advance(299);
    refused(&server, &license, "two").await;
    server.clock.advance(2);
    server.activate(&license, "two").await.token();
});

contract!(twenty_devices_are_listed_least_recently_seen_first, async |db| {
    let server = Server::on(db).await;
    let license = ingrids(&server).seats(25).create().await;
    let mut sessions = vec![];
    for n in 0..25 {
        sessions.push(server.activate(&license, &format!("device {n}")).await.token().claims["sid"].clone());
        server.clock.advance(1);
    }
    let full = refused(&server, &license, "one more").await;
    let listed: Vec<Value> = full["devices"].as_array().unwrap().iter().map(|d| d["sessionId"].clone()).collect();
    assert_eq!(listed, sessions[..20]);
    assert!(!full.to_string().contains("device 3"), "no fingerprint is included");
});

contract!(an_invalid_request_names_its_bad_fields, async |db| {
    let server = Server::on(db).await;
    assert_eq!(server.post(RELEASE, &json!({})).await.bad_fields(), ["sessionId", "ticket"]);
    let bad = json!({ "ticket": "", "sessionId": "17" });
    assert_eq!(server.post(RELEASE, &bad).await.bad_fields(), ["sessionId", "ticket"]);
    assert_eq!(server.get(RELEASE).await.problem(), problem(405, "method_not_allowed"));
});
