//! Malicious discovery documents, and malicious answers of the token and userinfo endpoints.

use serde_json::json;
use testing::{Engine, run};

use super::{
    provider::{Evil, Reply, Says},
    setup::{Lie, Setup, lie},
};

/// Changes one address in the discovery document.
fn elsewhere(says: &mut Says, member: &str, to: &str) {
    says.discovery = Reply::Over(json!({ member: to }));
}

fn deep() -> Reply {
    Reply::Text("application/json", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))
}

const DISCOVERY: &[Lie] = &[
    lie("it calls itself another", 502, "calls itself", |says, _| elsewhere(says, "issuer", "https://evil.example")),
    lie("it calls itself nothing", 502, "cannot be read", |says, _| {
        says.discovery = Reply::Over(json!({ "issuer": null }))
    }),
    lie("it adds a slash to its name", 502, "calls itself", |says, evil| {
        elsewhere(says, "issuer", &format!("{}/", evil.issuer))
    }),
    lie("it calls itself something long", 502, "calls itself", |says, _| {
        elsewhere(says, "issuer", &format!("https://evil.example/{}", "x".repeat(900_000)));
    }),
    lie("people sign in elsewhere", 502, "do not allow", |says, _| {
        elsewhere(says, "authorization_endpoint", "https://evil.example/")
    }),
    lie("people sign in at a script", 502, "", |says, _| {
        elsewhere(says, "authorization_endpoint", "javascript:alert(1)//")
    }),
    lie("people sign in at a person", 502, "do not allow", |says, evil| {
        elsewhere(says, "authorization_endpoint", &format!("{}@evil.example/auth", evil.issuer));
    }),
    lie("people sign in by name", 502, "do not allow", |says, evil| {
        elsewhere(says, "authorization_endpoint", &evil.at("/auth").replace("//", "//me@"));
    }),
    lie("people sign in behind a backslash", 502, "do not allow", |says, evil| {
        elsewhere(says, "authorization_endpoint", &format!("http://evil.example\\@{}/auth", &evil.issuer[7..]));
    }),
    lie("tokens are elsewhere", 502, "do not allow", |says, _| {
        elsewhere(says, "token_endpoint", "https://evil.example/token")
    }),
    lie("tokens are at another port", 502, "do not allow", |says, _| {
        elsewhere(says, "token_endpoint", "http://127.0.0.1:9/token")
    }),
    lie("tokens come by another scheme", 502, "do not allow", |says, evil| {
        elsewhere(says, "token_endpoint", &evil.at("/token").replace("http:", "https:"));
    }),
    lie("there are no tokens", 502, "token_endpoint", |says, _| {
        says.discovery = Reply::Over(json!({ "token_endpoint": null }))
    }),
    lie("keys are elsewhere", 502, "do not allow", |says, _| {
        elsewhere(says, "jwks_uri", "http://169.254.169.254/latest/meta-data")
    }),
    lie("keys are in a file", 502, "do not allow", |says, _| elsewhere(says, "jwks_uri", "file:///etc/passwd")),
    lie("keys are at ourselves", 502, "do not allow", |says, _| {
        elsewhere(says, "jwks_uri", "http://localhost:3000/metrics")
    }),
    lie("there are no keys", 502, "cannot be read", |says, _| {
        says.discovery = Reply::Over(json!({ "jwks_uri": null }))
    }),
    lie("the userinfo is elsewhere", 502, "do not allow", |says, _| {
        elsewhere(says, "userinfo_endpoint", "http://127.0.0.1:9/me")
    }),
    lie("people sign out elsewhere", 502, "do not allow", |says, _| {
        elsewhere(says, "end_session_endpoint", "https://evil.example/")
    }),
    lie("it is no JSON", 502, "cannot be read", |says, _| {
        says.discovery = Reply::Text("text/html", "<h1>Hello</h1>".to_owned())
    }),
    lie("it is empty", 502, "cannot be read", |says, _| {
        says.discovery = Reply::Text("application/json", String::new())
    }),
    lie("it is a list", 502, "cannot be read", |says, _| says.discovery = Reply::Json(json!([]))),
    lie("it is deeper than any", 502, "cannot be read", |says, _| says.discovery = deep()),
    lie("it is of ten mebibytes", 502, "mebibyte", |says, _| says.discovery = Reply::Large(10 << 20)),
    lie("it is at another address", 502, "307", |says, _| says.discovery = Reply::Redirect),
    lie("it is not there", 502, "404", |says, _| says.discovery = Reply::Status(404)),
    lie("it is away", 503, "503", |says, _| says.discovery = Reply::Status(503)),
    lie("it has too much to do", 503, "429", |says, _| says.discovery = Reply::Status(429)),
];

/// Changes members of the token endpoint's answer.
fn tokens(says: &mut Says, over: serde_json::Value) {
    says.token = Reply::Over(over);
}

const TOKENS: &[Lie] = &[
    lie("tokens are at another address", 502, "", |says, _| says.token = Reply::Redirect),
    lie("tokens are away", 503, "503", |says, _| says.token = Reply::Status(503)),
    lie("tokens are not there", 502, "", |says, _| says.token = Reply::Status(404)),
    lie("an error comes with 200", 502, "", |says, _| says.token = Reply::Json(json!({ "error": "invalid_grant" }))),
    lie("tokens are no JSON", 502, "", |says, _| says.token = Reply::Text("application/json", "<html>".to_owned())),
    lie("tokens are a page", 502, "", |says, _| says.token = Reply::Text("text/html", "{}".to_owned())),
    lie("tokens are empty", 502, "", |says, _| says.token = Reply::Text("application/json", String::new())),
    lie("tokens are a list", 502, "", |says, _| says.token = Reply::Json(json!([]))),
    lie("tokens are deeper than any", 502, "", |says, _| says.token = deep()),
    lie("tokens are of ten mebibytes", 502, "mebibyte", |says, _| says.token = Reply::Large(10 << 20)),
    lie("there is no access token", 502, "", |says, _| tokens(says, json!({ "access_token": null }))),
    lie("the access token is a number", 502, "", |says, _| tokens(says, json!({ "access_token": 7 }))),
    lie("the access token is an object", 502, "", |says, _| tokens(says, json!({ "access_token": { "a": "b" } }))),
    lie("the access token writes headers", 502, "", |says, _| {
        tokens(says, json!({ "access_token": "x\r\nX-Evil: 1" }));
        says.claims = json!({ "email": null });
    }),
    lie("the access token is of half a mebibyte", 502, "64 KiB", |says, _| {
        tokens(says, json!({ "access_token": "x".repeat(1 << 19) }))
    }),
    lie("the refresh token is of half a mebibyte", 502, "64 KiB", |says, _| {
        tokens(says, json!({ "refresh_token": "x".repeat(1 << 19) }))
    }),
    lie("there is no type of token", 502, "", |says, _| tokens(says, json!({ "token_type": null }))),
    lie("the type of token is another", 502, "type", |says, _| tokens(says, json!({ "token_type": "mac" }))),
    lie("the type of token is a number", 502, "", |says, _| tokens(says, json!({ "token_type": 7 }))),
    lie("the type of token is long", 502, "", |says, _| {
        tokens(says, json!({ "token_type": ["y\u{7}".repeat(100_000)] }))
    }),
];

/// Changes the userinfo, which is read because the ID token has no roles.
fn info(says: &mut Says, reply: Reply) {
    says.claims = json!({ "realm": null });
    says.userinfo = reply;
}

const USERINFO: &[Lie] = &[
    lie("the userinfo is somebody else’s", 502, "another subject", |says, _| {
        info(says, Reply::Json(json!({ "sub": "person-2", "realm": { "roles": ["boss"] } })));
    }),
    lie("the userinfo is in capitals", 502, "another subject", |says, _| {
        info(says, Reply::Json(json!({ "sub": "PERSON-1", "realm": { "roles": ["boss"] } })));
    }),
    lie("the userinfo is nobody’s", 502, "another subject", |says, _| {
        info(says, Reply::Json(json!({ "realm": { "roles": ["boss"] } })))
    }),
    lie("the userinfo is everybody’s", 502, "another subject", |says, _| {
        info(says, Reply::Json(json!({ "sub": ["person-1"], "realm": { "roles": ["boss"] } })));
    }),
    lie("the userinfo is a list", 502, "another subject", |says, _| {
        info(says, Reply::Json(json!([{ "sub": "person-1" }])))
    }),
    lie("the userinfo is a token", 502, "cannot be read", |says, _| {
        info(says, Reply::Text("application/jwt", "a.b.c".to_owned()))
    }),
    lie("the userinfo is deeper than any", 502, "cannot be read", |says, _| info(says, deep())),
    lie("the userinfo is of ten mebibytes", 502, "mebibyte", |says, _| info(says, Reply::Large(10 << 20))),
    lie("the userinfo is at another address", 502, "307", |says, _| info(says, Reply::Redirect)),
    lie("the userinfo takes no token", 502, "401", |says, _| info(says, Reply::Status(401))),
    lie("the userinfo is away", 503, "502", |says, _| info(says, Reply::Status(502))),
];

async fn all(setup: &Setup<'_>, lies: &[Lie]) {
    for lie in lies {
        setup.tells(lie).await;
    }
    assert_eq!(setup.evil.calls("/trap"), 0, "no redirect is followed");
    setup.over(lies.len());
}

#[test]
fn a_malicious_discovery_document_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, DISCOVERY).await);
}

#[test]
fn a_malicious_token_answer_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, TOKENS).await);
}

#[test]
fn a_malicious_userinfo_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, USERINFO).await);
}

/// Errors of the token endpoint with malicious descriptions (RFC 6749 §5.2).
#[test]
fn malicious_error_descriptions_stay_short_and_plain() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let evil: &[fn(&mut Says, &Evil)] = &[
            |says, _| says.token = Reply::Refusal(json!({ "error": "x".repeat(900_000) })),
            |says, _| {
                says.token =
                    Reply::Refusal(json!({ "error": "<script>alert(1)</script>", "error_description": "\u{1b}[31m\n" }))
            },
            |says, _| says.token = Reply::Refusal(json!({ "error": 7, "error_description": "x".repeat(900_000) })),
            |says, _| {
                says.token = Reply::Refusal(json!({ "error": "invalid_grant", "error_uri": "javascript:alert(1)" }))
            },
        ];
        for tell in evil {
            setup.tells(&lie("an error", 502, "", *tell)).await;
        }
        setup.over(evil.len());
    });
}
