//! Sign-out, here and at the provider, from either side.

use axum::{
    body::Body,
    http::{Request, StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Map, Value, json};
use testing::contract;

use super::{
    Provider,
    provider::lay,
    visit::{asked, press, server, sign_in},
};
use crate::{admin::person::Person, fixture::Server};

const SIGN_OUT: &str = "_action=/admin/api/sign-out&_form=sign-out";

contract!(signing_out_here_signs_out_at_the_provider, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    let copy = person.copied();
    let answer = person.submit("/", SIGN_OUT).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-out/oidc"));
    assert_eq!(person.login(), None);
    assert_eq!(copy.open("/").await.status, StatusCode::SEE_OTHER, "the login has ended for every copy of the cookie");

    let answer = press(&person, "/sign-out/oidc").await;
    assert!(answer.header("location").starts_with(&format!("{}/end?", provider.issuer)), "{:?}", answer.headers);
    let asked = asked(&answer);
    assert_eq!(asked["post_logout_redirect_uri"], "https://licenses.example.com/sign-in");
    assert_eq!((asked["client_id"].as_str(), asked["id_token_hint"].split('.').count()), ("latchkey", 3));
    assert_eq!(press(&person, "/sign-out/oidc").await.header("location"), "/", "once");
});

contract!(the_csp_lets_forms_lead_to_the_provider_and_nowhere_else, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let page = Person::at(&server).open("/sign-in").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("form-action 'self' {};", provider.issuer)), "{policy}");
});

fn logout_token(provider: &Provider, header: &Value, over: &Value) -> String {
    let mut claims = provider.claims();
    let own = json!({
        "jti": "logout-1", "nbf": null, "name": null, "email": null, "email_verified": null, "auth_time": null,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let members = |value: &Value| value.as_object().cloned().unwrap();
    lay(&mut claims, &members(&own));
    lay(&mut claims, &members(over));
    let mut all: Map<String, Value> = members(&json!({ "typ": "logout+jwt" }));
    lay(&mut all, &members(header));
    provider.sign(&all, &claims)
}

async fn logout_status(server: &Server, token: &str) -> u16 {
    let request = Request::post("/sign-in/oidc/acme/backchannel-logout")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("logout_token={token}")));
    server.send(request.unwrap()).await.status.as_u16()
}

contract!(the_provider_ends_the_logins_of_one_of_its_sessions, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let (here, there) = (Person::at(&server), Person::at(&server));
    sign_in(&here, &provider).await;
    provider.says().id_token.insert("sid".to_owned(), json!("session-2"));
    sign_in(&there, &provider).await;
    let token = logout_token(&provider, &json!({}), &json!({}));
    assert_eq!(logout_status(&server, &token).await, 200);
    assert_eq!(here.open("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(there.open("/").await.status, StatusCode::OK, "the other session continues");
    assert_eq!(logout_status(&server, &token).await, 400, "a logout token is valid once");
    let all = logout_token(&provider, &json!({}), &json!({ "sid": null, "jti": "logout-2" }));
    assert_eq!(logout_status(&server, &all).await, 200);
    assert_eq!(there.open("/").await.status, StatusCode::SEE_OTHER);
});

contract!(an_invalid_logout_token_ends_nothing, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    let now = server.now().timestamp();
    for (what, header, claims) in [
        ("type", json!({ "typ": "at+jwt" }), json!({})),
        ("no text for a type", json!({ "typ": ["logout+jwt"] }), json!({})),
        ("algorithm", json!({ "alg": "none" }), json!({})),
        ("key", json!({ "kid": "key-2" }), json!({})),
        ("own key", json!({ "jwk": { "kty": "EC" } }), json!({})),
        ("issuer", json!({}), json!({ "iss": "https://evil.example" })),
        ("audience", json!({}), json!({ "aud": "another" })),
        ("no event", json!({}), json!({ "events": null })),
        ("another event", json!({}), json!({ "events": { "x": {} } })),
        (
            "event without a body",
            json!({}),
            json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": 1 } }),
        ),
        ("nonce", json!({}), json!({ "nonce": "x" })),
        ("old", json!({}), json!({ "iat": now - 601 })),
        ("future", json!({}), json!({ "iat": now + 61 })),
        ("no time", json!({}), json!({ "iat": null })),
        ("expired", json!({}), json!({ "exp": now - 61 })),
        ("nobody", json!({}), json!({ "sub": null, "sid": null })),
        ("no id", json!({}), json!({ "jti": null })),
    ] {
        assert_eq!(logout_status(&server, &logout_token(&provider, &header, &claims)).await, 400, "{what}");
    }
    let mut broken = logout_token(&provider, &json!({}), &json!({}));
    broken.pop();
    for token in [broken.as_str(), "", "a.b.c", "a.b.c.d"] {
        assert_eq!(logout_status(&server, token).await, 400, "{token}");
    }
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});
