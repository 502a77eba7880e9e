//! Malicious answers to a server that checks signed-in users again (OpenID Connect Core §12.2).

use std::time::Duration;

use licensing::Role;
use serde_json::json;
use testing::{Engine, run};
use tokio::time::timeout;

use super::{
    keys::{Key, unsigned},
    provider::{Evil, Reply, Says, signed_by},
    setup::{Setup, log},
};
use crate::{admin::person::Person, fixture::Server};

type Later = (&'static str, fn(&mut Says, &Evil));

/// After each of these the login has ended and the account has kept its role.
const LIES: &[Later] = &[
    ("a token of somebody else", |says, _| says.claims = json!({ "sub": "person-2" })),
    ("a token of another issuer", |says, _| says.claims = json!({ "iss": "https://evil.example" })),
    ("a token for another client", |says, _| says.claims = json!({ "aud": "another" })),
    ("a token issued to another client", |says, _| says.claims = json!({ "azp": "another" })),
    ("a token of another sign-in", |says, _| says.claims = json!({ "nonce": "AAAAAAAAAAAAAAAAAAAAAA" })),
    ("a token that has expired", |says, evil| says.claims = json!({ "exp": evil.clock.now().timestamp() })),
    ("a token of long ago", |says, evil| says.claims = json!({ "iat": evil.clock.now().timestamp() - 601 })),
    ("a stranger’s token", |says, _| says.make = |_, header, claims| signed_by(&Key::p256(), &header, &claims)),
    ("a token that nobody signed", |says, _| {
        says.header = json!({ "alg": "none" });
        says.make = |_, header, claims| json!(format!("{}.", unsigned(&header, &claims)));
    }),
    ("a userinfo of somebody else", |says, _| {
        userinfo(says, Reply::Json(json!({ "sub": "person-2", "realm": { "roles": ["boss"] } })));
    }),
    ("a userinfo of nobody", |says, _| userinfo(says, Reply::Json(json!({ "realm": { "roles": ["boss"] } })))),
    ("a userinfo that is no object", |says, _| userinfo(says, Reply::Json(json!(["person-1", "boss"])))),
    ("a userinfo that is a page", |says, _| userinfo(says, Reply::Text("text/html", "<h1>Hello</h1>".to_owned()))),
    ("a userinfo without roles", |says, _| userinfo(says, Reply::Json(json!({ "sub": "person-1" })))),
    ("a userinfo that is not there", |says, _| userinfo(says, Reply::Status(404))),
    ("a userinfo that takes no token", |says, _| userinfo(says, Reply::Status(401))),
    ("a userinfo at another address", |says, _| userinfo(says, Reply::Redirect)),
    ("no more grant", |says, _| says.token = refusal("invalid_grant")),
    ("no more access", |says, _| says.token = refusal("access_denied")),
    ("another error", |says, _| says.token = refusal("interaction_required")),
    ("an error of no name", |says, _| says.token = Reply::Refusal(json!({ "error": { "is": "invalid_grant" } }))),
    ("an error that comes with 200", |says, _| says.token = Reply::Json(json!({ "error": "invalid_grant" }))),
    ("tokens that are not there", |says, _| says.token = Reply::Status(404)),
    ("tokens that are forbidden", |says, _| says.token = Reply::Status(403)),
    ("tokens at another address", |says, _| says.token = Reply::Redirect),
    ("tokens that are a page", |says, _| says.token = Reply::Text("text/html", "<h1>Hello</h1>".to_owned())),
    ("tokens of ten mebibytes", |says, _| says.token = Reply::Large(10 << 20)),
    ("a token of another type", |says, _| says.token = Reply::Over(json!({ "token_type": "mac" }))),
];

/// Sends no ID token with the new tokens, so that the userinfo is read.
fn userinfo(says: &mut Says, reply: Reply) {
    says.token = Reply::Over(json!({ "id_token": null }));
    says.userinfo = reply;
}

fn refusal(error: &str) -> Reply {
    Reply::Refusal(json!({ "error": error }))
}

/// Signs a user in as a viewer, with an access token that lasts this many seconds.
async fn viewer<'a>(setup: &Setup<'_>, server: &'a Server, lasting: u64) -> Person<'a> {
    setup.evil.repents();
    setup.evil.says().claims = json!({ "realm": { "roles": ["staff"] } });
    setup.evil.says().token = Reply::Over(json!({ "expires_in": lasting }));
    let person = Person::at(server);
    assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
    assert_eq!(setup.account("person-1").await.unwrap().role, Role::Viewer);
    setup.evil.repents();
    person
}

fn wait(setup: &Setup<'_>, server: &Server, seconds: i64) {
    server.clock.advance(seconds);
    setup.evil.clock.advance(seconds);
}

async fn is_in(person: &Person<'_>) -> bool {
    person.open("/").await.status.as_u16() == 200
}

#[test]
fn malicious_answers_about_a_signed_in_user_end_the_login_and_change_no_role() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for (name, tell) in LIES {
            let person = viewer(&setup, &server, 3600).await;
            // At stake is an owner's role, which the honest claims give.
            wait(&setup, &server, 600);
            tell(&mut setup.evil.says(), &setup.evil);
            assert!(!is_in(&person).await, "{name}");
            assert_eq!(person.login(), None, "{name}");
            assert_eq!(setup.account("person-1").await.unwrap().role, Role::Viewer, "{name}");
            assert!(setup.account("person-2").await.is_none(), "{name}");
            let newest = setup.events().await.into_iter().next().unwrap();
            assert_eq!(newest.kind, "account.signed_out", "{name}");
            let why = newest.reason.unwrap_or_default();
            assert!(!why.is_empty() && why.len() < 400 && !why.contains(char::is_control), "{name}: {why}");
        }
        assert_eq!(setup.evil.calls("/trap"), 0);
        assert!(!log().contains(super::provider::REFRESH) && !log().contains(super::provider::ACCESS));
    });
}

/// Errors about the request or this server, not about the user (RFC 6749 §5.2).
#[test]
fn if_a_provider_refreshes_nothing_its_userinfo_is_read_and_applied() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for error in
            ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request"]
        {
            let person = viewer(&setup, &server, 3600).await;
            setup.evil.says().token = refusal(error);
            setup.evil.says().userinfo = Reply::Over(json!({ "realm": { "roles": ["desk"] } }));
            wait(&setup, &server, 600);
            assert!(is_in(&person).await, "{error}");
            assert_eq!(setup.account("person-1").await.unwrap().role, Role::Support, "{error}");
            setup.evil.says().userinfo = Reply::Over(json!({ "realm": { "roles": [] } }));
            wait(&setup, &server, 600);
            assert!(!is_in(&person).await, "{error}: the role is lost");

            // With nothing else to check, the login ends, and the event names the error for the owner.
            let person = viewer(&setup, &server, 300).await;
            setup.evil.says().token = refusal(error);
            wait(&setup, &server, 600);
            assert!(!is_in(&person).await, "{error}");
            let newest = setup.events().await.into_iter().next().unwrap();
            assert!(newest.reason.unwrap().contains(error), "{error}");
        }
    });
}

#[test]
fn an_unavailable_provider_is_retried_every_minute_and_applied_as_soon_as_it_is_back() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for away in
            [Reply::Status(503), Reply::Status(429), refusal("temporarily_unavailable"), refusal("server_error")]
        {
            let person = viewer(&setup, &server, 3600).await;
            // Once it is back, it would report that the last role is gone.
            setup.evil.says().claims = json!({ "realm": { "roles": [] } });
            (setup.evil.says().token, setup.evil.says().userinfo) = (away.clone(), Reply::Status(502));
            wait(&setup, &server, 600);
            assert!(is_in(&person).await, "an outage of the provider ends no login");
            wait(&setup, &server, 59);
            assert!(is_in(&person).await);
            assert_eq!(setup.evil.calls("/token"), 1, "it is not called again within a minute");
            wait(&setup, &server, 1);
            assert!(is_in(&person).await);
            assert_eq!(setup.evil.calls("/token"), 2);
            setup.evil.says().token = Reply::Honest;
            wait(&setup, &server, 60);
            assert!(
                !is_in(&person).await,
                "after 12 minutes: a role lost right after a check is lost here within 15 minutes"
            );
        }
    });
}

#[test]
fn a_user_who_disconnects_during_a_check_keeps_no_role_by_it() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let person = viewer(&setup, &server, 3600).await;
        setup.evil.says().claims = json!({ "realm": { "roles": [] } });
        setup.evil.says().token = Reply::After(1);
        wait(&setup, &server, 600);
        timeout(Duration::from_millis(300), person.open("/")).await.unwrap_err();
        assert_eq!(setup.evil.calls("/token"), 1, "the check is in progress");
        assert!(!is_in(&person).await);
        assert_eq!(setup.evil.calls("/token"), 1, "the answer to the canceled request applies to the next");
        let newest = setup.events().await.into_iter().next().unwrap();
        assert_eq!(newest.kind, "account.role_lost");
    });
}

#[test]
fn after_an_answer_a_provider_is_not_called_for_ten_minutes() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let person = viewer(&setup, &server, 3600).await;
        for (seconds, asked) in [(599, 0), (1, 1), (60, 1), (539, 1), (1, 2)] {
            wait(&setup, &server, seconds);
            assert!(is_in(&person).await);
            assert_eq!(setup.evil.calls("/token"), asked, "after another {seconds} seconds");
        }
    });
}
