//! Rate limits for guessing codes, which affect no other requests.

use axum::{
    body::Body,
    http::{Request, StatusCode, header::AUTHORIZATION},
};
use licensing::Permission;
use serde_json::json;
use service::{Actor, NewApiToken};
use testing::contract;

use crate::fixture::{Answer, Issued, JWT, Server};

/// An unknown code with the shape and check symbol of a generated one.
const UNKNOWN: &str = "0000000-0000000-0000000-0000000";

async fn tried(server: &Server, code: &str) -> Answer {
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "device" })).await
}

/// The answer to this code once the network's failures are used up. One failure is forgiven every two seconds, so one
/// more may pass in between.
async fn refused(server: &Server, code: &str) -> Answer {
    for _ in 0..100 {
        let answer = tried(server, code).await;
        if answer.status != StatusCode::NOT_FOUND {
            return answer;
        }
    }
    panic!("no limit after a hundred failures");
}

contract!(thirty_failures_are_answered_before_a_wait_is_required, async |db| {
    let server = Server::limited_on(db).await;
    for n in 0..30 {
        assert_eq!(tried(&server, &format!("GUESS-{n}")).await.problem(), (404, "code_not_found".to_owned()));
    }

    for code in ["GUESS-30", UNKNOWN, "0000000-0000000-0000000-0000001"] {
        let answer = refused(&server, code).await;
        assert_eq!(answer.problem(), (429, "rate_limited".to_owned()), "{code}");
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=2).contains(&seconds), "{seconds}");
        assert_eq!(answer.header("ratelimit-policy"), "\"failures\";q=30;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"failures\";r=0;t={seconds}"));
        assert_eq!(answer.json()["violated-policies"], json!(["failures"]));
        assert_eq!(answer.json()["retryable"], true);
        assert_eq!(answer.json().get("decision"), None, "a throttled request has no decision");
    }
});

contract!(a_valid_code_is_served_whatever_others_behind_the_same_address_did, async |db| {
    let server = Server::limited_on(db).await;
    let license = server.license().seats(2).create().await;
    refused(&server, "GUESS").await;

    server.activate(&license, "device-1").await.token();
    server.activate(&license, "device-2").await.token();

    assert_eq!(server.activate(&license, "device-3").await.problem().1, "seat_limit");
});

contract!(only_failures_count, async |db| {
    let server = Server::limited_on(db).await;
    let license = server.license().code("HALCYON-1").create().await;
    for _ in 0..100 {
        server.activate(&license, "device-1").await.token();
        assert_eq!(server.activate(&license, "device-2").await.status, StatusCode::CONFLICT);
        assert_eq!(server.post(JWT, &json!({})).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(tried(&server, "GUESS").await.problem().0, 404);
});

contract!(networks_have_separate_limits, async |db| {
    let server = Server::limited_on(db).await;
    let license: Issued = server.license().code("HALCYON-1").create().await;
    refused(&server.from("2001:db8:0:1::1"), "GUESS").await;

    for other in ["2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"] {
        assert_eq!(tried(&server.from(other), "GUESS").await.status, StatusCode::NOT_FOUND, "{other}");
        server.from(other).activate(&license, "device-1").await.token();
    }
    let neighbour = server.from("2001:db8:0:1:ffff::2");
    assert_eq!(
        refused(&neighbour, "GUESS").await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "a household has a /64 network"
    );
});

contract!(without_limits_no_request_waits, async |db| {
    let server = Server::on(db).await;
    for n in 0..100 {
        assert_eq!(tried(&server, &format!("GUESS-{n}")).await.problem().0, 404);
    }
});

contract!(wrong_codes_do_not_lock_out_a_valid_api_token, async |db| {
    let server = Server::limited_on(db).await;
    let form = NewApiToken {
        name: "shop".to_owned(),
        scopes: vec![Permission::See.into()],
        days: 1,
        ..NewApiToken::default()
    };
    let (_, token) = server.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
    refused(&server, "GUESS").await;
    let request = Request::get("/api/v1/admin/whoami").header(AUTHORIZATION, format!("Bearer {}", token.0));
    assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
});
