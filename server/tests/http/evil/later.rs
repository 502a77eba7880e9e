//! Lies to a server that looks again at whoever is signed in (OpenID Connect Core §12.2).

use std::time::Duration;

use licensing::Role;
use serde_json::json;
use testing::{Engine, run};
use tokio::time::timeout;

use super::{
    keys::{Key, unsigned},
    provider::{Evil, Reply, Says, signed_by},
    stage::{Stage, log},
};
use crate::{admin::person::Person, fixture::Server};

type Later = (&'static str, fn(&mut Says, &Evil));

/// After each the login has ended, and the account has the role that it had.
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

/// No ID token comes with the fresh tokens, so that the userinfo is asked.
fn userinfo(says: &mut Says, reply: Reply) {
    says.token = Reply::Over(json!({ "id_token": null }));
    says.userinfo = reply;
}

fn refusal(error: &str) -> Reply {
    Reply::Refusal(json!({ "error": error }))
}

/// A person who comes in as a viewer, with an access token of that many seconds.
async fn viewer<'a>(stage: &Stage<'_>, server: &'a Server, lasting: u64) -> Person<'a> {
    stage.evil.repents();
    stage.evil.says().claims = json!({ "realm": { "roles": ["staff"] } });
    stage.evil.says().token = Reply::Over(json!({ "expires_in": lasting }));
    let person = Person::at(server);
    assert_eq!(stage.walk(&person).await.status.as_u16(), 303);
    assert_eq!(stage.account("person-1").await.unwrap().role, Role::Viewer);
    stage.evil.repents();
    person
}

fn wait(stage: &Stage<'_>, server: &Server, seconds: i64) {
    server.clock.advance(seconds);
    stage.evil.clock.advance(seconds);
}

async fn is_in(person: &Person<'_>) -> bool {
    person.open("/").await.status.as_u16() == 200
}

#[test]
fn lies_about_whoever_is_signed_in_end_the_login_and_change_no_role() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        for (name, tell) in LIES {
            let person = viewer(&stage, &server, 3600).await;
            // What would be won: the honest claims are an owner's.
            wait(&stage, &server, 600);
            tell(&mut stage.evil.says(), &stage.evil);
            assert!(!is_in(&person).await, "{name}");
            assert_eq!(person.login(), None, "{name}");
            assert_eq!(stage.account("person-1").await.unwrap().role, Role::Viewer, "{name}");
            assert!(stage.account("person-2").await.is_none(), "{name}");
            let newest = stage.events().await.into_iter().next().unwrap();
            assert_eq!(newest.act, "account.signed_out", "{name}");
            let why = newest.reason.unwrap_or_default();
            assert!(!why.is_empty() && why.len() < 400 && !why.contains(char::is_control), "{name}: {why}");
        }
        assert_eq!(stage.evil.calls("/trap"), 0);
        assert!(!log().contains(super::provider::REFRESH) && !log().contains(super::provider::ACCESS));
    });
}

/// RFC 6749 §5.2: errors that speak of the request or of this server, and not of the person.
#[test]
fn a_provider_that_renews_nothing_is_asked_for_its_userinfo_and_what_that_says_counts() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        for error in
            ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request"]
        {
            let person = viewer(&stage, &server, 3600).await;
            stage.evil.says().token = refusal(error);
            stage.evil.says().userinfo = Reply::Over(json!({ "realm": { "roles": ["desk"] } }));
            wait(&stage, &server, 600);
            assert!(is_in(&person).await, "{error}");
            assert_eq!(stage.account("person-1").await.unwrap().role, Role::Support, "{error}");
            stage.evil.says().userinfo = Reply::Over(json!({ "realm": { "roles": [] } }));
            wait(&stage, &server, 600);
            assert!(!is_in(&person).await, "{error}: the role is lost");

            // Where there is nothing else to ask, the login ends, and the event says what the owner has to look at.
            let person = viewer(&stage, &server, 300).await;
            stage.evil.says().token = refusal(error);
            wait(&stage, &server, 600);
            assert!(!is_in(&person).await, "{error}");
            let newest = stage.events().await.into_iter().next().unwrap();
            assert!(newest.reason.unwrap().contains(error), "{error}");
        }
    });
}

#[test]
fn a_provider_that_is_away_is_asked_again_every_minute_and_counts_as_soon_as_it_is_back() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        for away in
            [Reply::Status(503), Reply::Status(429), refusal("temporarily_unavailable"), refusal("server_error")]
        {
            let person = viewer(&stage, &server, 3600).await;
            // What it would say is that the last role is gone.
            stage.evil.says().claims = json!({ "realm": { "roles": [] } });
            (stage.evil.says().token, stage.evil.says().userinfo) = (away.clone(), Reply::Status(502));
            wait(&stage, &server, 600);
            assert!(is_in(&person).await, "an outage of the provider’s shuts nobody out");
            wait(&stage, &server, 59);
            assert!(is_in(&person).await);
            assert_eq!(stage.evil.calls("/token"), 1, "it is left alone for a minute");
            wait(&stage, &server, 1);
            assert!(is_in(&person).await);
            assert_eq!(stage.evil.calls("/token"), 2);
            stage.evil.says().token = Reply::Honest;
            wait(&stage, &server, 60);
            assert!(!is_in(&person).await, "after 12 minutes: a role lost right after a check is lost here within 15");
        }
    });
}

#[test]
fn who_hangs_up_while_the_provider_is_asked_keeps_no_role_by_it() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        let person = viewer(&stage, &server, 3600).await;
        stage.evil.says().claims = json!({ "realm": { "roles": [] } });
        stage.evil.says().token = Reply::After(1);
        wait(&stage, &server, 600);
        timeout(Duration::from_millis(300), person.open("/")).await.unwrap_err();
        assert_eq!(stage.evil.calls("/token"), 1, "the provider is being asked");
        assert!(!is_in(&person).await);
        assert_eq!(stage.evil.calls("/token"), 1, "what it said to the request that went away counts for the next");
        let newest = stage.events().await.into_iter().next().unwrap();
        assert_eq!(newest.act, "account.role_lost");
    });
}

#[test]
fn a_provider_that_has_answered_is_left_alone_for_ten_minutes() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        let person = viewer(&stage, &server, 3600).await;
        for (seconds, asked) in [(599, 0), (1, 1), (60, 1), (539, 1), (1, 2)] {
            wait(&stage, &server, seconds);
            assert!(is_in(&person).await);
            assert_eq!(stage.evil.calls("/token"), asked, "after {seconds} seconds more");
        }
    });
}
