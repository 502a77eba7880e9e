//! Malicious access tokens in activation requests (RFC 9068 §4, RFC 6750 §2.1), and users that a policy does not admit.

use axum::{
    body::Body,
    http::{
        Request,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use licensing::terms::SignIn;
use serde_json::{Value, json};
use testing::{Engine, run};

use super::{
    keys::{Key, b64, lay, mac, members, unsigned},
    provider::{CLIENT, Evil, KID, Reply, SECRET, signed, signed_by},
    setup::{Setup, log},
    signatures::RSA,
};
use crate::fixture::{Answer, Issued, JWT, Server};

pub(super) const API: &str = "https://licenses.example.com/api";

/// An access token for our API with members replaced in its header and its claims, signed with `key` if given.
pub(super) fn access(evil: &Evil, key: Option<&Key>, over_header: &Value, over: &Value) -> String {
    let (mut header, mut claims) = evil.honest();
    lay(&mut header, &json!({ "typ": "at+jwt" }));
    let own =
        json!({ "aud": API, "client_id": "an-app", "jti": "access-1", "nonce": null, "auth_time": null, "sid": null });
    lay(&mut claims, &own);
    lay(&mut header, over_header);
    lay(&mut claims, over);
    let token = match key {
        Some(key) => signed_by(key, &header, &claims),
        None => signed(evil, header, claims),
    };
    token.as_str().unwrap().to_owned()
}

/// Activates with these `Authorization` headers.
pub(super) async fn request_to(server: &Server, license: &Issued, lines: &[String]) -> Answer {
    let mut request = Request::post(JWT).header(CONTENT_TYPE, "application/json");
    for line in lines {
        request = request.header(AUTHORIZATION, line);
    }
    server.send(request.body(Body::from(license.asks("device", json!({})).to_string())).unwrap()).await
}

async fn seats(server: &Server, license: &Issued) -> usize {
    server.service.store().read().await.unwrap().on().activations(license.id, 10).await.unwrap().len()
}

#[test]
fn malicious_access_tokens_give_no_access() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let evil = &setup.evil;
        let mut for_encryption = members(RSA.jwk("for-encryption"));
        lay(&mut for_encryption, &json!({ "use": "enc" }));
        let (twin, secret) = (Key::p256(), json!({ "kty": "oct", "kid": "oct", "k": b64(b"known to everybody") }));
        evil.says().keys = Reply::Json(json!({ "keys": [
            evil.key.jwk(KID), RSA.jwk("rsa"), for_encryption, secret, Key::Weak.jwk("weak"), evil.key.jwk("twin"), twin.jwk("twin"),
        ] }));
        let server = setup.server(&[("LATCHKEY_OIDC_AUDIENCE", API)]).await;
        let license = server.license().seats(9).create().await;
        let now = evil.clock.now().timestamp();
        let of = |header: Value, over: Value| access(evil, None, &header, &over);
        let by = |key: &Key, header: Value| access(evil, Some(key), &header, &json!({}));
        let hmac = |kid: &str, secret: &[u8]| {
            let (mut header, claims) = evil.honest();
            lay(&mut header, &json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid }));
            let text = unsigned(&header, &claims);
            format!("{text}.{}", b64(&mac(secret, text.as_bytes())))
        };
        let good = of(json!({}), json!({}));
        let (text, signature) = good.rsplit_once('.').unwrap();
        let other_claims = of(json!({}), json!({ "sub": "person-2" }));
        let swapped = format!("{}.{signature}", other_claims.rsplit_once('.').unwrap().0);
        let own = server.activate(&server.license().create().await, "another").await;
        let own = own.json().as_str().unwrap().to_owned();
        let rows: Vec<(&str, String)> = vec![
            ("of no bearer", String::new()),
            ("of dots", "..".to_owned()),
            ("of many dots", ".".repeat(8000)),
            ("a license token of our own", own),
            ("an ID token", access(evil, None, &json!({ "typ": "JWT" }), &json!({ "aud": CLIENT }))),
            ("an ID token that calls itself an access token", of(json!({}), json!({ "aud": CLIENT }))),
            ("of no type", of(json!({ "typ": null }), json!({}))),
            ("of a type in a list", of(json!({ "typ": ["at+jwt"] }), json!({}))),
            ("of a type with something behind", of(json!({ "typ": "at+jwt;x" }), json!({}))),
            ("not signed", format!("{text}.")),
            ("by no algorithm", of(json!({ "alg": "none" }), json!({}))),
            ("by an algorithm in a list", of(json!({ "alg": ["ES256"] }), json!({}))),
            ("by an algorithm that the settings do not name", by(&RSA, json!({ "alg": "RS384", "kid": "rsa" }))),
            ("by a key for encryption", by(&RSA, json!({ "alg": "RS256", "kid": "for-encryption" }))),
            ("by a key that anybody can take apart", by(&Key::Weak, json!({ "alg": "RS256", "kid": "weak" }))),
            ("by one of two keys of that name", by(&twin, json!({ "kid": "twin" }))),
            ("by any of the keys", of(json!({ "kid": null }), json!({}))),
            ("by a stranger", by(&Key::p256(), json!({}))),
            ("by a stranger with a key of their own", by(&twin, json!({ "jwk": twin.jwk(KID) }))),
            ("by a stranger with a certificate", by(&twin, json!({ "x5c": ["MIIB"] }))),
            ("by a key from elsewhere", of(json!({ "jku": evil.at("/trap") }), json!({}))),
            ("by a key from a path", of(json!({ "kid": "../../dev/null" }), json!({}))),
            ("by a published secret", hmac("oct", b"known to everybody")),
            ("by the client’s secret", hmac(KID, SECRET.as_bytes())),
            ("critical", of(json!({ "crit": ["exp"] }), json!({}))),
            ("not encoded", of(json!({ "b64": false, "crit": ["b64"] }), json!({}))),
            ("with another’s claims", swapped),
            ("of another issuer", of(json!({}), json!({ "iss": "https://evil.example" }))),
            ("of an issuer with a slash", of(json!({}), json!({ "iss": format!("{}/", evil.issuer) }))),
            ("of an issuer in capitals", of(json!({}), json!({ "iss": evil.issuer.to_uppercase() }))),
            ("for another", of(json!({}), json!({ "aud": "https://evil.example" }))),
            ("for something below us", of(json!({}), json!({ "aud": format!("{API}/x") }))),
            ("for us in capitals", of(json!({}), json!({ "aud": API.to_uppercase() }))),
            ("for a list of others", of(json!({}), json!({ "aud": ["a", "b"] }))),
            ("for nobody", of(json!({}), json!({ "aud": [] }))),
            ("for an object", of(json!({}), json!({ "aud": { API: true } }))),
            ("without an end", of(json!({}), json!({ "exp": null }))),
            ("past its end", of(json!({}), json!({ "exp": now - 61 }))),
            ("that ends before all time", of(json!({}), json!({ "exp": i64::MIN }))),
            ("that ends with a text", of(json!({}), json!({ "exp": (now + 300).to_string() }))),
            ("not good yet", of(json!({}), json!({ "nbf": now + 61 }))),
            ("good from a text on", of(json!({}), json!({ "nbf": "now" }))),
            ("of nobody", of(json!({}), json!({ "sub": null }))),
            ("of an empty name", of(json!({}), json!({ "sub": "" }))),
            ("of a list of people", of(json!({}), json!({ "sub": ["person-1"] }))),
            ("of a name with NUL", of(json!({}), json!({ "sub": "person-1\0" }))),
            ("of a name that is too long", of(json!({}), json!({ "sub": "x".repeat(256) }))),
            ("larger than 16 KiB", of(json!({}), json!({ "x": "x".repeat(13_000) }))),
        ];
        let (accounts, mut wrong) = (setup.roles().await, Vec::new());
        let mut lines: Vec<(&str, Vec<String>)> =
            rows.into_iter().map(|(name, token)| (name, vec![format!("Bearer {token}")])).collect();
        lines.push(("twice", vec![format!("Bearer {good}"), format!("bearer {good}")]));
        lines.push(("with a bad one before it", vec!["Bearer x".to_owned(), format!("Bearer {good}")]));
        lines.push(("two in a line", vec![format!("Bearer {good}, Bearer {good}")]));
        for (name, lines) in &lines {
            let answer = request_to(&server, &license, lines).await;
            let answered = (answer.status.as_u16(), answer.json()["code"].clone());
            if answered != (401, json!("invalid_token")) {
                wrong.push(format!("{name}: {answered:?}"));
            }
            assert!(!answer.text().contains(signature) && answer.header("set-cookie").is_empty(), "{name}");
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
        assert_eq!(
            (seats(&server, &license).await, setup.roles().await),
            (0, accounts),
            "no seat, no account, no role"
        );
        assert_eq!(evil.calls("/trap"), 0);
        assert!(evil.calls("/keys") <= 2, "once at the start, and once for all unknown keys");
        assert!(!log().contains(signature) && !log().contains(text));
        for over in [json!({}), json!({ "aud": ["another", API] }), json!({ "exp": now - 59 })] {
            let answer = request_to(
                &server,
                &license,
                &[format!("Bearer {}", of(json!({ "typ": "application/AT+JWT" }), over))],
            )
            .await;
            assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        }
        assert_eq!(
            (seats(&server, &license).await, setup.account("person-1").await.is_none()),
            (1, true),
            "a seat, but no account"
        );
    });
}

#[test]
fn users_that_a_policy_does_not_admit_take_no_seat() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[("LATCHKEY_OIDC_AUDIENCE", API)]).await;
        let roles = |roles: Value| json!({ "realm": { "roles": roles } });
        let address = |email: &str| json!({ "email": email });
        let rules: [(SignIn, Value, Vec<Value>); 3] = [
            (
                SignIn::Role("studio".to_owned()),
                roles(json!(["staff", "studio"])),
                vec![
                    roles(json!([])),
                    roles(json!(["Studio", "studio ", "studio\0", "st\u{fc}dio", "s\u{442}udio"])),
                    roles(json!({ "studio": true })),
                    roles(json!([["studio"]])),
                    roles(json!(["studio", 7])),
                    roles(json!("staff studio")),
                    json!({ "realm": null, "roles": ["studio"], "scope": "studio" }),
                    json!({ "realm": [{ "roles": ["studio"] }] }),
                ],
            ),
            (
                SignIn::Domain("example.com".to_owned()),
                address("kim@EXAMPLE.com"),
                vec![
                    address("kim@sub.example.com"),
                    address("kim@example.com.evil.example"),
                    address("kim@evilexample.com"),
                    address("kim@example.com@evil.example"),
                    address("kim@ex\u{430}mple.com"),
                    address("kim@example.com\0"),
                    address("kim@example.com, eve@evil.example"),
                    json!({ "email": "kim@example.com", "email_verified": false }),
                    json!({ "email": "kim@example.com", "email_verified": null }),
                    json!({ "email": "kim@example.com", "email_verified": "true" }),
                    json!({ "email": ["kim@example.com"] }),
                    json!({ "email": null, "preferred_username": "kim@example.com", "upn": "kim@example.com" }),
                ],
            ),
            (
                SignIn::VerifiedEmail,
                address("Kim@Example.com"),
                vec![
                    address("eve@example.com"),
                    address("\u{212a}im@example.com"),
                    address("k\u{131}m@example.com"),
                    address("kim+x@example.com"),
                    address("kim@example.com.evil.example"),
                    json!({ "email": "kim@example.com", "email_verified": 1 }),
                ],
            ),
        ];
        for (rule, meant, others) in rules {
            let license =
                server.license().seats(9).email("kim@example.com").terms(|terms| terms.sign_in = rule.clone());
            let license = license.create().await;
            for over in others {
                let token = access(&setup.evil, None, &json!({}), &over);
                let answer = request_to(&server, &license, &[format!("Bearer {token}")]).await;
                assert_eq!(answer.status.as_u16(), 403, "{rule:?}: {over}");
                assert_eq!(seats(&server, &license).await, 0, "{rule:?}: {over}");
            }
            assert_eq!(request_to(&server, &license, &[]).await.problem(), (403, "authentication_required".to_owned()));
            let token = access(&setup.evil, None, &json!({}), &meant);
            assert_eq!(
                request_to(&server, &license, &[format!("Bearer {token}")]).await.status.as_u16(),
                200,
                "{rule:?}"
            );
        }
    });
}

#[test]
fn an_access_token_is_valid_only_from_its_own_provider() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let good = Evil::start(Key::p256(), "").await;
        // Users sign in at the evil provider; only the good one issues access tokens for the API.
        let server = setup.server_beside(&good, &format!("audience = \"{API}\"\n")).await;
        let license = server.license().create().await;
        let refused = [
            access(&setup.evil, None, &json!({}), &json!({})),
            access(&setup.evil, None, &json!({}), &json!({ "iss": good.issuer })),
            access(&good, Some(&setup.evil.key), &json!({}), &json!({})),
            access(&good, None, &json!({}), &json!({ "iss": setup.evil.issuer })),
        ];
        for token in refused {
            let answer = request_to(&server, &license, &[format!("Bearer {token}")]).await;
            assert_eq!(answer.problem(), (401, "invalid_token".to_owned()));
        }
        let token = access(&good, None, &json!({}), &json!({}));
        assert_eq!(request_to(&server, &license, &[format!("Bearer {token}")]).await.status.as_u16(), 200);

        // It is valid only for the activation API, not for pages or for the endpoints of API tokens.
        for path in ["/", "/licenses", "/api/v1/admin/whoami"] {
            let request = Request::get(path).header(AUTHORIZATION, format!("Bearer {token}"));
            let answer = server.send(request.body(Body::empty()).unwrap()).await;
            assert!(matches!(answer.status.as_u16(), 303 | 401), "{path}: {}", answer.status);
        }
    });
}
