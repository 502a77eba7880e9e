//! Lies to a server that looks again at whoever is signed in (OpenID Connect Core §12.2).

use licensing::Role;
use serde_json::json;
use testing::{Engine, run};

use super::{
    keys::{Key, unsigned},
    provider::{Evil, Reply, Says, signed_by},
    stage::{Stage, log},
};
use crate::admin::person::Person;

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
        says.token = Reply::Over(json!({ "id_token": null }));
        says.userinfo = Reply::Json(json!({ "sub": "person-2", "realm": { "roles": ["boss"] } }));
    }),
];

#[test]
fn lies_about_whoever_is_signed_in_end_the_login_and_change_no_role() {
    run(Engine::Sqlite, async |db| {
        let stage = Stage::set(db).await;
        let server = stage.server(&[]).await;
        for (name, tell) in LIES {
            stage.evil.repents();
            stage.evil.says().claims = json!({ "realm": { "roles": ["staff"] } });
            let person = Person::at(&server);
            assert_eq!(stage.walk(&person).await.status.as_u16(), 303, "{name}");
            stage.evil.repents();
            tell(&mut stage.evil.says(), &stage.evil);
            // What would be won: the honest claims are an owner's.
            server.clock.advance(600);
            stage.evil.clock.advance(600);
            let answer = person.open("/").await;
            assert_eq!(answer.status.as_u16(), 303, "{name}");
            assert_eq!(stage.account("person-1").await.unwrap().role, Role::Viewer, "{name}");
            assert!(stage.account("person-2").await.is_none(), "{name}");
            let newest = stage.events().await.into_iter().next().unwrap();
            assert_eq!(newest.act, "account.signed_out", "{name}");
        }
        assert!(!log().contains(super::provider::REFRESH) && !log().contains(super::provider::ACCESS));
    });
}
