//! API tokens at `GET /api/v1/admin/whoami`.

use axum::{
    body::Body,
    http::{Request, StatusCode, header::AUTHORIZATION},
};
use licensing::{Act, Permission};
use serde_json::json;
use service::{Actor, NewApiToken};
use testing::contract;

use crate::fixture::{Answer, Server};

const WHOAMI: &str = "/api/v1/admin/whoami";
const DAY: i64 = 24 * 3600;

async fn shown(server: &Server, token: &str) -> Answer {
    let request = Request::get(WHOAMI).header(AUTHORIZATION, format!("Bearer {token}")).body(Body::empty());
    server.send(request.unwrap()).await
}

fn wish(name: &str) -> NewApiToken {
    NewApiToken { name: name.to_owned(), scopes: vec![Permission::See.into()], days: 30, ..NewApiToken::default() }
}

/// Creates a token. Returns its id and its text.
async fn made(server: &Server, form: NewApiToken) -> (uuid::Uuid, String) {
    let (token, text) = server.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
    (token.id, text.0)
}

contract!(a_token_reads_its_own_name_and_scopes, async |db| {
    let server = Server::on(db).await;
    let product = uuid::Uuid::from_u128(5);
    let scopes = vec![
        Act::LicensesRevoke.into(),
        Permission::ManageLicenses.into(),
        Permission::See.into(),
        Permission::See.into(),
    ];
    let (id, text) = made(&server, NewApiToken { scopes, products: vec![product], ..wish("billing") }).await;
    let answer = shown(&server, &text).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.json(),
        json!({ "token": { "id": id, "name": "billing" }, "scopes": ["see", "manage_licenses", "licenses.revoke"],
            "products": [product], "expiresAt": "2026-03-31T12:00:00Z" })
    );
});

contract!(every_invalid_token_gets_the_same_answer, async |db| {
    let server = Server::on(db).await;
    let (id, text) = made(&server, wish("billing")).await;
    let flipped = if text.ends_with('A') {
        format!("{}E", &text[..text.len() - 1])
    } else {
        format!("{}A", &text[..text.len() - 1])
    };
    let unknown = text.replace(&id.simple().to_string(), &uuid::Uuid::from_u128(1).simple().to_string());
    let mut details = vec![];
    for bad in ["lk_", "nonsense", "eyJhbGciOiJub25lIn0.e30.", &flipped, &unknown] {
        let answer = shown(&server, bad).await;
        assert_eq!(answer.problem(), (401, "invalid_token".to_owned()), "{bad}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{bad}");
        details.push(answer.json()["detail"].clone());
    }
    assert!(details.iter().all(|detail| *detail == details[0]));
    assert_eq!(server.get(WHOAMI).await.problem(), (401, "invalid_token".to_owned()));
    server.clock.advance(30 * DAY);
    assert_eq!(shown(&server, &text).await.problem().0, 401, "it has expired");
});

contract!(a_rotated_token_has_two_secrets_for_a_while_and_a_revoked_one_none, async |db| {
    let server = Server::on(db).await;
    let (id, first) = made(&server, wish("billing")).await;
    let rotate =
        async |hours| server.service.identity().rotate_api_token(id, hours, &Actor::command()).await.unwrap().0;
    let second = rotate(2).await;
    for text in [&first, &second] {
        assert_eq!(shown(&server, text).await.status, StatusCode::OK);
    }
    server.clock.advance(2 * 3600);
    assert_eq!(shown(&server, &first).await.status, StatusCode::UNAUTHORIZED, "the overlap has ended");
    assert_eq!(shown(&server, &second).await.status, StatusCode::OK);
    let third = rotate(0).await;
    assert_eq!(shown(&server, &second).await.status, StatusCode::UNAUTHORIZED, "at once without an overlap");
    rotate(5).await;
    assert_eq!(shown(&server, &third).await.status, StatusCode::OK);
    server.service.identity().revoke_api_token(id, "leaked", &Actor::command()).await.unwrap();
    assert_eq!(shown(&server, &third).await.status, StatusCode::UNAUTHORIZED);
    let again = server.service.identity().revoke_api_token(id, "leaked", &Actor::command()).await;
    assert!(matches!(again, Err(service::Error::Conflict(_))));
});

contract!(a_token_limited_to_networks_is_valid_only_from_these, async |db| {
    let server = Server::on(db).await;
    let networks = "192.0.2.0/24, 2001:db8::/32".to_owned();
    let (_, text) = made(&server, NewApiToken { networks, ..wish("billing") }).await;
    for (address, status) in [("192.0.2.77", 200), ("2001:db8:1::1", 200), ("198.51.100.1", 403), ("::1", 403)] {
        let answer = shown(&server.from(address), &text).await;
        assert_eq!(answer.status.as_u16(), status, "{address}");
    }
    assert_eq!(shown(&server.from("::1"), &text).await.problem().1, "not_permitted");
});

contract!(a_token_limited_to_networks_is_refused_if_the_proxy_does_not_name_the_client, async |db| {
    let server = Server::with(db, &[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8")]).await.from("10.0.0.1");
    let (_, text) = made(&server, NewApiToken { networks: "10.0.0.0/8".to_owned(), ..wish("billing") }).await;
    let shown_with = async |headers: &[(&str, &str)]| {
        let mut request = Request::get(WHOAMI).header(AUTHORIZATION, format!("Bearer {text}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        server.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    };
    assert_eq!(shown_with(&[("x-forwarded-for", "10.2.3.4")]).await, 200);
    let client = ("x-forwarded-for", "203.0.113.9");
    for headers in [
        &[client][..],
        &[client, ("forwarded", "for=x")],
        &[client, ("forwarded", "for=10.2.3.4")],
        &[client, ("x-real-ip", "10.2.3.4")],
        &[("forwarded", "for=10.2.3.4")],
        &[("x-forwarded-for", "unknown")],
        &[],
    ] {
        assert_eq!(shown_with(headers).await, 403, "{headers:?}");
    }
});

contract!(guessing_tokens_is_rate_limited, async |db| {
    let server = Server::limited_on(db).await;
    let (_, text) = made(&server, wish("billing")).await;
    for _ in 0..30 {
        assert_eq!(shown(&server, "lk_guess").await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = shown(&server, "lk_guess").await;
    assert_eq!(answer.problem(), (429, "rate_limited".to_owned()));
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(shown(&server, &text).await.status, StatusCode::TOO_MANY_REQUESTS, "a valid token gets the same answer");
    assert_eq!(shown(&server.from("198.51.100.1"), &text).await.status, StatusCode::OK);
});

contract!(the_last_use_is_recorded_to_the_hour, async |db| {
    let server = Server::on(db).await;
    let (id, text) = made(&server, wish("billing")).await;
    let used = async || {
        let mut reading = server.service.store().read().await.unwrap();
        reading.on().api_token(id).await.unwrap().unwrap().last_used_at
    };
    assert_eq!(used().await, None);
    shown(&server, &text).await;
    let first = used().await;
    assert_eq!(first, Some(server.now()));
    server.clock.advance(3599);
    shown(&server, &text).await;
    assert_eq!(used().await, first);
    server.clock.advance(1);
    shown(&server, &text).await;
    assert_eq!(used().await, Some(server.now()));
});
