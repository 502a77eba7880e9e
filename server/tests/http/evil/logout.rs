//! Malicious logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6).

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use serde_json::{Value, json};
use testing::{Engine, run};

use super::{
    keys::{Key, Members, b64, lay, mac, members, unsigned},
    provider::{Evil, KID, Reply, SECRET, signed, signed_by},
    setup::{Setup, log},
    signatures::RSA,
};
use crate::{admin::person::Person, fixture::Server};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn honest(evil: &Evil, jti: &str) -> (Members, Members) {
    let now = evil.clock.now().timestamp();
    let (mut header, mut claims) = evil.honest();
    lay(&mut header, &json!({ "typ": "logout+jwt" }));
    let over = json!({
        "jti": jti, "nonce": null, "name": null, "email": null, "email_verified": null, "realm": null, "auth_time": null,
        "exp": now + 120, "events": { EVENT: {} },
    });
    lay(&mut claims, &over);
    (header, claims)
}

/// A valid logout token with members replaced in its header and its claims; `null` removes one.
pub(crate) fn token_of(evil: &Evil, over_header: &Value, over: &Value) -> String {
    let (mut header, mut claims) = honest(evil, "logout-of-a-vendor");
    lay(&mut header, over_header);
    lay(&mut claims, over);
    signed(evil, header, claims).as_str().unwrap().to_owned()
}

/// A valid logout token for person-1.
pub(crate) fn token(evil: &Evil, jti: &str) -> String {
    let (header, claims) = honest(evil, jti);
    signed(evil, header, claims).as_str().unwrap().to_owned()
}

pub(crate) async fn post(server: &Server, token: &str) -> u16 {
    post_body(server, &format!("logout_token={}", app::http::address::escape(token))).await
}

async fn post_body(server: &Server, body: &str) -> u16 {
    let request = Request::post("/sign-in/oidc/acme/backchannel-logout")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await.status.as_u16()
}

#[test]
fn malicious_logout_tokens_end_nothing() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let for_encryption = {
            let mut key = members(RSA.jwk("for-encryption"));
            lay(&mut key, &json!({ "use": "enc" }));
            key
        };
        setup.evil.says().keys =
            Reply::Json(json!({ "keys": [setup.evil.key.jwk(KID), RSA.jwk("rsa"), for_encryption] }));
        let server = setup.server(&[]).await;
        let person = Person::at(&server);
        assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
        let evil = &setup.evil;
        let now = evil.clock.now().timestamp();
        let (header, claims) = honest(evil, "logout-0");
        let with = |over_header: Value, over: Value| {
            let (mut header, mut claims) = (header.clone(), claims.clone());
            lay(&mut header, &over_header);
            lay(&mut claims, &over);
            signed(evil, header, claims).as_str().unwrap().to_owned()
        };
        let text = |value: Value| value.as_str().unwrap().to_owned();
        let shared = {
            let mut header = header.clone();
            lay(&mut header, &json!({ "alg": "HS256" }));
            let text = unsigned(&header, &claims);
            format!("{text}.{}", b64(&mac(SECRET.as_bytes(), text.as_bytes())))
        };
        let id_token = {
            let (header, claims) = evil.honest();
            text(signed(evil, header, claims))
        };
        let by_rsa = |algorithm: &str, kid: &str| {
            let mut header = header.clone();
            lay(&mut header, &json!({ "alg": algorithm, "kid": kid }));
            text(signed_by(&RSA, &header, &claims))
        };
        let own = Key::p256();
        let with_own = {
            let mut header = header.clone();
            header.insert("jwk".to_owned(), own.jwk("x"));
            text(signed_by(&own, &header, &claims))
        };
        let rows: Vec<(&str, String)> = vec![
            ("an ID token", id_token),
            ("signed with the client’s secret", shared),
            ("signed by a stranger", text(signed_by(&Key::p256(), &header, &claims))),
            ("with its own key", with_own),
            ("with its own key by address", with(json!({ "jku": evil.at("/trap") }), json!({}))),
            ("not signed", format!("{}.", unsigned(&header, &claims))),
            ("without an algorithm", with(json!({ "alg": "none" }), json!({}))),
            ("by an algorithm that the settings do not name", by_rsa("RS384", "rsa")),
            ("by a key for encryption", by_rsa("RS256", "for-encryption")),
            ("not good yet", with(json!({}), json!({ "nbf": now + 61 }))),
            ("critical", with(json!({ "crit": ["exp"] }), json!({}))),
            ("of an access token’s type", with(json!({ "typ": "at+jwt" }), json!({}))),
            ("of an unknown key", with(json!({ "kid": "../../etc/passwd" }), json!({}))),
            ("of another issuer", with(json!({}), json!({ "iss": "https://evil.example" }))),
            ("of two issuers", with(json!({}), json!({ "iss": [evil.issuer, "x"] }))),
            ("for another", with(json!({}), json!({ "aud": "another" }))),
            ("for nobody", with(json!({}), json!({ "aud": null }))),
            ("for a list of others", with(json!({}), json!({ "aud": ["a", "b"] }))),
            ("with a nonce", with(json!({}), json!({ "nonce": "x" }))),
            ("with an empty nonce", with(json!({}), json!({ "nonce": "" }))),
            ("without events", with(json!({}), json!({ "events": null }))),
            ("with a list of events", with(json!({}), json!({ "events": [EVENT] }))),
            ("with an event that is a text", with(json!({}), json!({ "events": EVENT }))),
            ("with another event", with(json!({}), json!({ "events": { "x": {} } }))),
            ("with an event of no body", with(json!({}), json!({ "events": { EVENT: true } }))),
            ("of long ago", with(json!({}), json!({ "iat": now - 601 }))),
            ("of the future", with(json!({}), json!({ "iat": now + 61 }))),
            ("of no time", with(json!({}), json!({ "iat": null }))),
            ("expired", with(json!({}), json!({ "exp": now - 61 }))),
            ("that ends with a text", with(json!({}), json!({ "exp": "never" }))),
            ("without an id", with(json!({}), json!({ "jti": null }))),
            ("with an id that is a list", with(json!({}), json!({ "jti": ["x"] }))),
            ("with a long id", with(json!({}), json!({ "jti": "x".repeat(256) }))),
            ("about nobody", with(json!({}), json!({ "sub": null, "sid": null }))),
            ("about everybody", with(json!({}), json!({ "sub": ["person-1"], "sid": true }))),
            ("larger than 16 KiB", with(json!({}), json!({ "x": "x".repeat(20_000) }))),
            ("empty", String::new()),
            ("of dots", "...".to_owned()),
        ];
        let before = setup.events().await.len();
        for (name, token) in rows {
            assert_eq!(post(&server, &token).await, 400, "{name}");
            assert_eq!(person.open("/").await.status.as_u16(), 200, "{name}");
            assert!(token.len() < 30 || !log().contains(&token), "{name}: the token is in the log");
        }
        let reported: Vec<_> = setup.events().await.into_iter().rev().skip(before).collect();
        assert_eq!(reported.len(), 4, "only a few of them are logged: {reported:?}");
        for (event, why) in
            reported.iter().zip(["no logout event", "not allowed", "its signature", "a key or rules of its own"])
        {
            let reason = event.reason.as_deref().unwrap();
            assert_eq!((event.kind.as_str(), event.subject_name.as_str()), ("account.sign_out_refused", "acme"));
            assert!(reason.contains(why), "{reason}");
        }
        server.clock.advance(20);
        evil.clock.advance(20);
        assert_eq!(post_body(&server, "logout=x").await, 400, "without a token");
        assert_eq!(post(&server, "x").await, 400);
        assert_eq!(setup.events().await.len(), before + 5, "after a while one more is logged");
        assert_eq!(evil.calls("/trap"), 0);
        // For another user: valid, but it ends nothing.
        assert_eq!(
            post(&server, &with(json!({}), json!({ "sub": "person-2", "sid": null, "jti": "other" }))).await,
            200
        );
        assert_eq!(post(&server, &with(json!({}), json!({ "sub": "person-2", "jti": "another" }))).await, 200);
        assert_eq!(person.open("/").await.status.as_u16(), 200, "both `sub` and `sid` must match");
        // The type is only recommended (§2.4).
        for (n, typ) in [json!("JWT"), json!(null), json!("LOGOUT+JWT")].into_iter().enumerate() {
            let token = with(json!({ "typ": typ }), json!({ "jti": format!("typ-{n}") }));
            assert_eq!(post(&server, &token).await, 200, "{typ}");
            assert_eq!(person.open("/").await.status.as_u16(), 303, "{typ}");
            assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
        }
        let good = with(json!({}), json!({}));
        assert_eq!(post(&server, &good).await, 200);
        assert_eq!(person.open("/").await.status.as_u16(), 303);
        assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
        assert_eq!(post(&server, &good).await, 400, "a logout token is valid once");
        assert_eq!(person.open("/").await.status.as_u16(), 200);
    });
}

#[test]
fn a_thousand_tokens_with_unknown_keys_cause_one_call_to_the_provider() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let before = setup.events().await.len();
        let claims = b64(&serde_json::to_vec(&json!({ "iss": setup.evil.issuer })).unwrap());
        for n in 0..1000 {
            let header = members(json!({ "alg": "ES256", "typ": "logout+jwt", "kid": format!("key-{}", n + 2) }));
            let token = format!("{}.{claims}.{}", b64(&serde_json::to_vec(&header).unwrap()), b64(&[1; 64]));
            assert_eq!(post(&server, &token).await, 400);
        }
        assert!(setup.evil.calls("/keys") <= 2, "once at the start, and once a minute");
        assert_eq!(setup.events().await.len() - before, 4, "the audit log is not flooded");
        // Others can still sign in.
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 303);
    });
}
