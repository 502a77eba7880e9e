//! Control characters in claims. PostgreSQL stores no U+0000, neither in text nor in JSON. Such characters are removed
//! from texts that are only shown, and refused in texts that identify a user.

use licensing::{Role, terms::SignIn};
use serde_json::{Value, json};
use testing::contract;

use super::{
    activation_door::{API, access, request_to},
    setup::Setup,
};
use crate::{admin::person::Person, decisions::explained};

contract!(a_user_whose_claims_contain_control_characters_signs_in_under_a_clean_name, async |db| {
    let setup = Setup::set(db).await;
    let server = setup.server(&[]).await;
    let boss = json!(["boss"]);
    let rows = [
        ("a name", json!({ "name": "Kim\0 Kay\u{1b}[31m\r\n\u{202e}Lee" }), "Kim Kay [31m Lee"),
        ("a name of nothing else", json!({ "name": "\0\0", "email": "" }), "Unnamed person"),
        ("another name", json!({ "name": null, "preferred_username": "kim\0" }), "kim"),
        ("an address", json!({ "name": "Kim", "email": "kim@example.com\0" }), "Kim"),
        ("a role beside", json!({ "name": "Kim", "realm": { "roles": ["x\0", "boss", "\u{1}"] } }), "Kim"),
        (
            "roles that hold organizations",
            json!({ "name": "Kim", "realm": { "roles": { "x\0": { "1": "a" }, "boss": { "1": "b\0" } } } }),
            "Kim",
        ),
        ("a session", json!({ "name": "Kim", "sid": "session\0" }), "Kim"),
        ("members that nobody reads", json!({ "name": "Kim", "x\0": "y\0", "locale": "\0", "acr": "\0" }), "Kim"),
    ];
    for (n, (what, mut claims, called)) in rows.into_iter().enumerate() {
        let (subject, members) = (format!("control-{n}"), claims.as_object_mut().unwrap());
        members.insert("sub".to_owned(), json!(subject));
        members.entry("realm").or_insert_with(|| json!({ "roles": boss }));
        setup.evil.repents();
        setup.evil.says().claims = claims;
        let answer = setup.walk(&Person::at(&server)).await;
        assert_eq!(answer.status.as_u16(), 303, "{what}: {}", answer.text());
        let account = setup.account(&subject).await.unwrap();
        assert_eq!((account.name.as_str(), account.role), (called, Role::Owner), "{what}");
    }
});

contract!(an_identity_with_control_characters_cannot_sign_in, async |db| {
    let setup = Setup::set(db).await;
    let server = setup.server(&[]).await;
    let rows = ["person\0", "\0", "per\u{7f}son", "person\u{85}", "person\n"];
    for subject in rows {
        setup.evil.repents();
        setup.evil.says().claims = json!({ "sub": subject });
        let (person, before) = (Person::at(&server), setup.before().await);
        let answer = setup.walk(&person).await;
        setup.ends(&format!("{subject:?}"), (502, "the subject is not valid"), &person, &answer, before).await;
    }
    setup.over(rows.len());
});

contract!(a_device_is_decided_by_its_roles_without_control_characters, async |db| {
    let setup = Setup::set(db).await;
    let server = setup.server(&[("LATCHKEY_OIDC_AUDIENCE", API)]).await;
    let license = server.license().terms(|terms| terms.sign_in = SignIn::Role("studio".to_owned())).create().await;
    let shows = |roles: Value, name: &str| {
        format!(
            "Bearer {}",
            access(&setup.evil, None, &json!({}), &json!({ "realm": { "roles": roles }, "name": name }))
        )
    };
    let refused = request_to(&server, &license, &[shows(json!(["studio\0", "\0"]), "Kim\0")]).await;
    assert_eq!(refused.problem(), (403, "authentication_required".to_owned()));
    explained(&server, refused.json()["decision"].as_str().unwrap()).await;
    let granted = request_to(&server, &license, &[shows(json!(["x\0", "studio"]), "Kim\0")]).await;
    assert_eq!(granted.status.as_u16(), 200, "{}", granted.text());
});
