//! `/api/v1/activations/{sessionId}`: calls of an activation with its own token.

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
    terms::{Holding, Lease, Release, Strictness, Transfers, Validity, WhenFull},
};
use serde_json::{Value, json};
use service::Actor;
use testing::contract;

use crate::fixture::{Answer, Issued, Server, Token};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// A session, as the software on the device stores it.
struct Held<'a> {
    server: &'a Server,
    id: String,
    token: String,
}

impl<'a> Held<'a> {
    async fn by(server: &'a Server, license: &Issued, device: &str) -> Self {
        let answer = server.activate(license, device).await;
        let token = answer.json().as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
        let id = Token::read(&token).claims["sid"].as_str().unwrap().to_owned();
        Self { server, id, token }
    }

    async fn send(&self, method: Method, call: &str, body: Option<Value>) -> Answer {
        let path = format!("/api/v1/activations/{}{call}", self.id);
        let request =
            Request::builder().method(method).uri(path).header(AUTHORIZATION, format!("Bearer {}", self.token));
        let request = match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.server.send(request.unwrap()).await
    }

    async fn stands(&self) -> Value {
        self.send(Method::GET, "", None).await.json()
    }

    async fn renew(&self) -> Answer {
        self.send(Method::POST, "/renew", None).await
    }

    async fn check_in(&self) -> Answer {
        self.send(Method::POST, "/check-in", None).await
    }

    async fn check_out(&self) -> Answer {
        self.send(Method::POST, "/check-out", None).await
    }

    async fn release(&self) -> Answer {
        self.send(Method::DELETE, "", None).await
    }
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Floating seats with a lease of one hour and no grace.
fn floating(terms: &mut Terms) {
    terms.holding = Holding::Floating;
    terms.lease = Lease { default: Span::hours(1), minimum: Span::minutes(1), maximum: Span::hours(1) };
    terms.grace = Span::ZERO;
}

contract!(a_session_reads_its_own_state, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    let stands = held.stands().await;
    assert_eq!((&stands["state"], &stands["sessionId"]), (&json!("active"), &json!(held.id)));
    assert_eq!(stands["leaseEndsAt"], json!("2026-03-31T12:00:00Z"));

    server.advance_days(31);
    assert_eq!(held.stands().await["state"], "lapsed", "it is in its grace");
    server.revoke(&license, "one").await;
    assert_eq!(held.stands().await["state"], "revoked");
});

contract!(a_renewal_applies_the_current_terms, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    license
        .change_terms(&server, |terms| {
            terms.lease = Lease { default: Span::days(3), minimum: Span::days(1), maximum: Span::days(9) };
        })
        .await;
    server.clock.advance(DAY);
    let answer = held.send(Method::POST, "/renew", Some(json!({ "requestedLeaseDuration": "5.00:00:00" }))).await;
    let renewed = answer.json();
    let token = Token::read(renewed["licenseToken"].as_str().unwrap());
    assert_eq!(token.claims["license"]["leaseEndsAt"].as_i64().unwrap() - server.now().timestamp(), 5 * DAY);
    assert_eq!(token.claims["sid"], held.id, "the same session");
    assert_eq!(renewed["licensedProducts"][0]["code"], "drift-pro");
});

contract!(a_suspended_license_refuses_renewal, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    let why = "The invoice is open.";
    server.service.licenses().change_state(license.id, StateChange::Suspend, why, &Actor::command()).await.unwrap();
    assert_eq!(held.renew().await.problem(), problem(403, "license_suspended"));
});

contract!(a_revoked_or_released_session_cannot_renew, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let (one, two) = (Held::by(&server, &license, "one").await, Held::by(&server, &license, "two").await);
    server.revoke(&license, "one").await;
    assert_eq!(two.release().await.status, StatusCode::NO_CONTENT);
    for held in [&one, &two] {
        assert_eq!(held.renew().await.problem(), problem(404, "session_not_found"));
        assert_eq!(held.check_in().await.problem(), problem(404, "session_not_found"));
        assert_eq!(held.release().await.problem(), problem(404, "session_not_found"));
    }
});

contract!(a_token_gives_no_access_to_other_sessions, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let (one, two) = (Held::by(&server, &license, "one").await, Held::by(&server, &license, "two").await);
    let crossed = Held { server: &server, id: one.id.clone(), token: two.token.clone() };
    for answer in [
        crossed.send(Method::GET, "", None).await,
        crossed.renew().await,
        crossed.check_in().await,
        crossed.check_out().await,
        crossed.release().await,
    ] {
        assert_eq!(answer.problem(), problem(403, "not_your_session"));
    }
    assert_eq!(one.stands().await["state"], "active");
});

contract!(an_invalid_token_gives_access_to_no_session, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    let parts: Vec<&str> = held.token.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoibGljZW5zZStqd3QifQ"; // {"alg":"none","typ":"license+jwt"}
    let forged = [
        String::new(),
        "nonsense".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{none}.{}.", parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>()),
        format!("{}.{}.{}", parts[1], parts[0], parts[2]),
    ];
    for token in forged {
        let held = Held { server: &server, id: held.id.clone(), token };
        assert_eq!(held.stands().await["code"], "invalid_token", "{}", held.token);
        assert_eq!(held.release().await.problem(), problem(401, "invalid_token"));
    }
    let path = format!("/api/v1/activations/{}", held.id);
    assert_eq!(server.get(&path).await.problem(), problem(401, "invalid_token"), "no token at all");
});

contract!(an_ended_token_renews_while_the_seat_is_held_and_not_afterwards, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    server.clock.advance(37 * DAY + 60);
    assert_eq!(held.stands().await["state"], "lapsed", "the seat is held five minutes longer for slow clocks");
    assert_eq!(held.renew().await.status, StatusCode::OK);

    let held = Held::by(&server, &license, "one").await;
    server.clock.advance(37 * DAY + 301);
    for answer in [held.renew().await, held.send(Method::GET, "", None).await, held.release().await] {
        assert_eq!(answer.problem(), problem(401, "invalid_token"));
    }
});

contract!(a_released_seat_is_free_at_once_and_its_device_gets_a_new_session, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = Held::by(&server, &license, "one").await;
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"));
    assert_eq!(held.release().await.status, StatusCode::NO_CONTENT);
    assert_eq!(held.stands().await["state"], "released");
    let two = Held::by(&server, &license, "two").await;
    two.release().await;
    assert_ne!(Held::by(&server, &license, "one").await.id, held.id);
});

contract!(under_strict_terms_a_released_seat_cools_down_until_its_token_ends, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.strictness = Strictness::Strict).create().await;
    let held = Held::by(&server, &license, "one").await;
    held.release().await;
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"));
    server.clock.advance(37 * DAY + 299);
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"));
    server.clock.advance(2);
    Held::by(&server, &license, "two").await;
});

contract!(transfers_of_seats_are_limited, async |db| {
    let server = Server::on(db).await;
    let twice = |terms: &mut Terms| terms.transfers = Transfers::Limited { moves: 2, per: Span::days(10) };
    let license = server.license().terms(twice).create().await;
    for device in ["one", "two"] {
        assert_eq!(Held::by(&server, &license, device).await.release().await.status, StatusCode::NO_CONTENT);
        server.clock.advance(HOUR);
    }
    let three = Held::by(&server, &license, "three").await;
    assert_eq!(three.release().await.problem(), problem(403, "transfer_limit"));
    server.clock.advance(10 * DAY - HOUR);
    assert_eq!(three.release().await.status, StatusCode::NO_CONTENT);
});

contract!(only_support_frees_seats_if_the_terms_say_so, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.release = Release::BySupport).create().await;
    let held = Held::by(&server, &license, "one").await;
    assert_eq!(held.release().await.problem(), problem(403, "release_not_allowed"));
    assert_eq!(held.check_out().await.problem(), problem(403, "release_not_allowed"), "the seat does not float");
    server.revoke(&license, "one").await;
});

contract!(a_floating_seat_goes_to_the_device_that_checks_in, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(floating).create().await;
    let one = Held::by(&server, &license, "one").await;
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"));
    assert_eq!(one.check_out().await.json()["state"], "checked-out");
    let two = Held::by(&server, &license, "two").await;
    assert_eq!(one.check_in().await.problem(), problem(409, "seat_limit"));
    two.check_out().await;
    let back = one.check_in().await.json();
    assert_eq!((&back["state"], &back["sessionId"]), (&json!("active"), &json!(one.id)), "the same session continues");
    assert!(back["licenseToken"].is_string(), "with a new token");
});

contract!(a_check_in_with_most_of_its_lease_left_changes_nothing, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(floating).create().await;
    let held = Held::by(&server, &license, "one").await;
    let first = held.stands().await;
    server.clock.advance(HOUR / 2 - 1);
    let early = held.check_in().await.json();
    assert_eq!((&early["leaseEndsAt"], &early["licenseToken"]), (&first["leaseEndsAt"], &Value::Null));
    assert_eq!(early["nextCheckInAfter"], "2026-03-01T12:30:00Z");
    server.clock.advance(1);
    let due = held.check_in().await.json();
    assert_eq!(
        (&due["leaseEndsAt"], &due["nextCheckInAfter"]),
        (&json!("2026-03-01T13:30:00Z"), &json!("2026-03-01T13:00:00Z"))
    );
    assert!(due["licenseToken"].is_string());
});

contract!(a_lapsed_seat_stays_until_another_device_needs_it, async |db| {
    let server = Server::on(db).await;
    let take_over = |terms: &mut Terms| {
        floating(terms);
        terms.grace = Span::hours(8);
        terms.when_full = WhenFull::TakeOver;
    };
    let license = server.license().seats(2).terms(take_over).create().await;
    let one = Held::by(&server, &license, "one").await;
    server.clock.advance(60);
    let two = Held::by(&server, &license, "two").await;
    assert_eq!(server.activate(&license, "three").await.problem(), problem(409, "seat_limit"), "no lease has ended");
    server.clock.advance(2 * HOUR);
    assert_eq!(one.stands().await["state"], "lapsed");
    let three = Held::by(&server, &license, "three").await;
    assert_eq!(one.stands().await["state"], "expired", "its lease ended first");
    assert_eq!(two.stands().await["state"], "lapsed");
    assert_eq!(one.check_in().await.status, StatusCode::OK, "it takes over the other lapsed seat");
    assert_eq!(two.check_in().await.problem(), problem(409, "seat_limit"));
    assert_eq!(three.stands().await["state"], "active");
});

contract!(a_lease_is_never_renewed_past_the_end_of_the_license, async |db| {
    let server = Server::on(db).await;
    let end = server.now() + chrono::TimeDelta::days(40);
    let license = server.license().terms(|terms| terms.validity = Validity::Until(end)).create().await;
    let held = Held::by(&server, &license, "one").await;
    server.clock.advance(30 * DAY);
    let renewed = held.renew().await.json();
    assert_eq!(Token::read(renewed["licenseToken"].as_str().unwrap()).seconds("exp"), end.timestamp());
    server.clock.advance(10 * DAY);
    assert_eq!(held.renew().await.problem().0, 404, "the license has ended");
});

contract!(endless_check_outs_are_rate_limited, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(floating).create().await;
    let held = Held::by(&server, &license, "one").await;
    let mut last = held.check_out().await;
    for _ in 0..2_000 {
        if last.status != StatusCode::OK {
            break;
        }
        assert_eq!(held.check_in().await.status, StatusCode::OK);
        last = held.check_out().await;
    }
    assert_eq!(last.problem(), problem(429, "rate_limited"));
    assert_eq!(last.header("retry-after"), "1");
    assert_eq!(last.header("ratelimit-policy"), "\"changes\";q=300;w=60");
    assert_eq!(last.json()["violated-policies"], json!(["changes"]));
    assert_eq!(held.stands().await["sessionId"], held.id, "it keeps its seat");
});
