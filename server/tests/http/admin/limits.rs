//! Rate limits of sign-in and other open forms.

use axum::http::{Method, StatusCode};
use licensing::Role;
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::fixture::Server;

contract!(every_open_form_has_a_rate_limit_for_each_network, async |db| {
    let server = Server::limited_on(db).await;
    accounts(&server).await;
    for (method, path, at_once) in [
        (Method::GET, "/link?token=guess", 30),
        (Method::GET, "/sign-in/oidc/none", 120),
        (Method::GET, "/sign-in/oidc/none/callback?state=guess", 0),
        (Method::POST, "/sign-in/oidc/none/backchannel-logout", 60),
    ] {
        for n in 0..at_once {
            let answer = server.call(method.clone(), path).await;
            assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}, {n}");
        }
        let answer = server.call(method.clone(), path).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{path}");
        let elsewhere = server.from("198.51.100.1").call(method, path).await;
        assert_ne!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
    let unlimited = Server::on(db).await;
    for _ in 0..40 {
        assert_ne!(unlimited.get("/link?token=guess").await.status, StatusCode::TOO_MANY_REQUESTS);
    }
});

contract!(a_known_browser_is_not_affected_by_guesses_from_its_network, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let device = owner.cookie("__Host-latchkey-device").expect("a known browser has this cookie");
    owner.submit("/", "_action=/admin/api/sign-out&_form=sign-out").await;
    assert_eq!(owner.cookie("__Host-latchkey-device"), Some(device), "it is kept after signing out");
    let stranger = Person::at(&server);
    let guess = "_action=/admin/api/sign-in&_form=sign-in&email=owner@example.com&password=hunter2hunter2&to=/";
    for _ in 0..5 {
        assert_eq!(stranger.submit("/sign-in", guess).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(stranger.sign_in("owner@example.com").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(owner.sign_in("owner@example.com").await.status, StatusCode::SEE_OTHER);
});

contract!(wrong_codes_do_not_use_up_the_limit_of_api_tokens, async |db| {
    let server = Server::limited_on(db).await;
    for _ in 0..31 {
        let body = serde_json::json!({ "activationCode": "GUESS", "fingerprint": "device" });
        server.post(crate::fixture::JWT, &body).await;
    }
    assert_eq!(server.get("/api/v1/admin/whoami").await.status, StatusCode::UNAUTHORIZED);
});
