//! Invalid role claims, in valid tokens of an unknown user.

use serde_json::{Value, json};
use testing::{Engine, run};

use super::setup::{Setup, log};
use crate::admin::person::Person;

fn realm(roles: Value) -> Value {
    json!({ "realm": { "roles": roles } })
}

#[test]
fn invalid_role_claims_give_no_role() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let rows: Vec<(&str, Value)> = vec![
            ("nothing", realm(json!([]))),
            ("null", json!({ "realm": { "roles": null } })),
            ("an object", realm(json!({ "boss": true }))),
            ("an object with nothing in it", realm(json!({ "boss": {} }))),
            ("an object with a text beside", realm(json!({ "boss": { "1": "x" }, "staff": "yes" }))),
            ("an object in a list", realm(json!([{ "name": "boss" }]))),
            ("a number", realm(json!(4))),
            ("true", realm(json!(true))),
            ("a list in a list", realm(json!([["boss"]]))),
            ("a role beside a number", realm(json!(["boss", 7]))),
            ("a role beside nothing", realm(json!(["boss", null]))),
            ("five thousand others", realm((0..5_000).map(|n| json!(format!("{n}"))).collect::<Vec<_>>().into())),
            ("our own word for it", realm(json!(["owner", "admin", "support", "viewer"]))),
            ("capitals", realm(json!(["BOSS", "Boss"]))),
            ("a space behind", realm(json!(["boss ", " boss"]))),
            ("a line break behind", realm(json!(["boss\n"]))),
            ("NUL behind", realm(json!(["boss\0"]))),
            ("a letter that is not seen", realm(json!(["bo\u{200b}ss", "\u{feff}boss"]))),
            ("a Cyrillic letter", realm(json!(["b\u{43e}ss"]))),
            ("wide letters", realm(json!(["\u{ff42}\u{ff4f}\u{ff53}\u{ff53}"]))),
            ("a long s", realm(json!(["bo\u{17f}\u{17f}"]))),
            ("several in one text", realm(json!("staff boss"))),
            ("several with commas", realm(json!("staff,boss"))),
            ("a list in a text", realm(json!("[\"boss\"]"))),
            ("a pair of the settings", realm(json!("boss=owner"))),
            ("a star", realm(json!(["*", ".*", "%"]))),
            ("a way through a list", json!({ "realm": [{ "roles": ["boss"] }] })),
            ("a way through a text", json!({ "realm": "{\"roles\":[\"boss\"]}" })),
            ("a claim beside it", json!({ "realm": {}, "roles": ["boss"], "role": "boss", "groups": ["boss"] })),
            ("a claim in other letters", json!({ "Realm": { "Roles": ["boss"] }, "realm": { "ROLES": ["boss"] } })),
            ("a claim with a prototype", json!({ "realm": { "__proto__": { "roles": ["boss"] } } })),
            ("a claim further down", json!({ "realm": { "realm": { "roles": ["boss"] } } })),
        ];
        let many = rows.len();
        for (name, claims) in rows {
            setup.evil.repents();
            setup.evil.says().claims = claims;
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            assert!(answer.text().contains("You have no role here"), "{name}");
            setup.ends(name, (403, "no role"), &person, &answer, before).await;
        }
        setup.over(many);
    });
}

/// Entra ID with more than 200 groups (<https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>,
/// "Groups overage claim").
#[test]
fn the_audit_log_says_which_claim_the_provider_left_out() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let groups = [("LATCHKEY_OIDC_ROLES_CLAIM", "groups"), ("LATCHKEY_OIDC_ROLES", "boss=owner, staff=viewer")];
        let server = setup.server(&groups).await;
        let overage = json!({
            "realm": null, "_claim_names": { "groups": "src1" },
            "_claim_sources": { "src1": { "endpoint": "https://graph.windows.net/9122040d/users/1/getMemberObjects" } },
        });
        let rows = [("elsewhere", overage.clone()), ("too many", json!({ "realm": null, "hasgroups": true }))];
        for (name, claims) in rows {
            setup.evil.says().claims = claims;
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            setup.ends(name, (403, "left the claim “groups” out of the token"), &person, &answer, before).await;
        }
        setup.over(2);
        assert!(log().contains("left the claim “groups” out of the token"), "the log must say so too");

        // A user who had a role and is now in too many groups.
        setup.evil.says().claims = json!({ "groups": ["staff"] });
        let person = Person::at(&server);
        assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
        server.clock.advance(600);
        setup.evil.clock.advance(600);
        setup.evil.says().claims = overage;
        assert_eq!(person.open("/").await.status.as_u16(), 303);
        let newest = setup.events().await.into_iter().next().unwrap();
        assert_eq!(newest.kind, "account.role_lost");
        assert!(newest.reason.unwrap().contains("left the claim “groups” out of the token"));
    });
}

#[test]
fn a_malicious_name_is_shown_as_text() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let nobody = json!([]);
        let rows = [
            ("a script", json!({ "name": "<script>alert(1)</script>", "realm": { "roles": nobody } })),
            ("a picture", json!({ "name": "<img src=x onerror=alert(1)>", "realm": { "roles": nobody } })),
            ("lines", json!({ "name": "Eve\r\nX-Evil: 1\u{1b}[31m\0", "realm": { "roles": nobody } })),
            ("a long one", json!({ "name": "Eve ".repeat(10_000), "realm": { "roles": nobody } })),
            ("none", json!({ "name": "", "email": null, "realm": { "roles": nobody } })),
            (
                "an address with a script",
                json!({ "email": "\"<script>alert(1)</script>\"@evil.example", "realm": { "roles": nobody } }),
            ),
            ("a subject with a script", json!({ "sub": "<script>alert(1)</script>", "realm": { "roles": nobody } })),
        ];
        let many = rows.len();
        for (name, claims) in rows {
            setup.evil.repents();
            setup.evil.says().claims = claims;
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            for evil in ["<script>alert", "<img src=x", "\u{1b}"] {
                assert!(!answer.text().contains(evil), "{name}: {}", answer.text());
            }
            let subjects: Vec<String> = setup.events().await.into_iter().map(|event| event.subject_name).collect();
            assert!(
                subjects.iter().all(|subject| subject.chars().count() <= 80 && !subject.contains(char::is_control)),
                "{name}"
            );
            setup.ends(name, (403, "no role"), &person, &answer, before).await;
        }
        setup.over(many);
    });
}
