//! Access tokens in activation requests.

use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use licensing::terms::SignIn;
use serde_json::{Map, Value, json};
use testing::contract;

use super::{
    Provider,
    provider::{AUDIENCE, lay},
    visit::server,
};
use crate::fixture::{Answer, Issued, JWT, Server, Token};

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// An access token for the provider's user, with members replaced in its header and its claims.
fn access_token(provider: &Provider, header: &Value, over: &Value) -> String {
    let mut claims = provider.claims();
    let own = json!({
        "aud": AUDIENCE, "client_id": "an-app", "jti": "token-1", "scope": "openid activate", "auth_time": null, "sid": null,
        "realm": { "roles": ["studio"] },
    });
    lay(&mut claims, &members(&own));
    lay(&mut claims, &members(over));
    let mut all = members(&json!({ "typ": "at+jwt" }));
    lay(&mut all, &members(header));
    provider.sign(&all, &claims)
}

async fn activate(server: &Server, license: &Issued, device: &str, token: &str) -> Answer {
    let request = Request::post(JWT)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(license.asks(device, json!({})).to_string()));
    server.send(request.unwrap()).await
}

async fn call(server: &Server, method: Method, path: &str, token: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header(AUTHORIZATION, format!("Bearer {token}"));
    server.send(request.body(Body::empty()).unwrap()).await
}

contract!(a_policy_admits_the_users_that_it_names, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let good = access_token(&provider, &json!({}), &json!({}));
    let other = access_token(&provider, &json!({}), &json!({ "email": "eve@other.example", "realm": { "roles": [] } }));
    let unverified = access_token(&provider, &json!({}), &json!({ "email_verified": false, "realm": null }));
    for (sign_in, others) in [
        (SignIn::Required, 200),
        (SignIn::VerifiedEmail, 403),
        (SignIn::Domain("example.com".to_owned()), 403),
        (SignIn::Role("studio".to_owned()), 403),
    ] {
        let license =
            server.license().seats(9).email("Ingrid@example.com").terms(|terms| terms.sign_in = sign_in.clone());
        let license = license.create().await;
        let anonymous = server.activate(&license, "no-token").await;
        assert_eq!(anonymous.problem(), (403, "authentication_required".to_owned()), "{sign_in:?}");
        assert_eq!(activate(&server, &license, "mine", &good).await.status, StatusCode::OK, "{sign_in:?}");
        for token in [&other, &unverified] {
            let answer = activate(&server, &license, "theirs", token).await;
            assert_eq!(answer.status.as_u16(), others, "{sign_in:?}: {}", answer.text());
        }
    }
});

contract!(an_invalid_access_token_is_refused_whatever_the_policy_requires, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[("LATCHKEY_OIDC_API_SCOPE", "activate")]).await;
    let open = server.license().seats(99).create().await;
    let now = server.now().timestamp();
    for (what, header, claims) in [
        ("an ID token", json!({ "typ": "JWT" }), json!({ "aud": "latchkey", "nonce": "x" })),
        ("an ID token for us", json!({ "typ": "JWT" }), json!({})),
        ("no type", json!({ "typ": null }), json!({})),
        ("a logout token", json!({ "typ": "logout+jwt" }), json!({})),
        ("a license token", json!({ "typ": "license+jwt" }), json!({})),
        ("issuer", json!({}), json!({ "iss": "https://evil.example" })),
        ("almost the issuer", json!({}), json!({ "iss": format!("{}/", provider.issuer) })),
        ("a list of issuers", json!({}), json!({ "iss": [provider.issuer] })),
        ("no issuer", json!({}), json!({ "iss": null })),
        ("audience", json!({}), json!({ "aud": "another" })),
        ("the client as audience", json!({}), json!({ "aud": "latchkey" })),
        ("no audience", json!({}), json!({ "aud": null })),
        ("expired", json!({}), json!({ "exp": now - 61 })),
        ("no end", json!({}), json!({ "exp": null })),
        ("an end that is no time", json!({}), json!({ "exp": "never" })),
        ("not good yet", json!({}), json!({ "nbf": now + 61 })),
        ("no subject", json!({}), json!({ "sub": null })),
        ("empty subject", json!({}), json!({ "sub": "" })),
        ("another scope", json!({}), json!({ "scope": "openid activated" })),
        ("no scope", json!({}), json!({ "scope": null })),
        ("no algorithm", json!({ "alg": "none" }), json!({})),
        ("shared secret", json!({ "alg": "HS256" }), json!({})),
        ("an algorithm of other keys", json!({ "alg": "RS256" }), json!({})),
        ("an algorithm nobody allowed", json!({ "alg": "ES384" }), json!({})),
        ("a key nobody knows", json!({ "kid": "key-2" }), json!({})),
        ("its own key", json!({ "jwk": provider.jwk() }), json!({})),
        ("an address of keys", json!({ "jku": "https://evil.example/keys" }), json!({})),
        ("an address of certificates", json!({ "x5u": "https://evil.example/cert" }), json!({})),
        ("rules of its own", json!({ "crit": ["exp"] }), json!({})),
    ] {
        let answer = activate(&server, &open, "device", &access_token(&provider, &header, &claims)).await;
        assert_eq!(answer.problem(), (401, "invalid_token".to_owned()), "{what}: {}", answer.text());
    }
    let good = access_token(&provider, &json!({}), &json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let stranger = Provider::start().await;
    let forged = access_token(&stranger, &json!({}), &json!({ "iss": provider.issuer }));
    for bad in [
        format!("{signed}."),
        signed.to_owned(),
        format!("{good}.x"),
        format!("{signed}.AAAA{}", &signature[4..]),
        forged,
        format!("{good}{}", "x".repeat(20_000)),
    ] {
        let answer = activate(&server, &open, "device", &bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    }
    assert_eq!(activate(&server, &open, "device", &good).await.status, StatusCode::OK);
});

contract!(while_the_keys_of_the_provider_are_unavailable_a_device_may_retry, async |db| {
    let provider = Provider::start().await;
    provider.says().down = true;
    let server = server(db, &provider, &[]).await;
    let license = server.license().terms(|terms| terms.sign_in = SignIn::Required).create().await;
    let answer = activate(&server, &license, "device", &access_token(&provider, &json!({}), &json!({}))).await;
    assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
    assert_eq!(answer.json()["retryable"], true);
});

contract!(later_calls_of_a_session_require_the_user_who_activated, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let license = server.license().seats(9).terms(|terms| terms.sign_in = SignIn::Required).create().await;
    let mine = access_token(&provider, &json!({}), &json!({}));
    let theirs = access_token(&provider, &json!({}), &json!({ "sub": "person-2" }));
    let answer = activate(&server, &license, "device", &mine).await;
    let own = answer.json().as_str().unwrap().to_owned();
    let session = format!("/api/v1/activations/{}", Token::read(&own).claims["sid"].as_str().unwrap());

    for token in [&mine, &own] {
        assert_eq!(call(&server, Method::GET, &session, token).await.status, StatusCode::OK);
        assert_eq!(call(&server, Method::POST, &format!("{session}/renew"), token).await.status, StatusCode::OK);
    }
    for (method, call_of) in [
        (Method::GET, ""),
        (Method::POST, "/renew"),
        (Method::POST, "/check-in"),
        (Method::POST, "/check-out"),
        (Method::DELETE, ""),
    ] {
        let answer = call(&server, method, &format!("{session}{call_of}"), &theirs).await;
        assert_eq!(answer.problem(), (403, "not_your_session".to_owned()), "{call_of}");
    }
    let nowhere = "/api/v1/activations/019ab2c4-0000-7000-8000-000000000000";
    assert_eq!(call(&server, Method::GET, nowhere, &mine).await.problem(), (404, "session_not_found".to_owned()));

    // A session that began without a sign-in belongs to no user.
    let open = server.license().create().await;
    let token = server.activate(&open, "device").await.token();
    let unowned = format!("/api/v1/activations/{}", token.claims["sid"].as_str().unwrap());
    assert_eq!(call(&server, Method::GET, &unowned, &mine).await.problem(), (403, "not_your_session".to_owned()));

    // A device that activates again without a user keeps it that way.
    let free = server.license().create().await;
    let token = Token::read(activate(&server, &free, "device", &mine).await.json().as_str().unwrap());
    let kept = format!("/api/v1/activations/{}", token.claims["sid"].as_str().unwrap());
    server.advance_days(1);
    provider.advance(24 * 60 * 60);
    let mine = access_token(&provider, &json!({}), &json!({}));
    let theirs = access_token(&provider, &json!({}), &json!({ "sub": "person-2" }));
    assert_eq!(server.activate(&free, "device").await.status, StatusCode::OK);
    assert_eq!(call(&server, Method::POST, &format!("{kept}/renew"), &mine).await.status, StatusCode::OK);
    assert_eq!(call(&server, Method::GET, &kept, &theirs).await.status, StatusCode::FORBIDDEN);

    // A device that activates with another user changes its owner.
    assert_eq!(activate(&server, &license, "device", &theirs).await.status, StatusCode::OK);
    assert_eq!(call(&server, Method::GET, &session, &mine).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&server, Method::DELETE, &session, &theirs).await.status, StatusCode::NO_CONTENT);
});

contract!(the_same_subject_at_another_provider_is_another_user, async |db| {
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let settings = provider.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let more = format!("audience = \"{AUDIENCE}\"\n");
    let server = Server::with_another_provider(db, &settings, ("other", &other.issuer), &more).await;
    let license = server.license().seats(9).terms(|terms| terms.sign_in = SignIn::Required).create().await;
    let [mine, theirs] = [&provider, &other].map(|one| access_token(one, &json!({}), &json!({})));
    let own = activate(&server, &license, "device", &mine).await.token();
    assert_eq!(activate(&server, &license, "another", &theirs).await.status, StatusCode::OK);
    let session = format!("/api/v1/activations/{}", own.claims["sid"].as_str().unwrap());
    let answer = call(&server, Method::DELETE, &session, &theirs).await;
    assert_eq!(answer.problem(), (403, "not_your_session".to_owned()));
    assert_eq!(call(&server, Method::GET, &session, &mine).await.status, StatusCode::OK);
});
