//! Sign-in at a provider.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::{Value, json};
use testing::contract;

use super::{
    Provider,
    visit::{
        BEGIN, account, account as account_of, asked, begin, come_back, events, press, press_from, refused, server,
        sign_in,
    },
};
use crate::admin::person::{Person, unused_account};

contract!(a_user_with_a_role_signs_in_and_lands_on_the_requested_page, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff", "desk", "unknown"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    let asked = begin(&person, "/licenses").await;
    for (name, value) in [("response_type", "code"), ("client_id", "latchkey"), ("code_challenge_method", "S256")] {
        assert_eq!(asked[name], value);
    }
    assert_eq!(asked["redirect_uri"], "https://licenses.example.com/sign-in/oidc/acme/callback");
    assert_eq!(asked["scope"], "openid profile email");
    // 16 random bytes are 22 characters in base64url.
    assert!(asked["state"].len() >= 22 && asked["nonce"].len() >= 22 && asked["code_challenge"].len() == 43);

    let answer = come_back(&person, &provider.agrees(asked)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/licenses"), "{}", answer.text());
    assert_eq!(person.open("/licenses").await.status, StatusCode::OK);
    let account = account(&server, &provider).await.unwrap();
    assert_eq!((account.name.as_str(), account.role), ("Ingrid Lund", Role::Support), "the highest of the roles");
    assert_eq!(account.email, "ingrid@example.com");

    let second = Person::at(&server);
    provider.give_roles(&["chief"]);
    assert_eq!(sign_in(&second, &provider).await.status, StatusCode::SEE_OTHER);
    let same = account_of(&server, &provider).await.unwrap();
    assert_eq!((same.id, same.role), (account.id, Role::Admin), "the new claims apply");
});

contract!(a_callback_is_valid_once_for_one_browser_for_ten_minutes, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;

    let person = Person::at(&server);
    let query = provider.agrees(begin(&person, "/").await);
    let (thief, copy) = (Person::at(&server), person.copied());
    refused(&server, &thief, &provider, &come_back(&thief, &query).await).await;
    let other = format!("{}x", query.split('&').nth(1).unwrap());
    refused(
        &server,
        &copy,
        &provider,
        &come_back(&copy, &query.replace(query.split('&').nth(1).unwrap(), &other)).await,
    )
    .await;
    let copy = person.copied();
    assert_eq!(come_back(&person, &query).await.status, StatusCode::SEE_OTHER);
    let again = come_back(&copy, &query).await;
    assert_eq!((again.status, copy.login()), (StatusCode::BAD_REQUEST, None), "{}", again.text());

    let late = Person::at(&server);
    let query = provider.agrees(begin(&late, "/").await);
    server.clock.advance(600);
    provider.advance(600);
    let answer = come_back(&late, &query).await;
    assert_eq!((answer.status, late.login()), (StatusCode::BAD_REQUEST, None));
});

contract!(a_manipulated_callback_does_not_sign_in, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let evil = "https%3A%2F%2Fevil.example";
    for (old, new) in [
        ("code=a-code", "code="),
        ("code=a-code", "x=1"),
        ("code=a-code", "code=another"),
        ("iss=", "iss=x"),
        ("iss=", "iss2="),
        ("code=", "code=b&code="),
    ] {
        let person = Person::at(&server);
        let query = provider.agrees(begin(&person, "/").await).replace(old, new);
        refused(&server, &person, &provider, &come_back(&person, &query).await).await;
        // The attempt has ended in any case.
        let good = provider.agrees(asked(&press(&Person::at(&server), BEGIN).await));
        refused(&server, &person, &provider, &come_back(&person, &good).await).await;
    }
    for (error, status) in [("access_denied", 403), ("server_error", 503), ("invalid_request", 502)] {
        let person = Person::at(&server);
        let query = provider
            .agrees(begin(&person, "/").await)
            .replace("code=a-code", &format!("error={error}&error_uri={evil}"));
        let answer = come_back(&person, &query).await;
        assert_eq!(answer.status.as_u16(), status, "{error}");
        assert!(!answer.text().contains("evil.example"));
        refused(&server, &person, &provider, &answer).await;
    }
});

contract!(an_invalid_id_token_does_not_sign_in, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let now = server.now().timestamp();
    for (what, header, claims) in [
        ("issuer", json!({}), json!({ "iss": "https://evil.example" })),
        ("no issuer", json!({}), json!({ "iss": null })),
        ("audience", json!({}), json!({ "aud": "another" })),
        ("no audience", json!({}), json!({ "aud": null })),
        ("another audience too", json!({}), json!({ "aud": ["latchkey", "another"] })),
        ("party", json!({}), json!({ "azp": "another" })),
        ("expired", json!({}), json!({ "exp": now })),
        ("no end", json!({}), json!({ "exp": null })),
        ("issued long ago", json!({}), json!({ "iat": now - 601 })),
        ("issued in the future", json!({}), json!({ "iat": now + 61 })),
        ("not good yet", json!({}), json!({ "nbf": now + 61 })),
        ("nonce", json!({}), json!({ "nonce": "another" })),
        ("no nonce", json!({}), json!({ "nonce": null })),
        ("no subject", json!({}), json!({ "sub": null })),
        ("empty subject", json!({}), json!({ "sub": "" })),
        ("long subject", json!({}), json!({ "sub": "x".repeat(256) })),
        ("access token", json!({}), json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" })),
        ("no algorithm", json!({ "alg": "none" }), json!({})),
        ("shared secret", json!({ "alg": "HS256" }), json!({})),
        ("algorithm of another key", json!({ "alg": "RS256" }), json!({})),
        ("key", json!({ "kid": "key-2" }), json!({})),
        ("type", json!({ "typ": "at+jwt" }), json!({})),
        ("critical", json!({ "crit": ["x"], "x": 1 }), json!({})),
    ] {
        let members = |value: Value| value.as_object().cloned().unwrap();
        provider.says().header = members(header);
        provider.says().id_token = members(claims);
        provider.give_roles(&["boss"]);
        let person = Person::at(&server);
        let answer = sign_in(&person, &provider).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{what}: {}", answer.text());
        refused(&server, &person, &provider, &answer).await;
    }
    provider.says().header.clear();
    provider.says().id_token.clear();
    provider.give_roles(&["boss"]);
    assert_eq!(
        sign_in(&Person::at(&server), &provider).await.status,
        StatusCode::SEE_OTHER,
        "a valid one is still accepted"
    );
});

contract!(while_the_provider_is_unavailable_the_page_says_so_and_local_accounts_sign_in, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    provider.says().down = true;
    let person = Person::at(&server);
    let answer = press(&person, BEGIN).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    refused(&server, &person, &provider, &answer).await;
    let form = "_action=/admin/api/sign-in&_form=sign-in&email=owner@example.com&password=five+owls+on+a+fence&to=/";
    assert_eq!(person.submit(BEGIN, form).await.status, StatusCode::SEE_OTHER, "the form on that page works");
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});

contract!(another_website_cannot_begin_a_sign_in, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let answer = Person::at(&server).open(&format!("{BEGIN}?to=/licenses")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in?to=%2Flicenses"));
    assert_eq!(answer.header("set-cookie"), "");
    for evil in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let person = Person::at(&server);
        provider.give_roles(&["staff"]);
        let query = provider.agrees(begin(&person, evil).await);
        assert_eq!(come_back(&person, &query).await.header("location"), "/", "{evil}");
    }
});

contract!(a_browser_without_fetch_metadata_can_sign_in, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    let answer = press_from(&person, "https://licenses.example.com/sign-in?to=%2F", BEGIN).await;
    assert_eq!(come_back(&person, &provider.agrees(asked(&answer))).await.status, StatusCode::SEE_OTHER);
    assert_eq!(person.open("/licenses").await.status, StatusCode::OK);
    let stranger = Person::at(&server);
    let answer = press_from(&stranger, "https://evil.example/", BEGIN).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(stranger.attempts().is_empty());
});

contract!(a_user_can_sign_in_from_two_tabs, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    for first_of_them in [0, 1] {
        let person = Person::at(&server);
        let mut tabs = vec![begin(&person, "/licenses").await, begin(&person, "/devices").await];
        let (one, wanted) = (tabs.remove(first_of_them), ["/licenses", "/devices"]);
        for (asked, to) in [(one, wanted[first_of_them]), (tabs.remove(0), wanted[1 - first_of_them])] {
            // A callback forced by another website must not end an attempt in progress.
            come_back(&person, "code=a-code&state=AAAAAAAAAAAAAAAAAAAAAA").await;
            let answer = come_back(&person, &provider.agrees(asked)).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, to), "{}", answer.text());
            assert_eq!(person.open("/licenses").await.status, StatusCode::OK);
        }
        assert!(person.attempts().is_empty());
    }
});

contract!(a_browser_keeps_a_few_attempts_and_drops_the_oldest, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    let mut tabs = Vec::new();
    for n in 0..6 {
        tabs.push(begin(&person, "/licenses").await);
        assert_eq!(person.attempts().len(), 4.min(n + 1));
        server.clock.advance(1);
        provider.advance(1);
    }
    let size: usize = person.attempts().iter().map(|name| name.len() + person.cookie(name).unwrap().len()).sum();
    assert!(size <= 4096, "the cookies must fit into the header limit of proxies: {size}");
    for (n, asked) in tabs.into_iter().enumerate() {
        let status = come_back(&person, &provider.agrees(asked)).await.status.as_u16();
        assert_eq!(status, if n < 2 { 400 } else { 303 }, "tab {n}");
    }

    // With long return paths fewer attempts fit, and unreadable cookies are dropped first.
    let person = Person::at(&server);
    person.plant("__Host-latchkey-attempt-AAAAAAAA", &"A".repeat(3000));
    for _ in 0..5 {
        begin(&person, &format!("/licenses/{}", "x".repeat(500))).await;
        let attempts = person.attempts();
        let size: usize = attempts.iter().map(|name| name.len() + person.cookie(name).unwrap().len()).sum();
        assert!(!attempts.is_empty() && size <= 4096, "{size}");
    }
    assert!(!person.attempts().iter().any(|name| name.ends_with("AAAAAAAA")));
});

contract!(a_user_without_a_role_is_told_whom_to_contact, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["nothing-here"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    let answer = sign_in(&person, &provider).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for words in ["You have no role here", "Ingrid Lund", "ingrid@example.com", "person-1", "owner"] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    refused(&server, &person, &provider, &answer).await;

    for odd in
        [json!({ "boss": true }), json!(["boss", 1]), json!("BOSS"), json!("boss staff"), json!(null), json!(true)]
    {
        provider.says().id_token.insert("realm".to_owned(), json!({ "roles": odd }));
        refused(&server, &person, &provider, &sign_in(&person, &provider).await).await;
    }
    assert_eq!(events(&server, "account.sign_in_refused").await.len(), 7);
});

contract!(users_without_a_role_become_viewers_if_the_settings_say_so, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[("LATCHKEY_OIDC_UNKNOWN", "viewer")]).await;
    assert_eq!(sign_in(&Person::at(&server), &provider).await.status, StatusCode::SEE_OTHER);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Viewer);
});

contract!(roles_are_read_from_the_userinfo_if_the_id_token_has_none, async |db| {
    let provider = Provider::start().await;
    provider.says().userinfo.insert("realm".to_owned(), json!({ "roles": "chief" }));
    let server = server(db, &provider, &[]).await;
    assert_eq!(sign_in(&Person::at(&server), &provider).await.status, StatusCode::SEE_OTHER);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Admin);

    provider.says().userinfo.insert("sub".to_owned(), json!("person-2"));
    let person = Person::at(&server);
    assert_eq!(sign_in(&person, &provider).await.status, StatusCode::BAD_GATEWAY, "the userinfo is of another user");
    assert_eq!(person.login(), None);
});

contract!(an_account_prepared_for_a_verified_address_is_taken_over_at_the_first_sign_in, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let made = unused_account(server.service.store(), "ingrid@example.com", Role::Support).await;
    provider.says().id_token.insert("email_verified".to_owned(), json!(false));
    let person = Person::at(&server);
    refused(&server, &person, &provider, &sign_in(&person, &provider).await).await;
    provider.says().id_token.insert("email_verified".to_owned(), json!("true"));
    refused(&server, &person, &provider, &sign_in(&person, &provider).await).await;
    provider.says().id_token.insert("email_verified".to_owned(), json!(true));
    assert_eq!(sign_in(&person, &provider).await.status, StatusCode::SEE_OTHER);
    let taken = account(&server, &provider).await.unwrap();
    assert_eq!((taken.id, taken.role), (made, Role::Support));

    // An assigned role stays, whatever the claims say.
    provider.give_roles(&["boss"]);
    assert_eq!(sign_in(&person, &provider).await.status, StatusCode::SEE_OTHER);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Support);
});

contract!(an_account_with_a_password_cannot_be_taken_over_by_its_address, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    for (claim, value) in [("email", json!("owner@example.com")), ("email_verified", json!(true))] {
        provider.says().id_token.insert(claim.to_owned(), value);
    }
    let person = Person::at(&server);
    refused(&server, &person, &provider, &sign_in(&person, &provider).await).await;
    provider.give_roles(&["staff"]);
    assert_eq!(sign_in(&person, &provider).await.status, StatusCode::SEE_OTHER);
    let own = account(&server, &provider).await.unwrap();
    assert_eq!(own.role, Role::Viewer);
    assert_ne!(own.email, "owner@example.com");
});
