//! Users who try to take over another account.

use licensing::Role;
use serde_json::json;
use service::{
    Origin, SignedIn,
    store::{accounts::Account, identities::Identity},
};
use testing::{Engine, contract, run};
use uuid::Uuid;

use super::{
    keys::Key,
    provider::{Evil, Reply},
    setup::Setup,
};
use crate::{
    admin::person::{Person, unused_account},
    oidc::visit::{BEGIN, asked, begin, come_back, press},
};

#[test]
fn an_invitation_is_taken_only_by_its_own_verified_address() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let invited = unused_account(setup.store, "kim@example.com", Role::Admin).await;
        let nobody = json!([]);
        let rows = [
            ("not verified", json!({ "email": "kim@example.com", "email_verified": false })),
            ("not said to be verified", json!({ "email": "kim@example.com", "email_verified": null })),
            ("verified, as a text", json!({ "email": "kim@example.com", "email_verified": "true" })),
            ("verified, as a number", json!({ "email": "kim@example.com", "email_verified": 1 })),
            ("verified, as a list", json!({ "email": "kim@example.com", "email_verified": [true] })),
            ("another’s", json!({ "email": "eve@example.com" })),
            ("with a Kelvin sign", json!({ "email": "\u{212a}im@example.com" })),
            ("with a Turkish letter", json!({ "email": "k\u{130}m@example.com" })),
            ("with a wide letter", json!({ "email": "\u{ff4b}im@example.com" })),
            ("with a letter that is not seen", json!({ "email": "ki\u{200b}m@example.com" })),
            ("at a domain that looks alike", json!({ "email": "kim@ex\u{430}mple.com" })),
            ("two in one", json!({ "email": "kim@example.com,eve@evil.example" })),
            ("with another host behind", json!({ "email": "kim@example.com@evil.example" })),
            ("with NUL", json!({ "email": "kim@example.com\0.evil.example" })),
            ("an address that is a list", json!({ "email": ["kim@example.com"] })),
            (
                "in the name",
                json!({ "email": "eve@evil.example", "name": "kim@example.com", "preferred_username": "kim@example.com" }),
            ),
        ];
        let many = rows.len();
        for (name, mut claims) in rows {
            setup.evil.repents();
            claims.as_object_mut().unwrap().insert("realm".to_owned(), json!({ "roles": nobody }));
            setup.evil.says().claims = claims;
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            setup.ends(name, (403, "no role"), &person, &answer, before).await;
        }
        // The address and its verification must come from the same document.
        let two = [
            ("verified by the userinfo, which names another", json!("kim@example.com"), json!("eve@evil.example")),
            ("verified by the token, and named by the userinfo", json!(null), json!("kim@example.com")),
        ];
        for (name, token, userinfo) in two {
            setup.evil.repents();
            let verified = json!(token.is_null().then_some(true));
            setup.evil.says().claims = json!({ "email": token, "email_verified": verified, "realm": null });
            let verified = json!(token.is_string().then_some(true));
            setup.evil.says().userinfo =
                Reply::Over(json!({ "email": userinfo, "email_verified": verified, "realm": { "roles": nobody } }));
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            setup.ends(name, (403, "no role"), &person, &answer, before).await;
        }
        setup.evil.repents();
        let owner =
            setup.store.read().await.unwrap().on().account_by_email("owner@example.com").await.unwrap().unwrap();
        let owner = SignedIn { id: owner.id, name: owner.name, role: owner.role }.oneself(Origin::default());
        server.service.accounts().invite("kay@example.com", "admin", &owner).await.unwrap();
        setup.evil.says().claims = json!({ "email": "\u{212a}ay@example.com", "realm": { "roles": nobody } });
        let person = Person::at(&server);
        let before = setup.before().await;
        let answer = setup.walk(&person).await;
        setup.ends("an invitation by link, with a Kelvin sign", (403, "no role"), &person, &answer, before).await;
        setup.over(many + 3);
        // Its own address.
        setup.evil.says().claims = json!({ "email": "Kim@Example.com", "realm": { "roles": nobody } });
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 303);
        assert_eq!(setup.account("person-1").await.unwrap().id, invited);
        // Afterwards no one else can take it.
        setup.evil.says().claims =
            json!({ "sub": "person-2", "email": "kim@example.com", "realm": { "roles": nobody } });
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 403);
        assert!(setup.account("person-2").await.is_none());
    });
}

#[test]
fn an_account_with_a_password_is_not_taken_over_and_a_disabled_one_does_not_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let mine = json!({ "email": "owner@example.com", "realm": { "roles": [] } });
        setup.evil.says().claims = mine;
        let person = Person::at(&server);
        let before = setup.before().await;
        let answer = setup.walk(&person).await;
        setup.ends("the owner’s address", (403, "no role"), &person, &answer, before).await;

        // A user whose account an owner has disabled, with the claims of an owner.
        let mut tx = setup.store.begin().await.unwrap();
        let first = tx.on().account_by_email("owner@example.com").await.unwrap().unwrap();
        let (id, now) = (Uuid::from_u128(78), server.now());
        let email = "gone@example.com".to_owned();
        tx.insert_account(&Account { id, email, disabled_at: Some(now), ..first }).await.unwrap();
        let (issuer, subject) = (setup.evil.issuer.clone(), "person-3".to_owned());
        tx.insert_identity(&Identity { issuer, subject, account_id: id, email: None, created_at: now, last_at: now })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        setup.evil.says().claims = json!({ "sub": "person-3" });
        let person = Person::at(&server);
        let before = setup.before().await;
        let answer = setup.walk(&person).await;
        assert!(answer.text().contains("disabled"), "{}", answer.text());
        setup.ends("a disabled account", (403, "disabled"), &person, &answer, before).await;
        setup.over(2);
    });
}

contract!(two_providers_are_not_mixed_up, async |db| {
    let setup = Setup::set(db).await;
    let good = Evil::start(Key::p256(), "").await;
    let server = setup.server_beside(&good, "roles_claim = \"realm.roles\"\nroles = [\"boss=owner\"]\n").await;

    // The user begins at the evil provider, which sends them on to the good one. The code returns to the evil one's
    // callback (RFC 9700 §4.4).
    let person = Person::at(&server);
    let asked_for = begin(&person, "/").await;
    let before = setup.before().await;
    let answer = come_back(&person, &good.agrees(asked_for)).await;
    setup.ends("the code of the good one at the evil one", (502, "another issuer"), &person, &answer, before).await;
    assert_eq!(setup.evil.calls("/token"), 0, "the good one's code was not sent to the evil one");

    // It returns to the good one's callback, with an attempt for the evil one.
    let person = Person::at(&server);
    let query = good.agrees(begin(&person, "/").await);
    let before = setup.before().await;
    let answer = come_back_to(&person, "good", &query).await;
    setup
        .ends("an attempt for the evil one at the good one", (400, "another provider"), &person, &answer, before)
        .await;
    assert_eq!(good.calls("/token"), 0);

    // The evil provider issues a token in the name of the good one.
    let person = Person::at(&server);
    setup.evil.says().claims = json!({ "iss": good.issuer });
    let before = setup.before().await;
    let answer = setup.walk(&person).await;
    setup.ends("a token in the good one’s name", (502, "issuer"), &person, &answer, before).await;
    setup.over(3);

    // The same subject at both providers is two users.
    setup.evil.repents();
    setup.walk(&Person::at(&server)).await;
    let evil = setup.account("person-1").await.unwrap();
    let mut reading = setup.store.read().await.unwrap();
    assert!(reading.on().identity(&good.issuer, "person-1").await.unwrap().is_none());
    drop(reading);
    assert_eq!(evil.role, Role::Owner);
});

async fn come_back_to(person: &Person<'_>, id: &str, query: &str) -> crate::fixture::Answer {
    use axum::{
        body::Body,
        http::{Request, header::ACCEPT},
    };
    let request = Request::get(format!("/sign-in/oidc/{id}/callback?{query}"))
        .header(ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site");
    person.send(request.body(Body::empty()).unwrap()).await
}

#[test]
fn the_last_owner_is_not_demoted_by_claims() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        setup.walk(&Person::at(&server)).await;
        let boss = setup.account("person-1").await.unwrap();
        assert_eq!(boss.role, Role::Owner);
        let mut tx = setup.store.begin().await.unwrap();
        let first = tx.on().account_by_email("owner@example.com").await.unwrap().unwrap();
        tx.map_role(first.id, Role::Viewer).await.unwrap();
        tx.commit().await.unwrap();
        for roles in [json!(["staff"]), json!([]), json!(null)] {
            setup.evil.says().claims = json!({ "realm": { "roles": roles } });
            assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 303);
            assert_eq!(setup.account("person-1").await.unwrap().role, Role::Owner);
        }
    });
}

#[test]
fn a_fresh_proof_requires_a_new_sign_in_at_the_provider() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let now = server.now().timestamp();
        let rows = [
            ("not said when", json!({ "auth_time": null })),
            ("an hour ago", json!({ "auth_time": now - 3600 })),
            ("61 seconds before it was asked for", json!({ "auth_time": now - 61 })),
            ("a text", json!({ "auth_time": now.to_string() })),
            ("a year ahead", json!({ "auth_time": now + 31_536_000 })),
        ];
        let many = rows.len();
        for (name, claims) in rows {
            setup.evil.repents();
            setup.evil.says().claims = claims;
            let person = Person::at(&server);
            let answer = press(&person, &format!("{BEGIN}?again=yes&to=/")).await;
            let wanted = asked(&answer);
            assert_eq!((wanted["prompt"].as_str(), wanted["max_age"].as_str()), ("login", "0"));
            let before = setup.before().await;
            let answer = come_back(&person, &setup.evil.agrees(wanted)).await;
            setup.ends(name, (403, "again"), &person, &answer, before).await;
        }
        setup.over(many);
    });
}
