//! Verifiers with a slow clock: several libraries refuse a token whose `iat` or `nbf` is ahead of their own clock.

use serde_json::json;
use testing::contract;

use crate::{
    fixture::{Server, Token},
    offline::{Device, OFFLINE, Response, bring},
};

/// Clock skew of a device, in seconds.
const BEHIND: i64 = 240;

/// Asserts that every library accepts these times on a clock that is `BEHIND` slow and on one that is as fast.
#[track_caller]
fn assert_good_on_slow_and_fast_clocks(token: &Token, server: &Server) {
    let (slow, fast) = (server.now().timestamp() - BEHIND, server.now().timestamp() + BEHIND);
    for claim in ["iat", "nbf"] {
        let at = token.claims.get(claim).map(|at| at.as_i64().unwrap());
        assert!(at.is_none_or(|at| at <= slow), "{claim} is ahead of a slow clock: {}", token.claims);
    }
    assert!(token.seconds("exp") > fast, "expired on a fast clock: {}", token.claims);
    assert!(token.seconds("iat") < token.seconds("exp"));
}

contract!(all_signed_documents_are_valid_on_clocks_four_minutes_off, async |db| {
    let server = Server::on(db).await;
    let offline = server.license().create().await;
    let license = server.license().email("ingrid@example.com").create().await;

    let token = server.activate(&license, "device-1").await.token();
    assert_good_on_slow_and_fast_clocks(&token, &server);
    assert_eq!(token.claims["license"]["issuedAt"], server.now().timestamp(), "`issuedAt` is the true time");

    let uri = token.claims["status"]["status_list"]["uri"].as_str().unwrap();
    let list = server.get(uri.strip_prefix("https://licenses.example.com").unwrap()).await;
    assert_good_on_slow_and_fast_clocks(&Token::read(list.text()), &server);

    let full = server.activate_with(&license, "device-2", json!({ "email": "ingrid@example.com" })).await;
    let ticket = full.json()["releaseTicket"].as_str().unwrap().to_owned();
    assert_good_on_slow_and_fast_clocks(&Token::read(&ticket), &server);

    let probe = Device::new("probe");
    let response = Response::of(&bring(&server, OFFLINE, probe.request(&probe.asks(&offline, 1, &server))).await);
    assert_good_on_slow_and_fast_clocks(&response.token, &server);
});
