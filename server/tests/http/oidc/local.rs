//! Local sign-in, turned off and on again: passwords give no access, and some owner can always sign in.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::json;
use service::{Actor, Origin, store::identities::Identity};
use testing::contract;
use uuid::Uuid;

use super::{
    Provider,
    connect::connect,
    visit::{account, events, server, sign_in},
};
use crate::{
    admin::person::{PASSWORD, Person, signed_in},
    fixture::{Answer, Server},
};

const MINUTE: i64 = 60;
const PAGE: &str = "/settings/sign-in";
const OFF: &str = "_action=/admin/api/ways-in/turn-local-off&_form=local-off&reason=Everybody+is+at+Acme";
const ON_PAGE: &str = "/settings/sign-in?dialog=local-on";
const ON: &str = "_action=/admin/api/ways-in/turn-local-on&_form=local-on";

fn id(role: Role) -> Uuid {
    Uuid::from_u128(role as u128 + 1)
}

fn typed(password: &str) -> String {
    password.replace(' ', "+")
}

async fn turn_off(person: &Person<'_>) -> Answer {
    person.submit(&format!("{PAGE}?dialog=local-off"), OFF).await
}

/// An owner who has connected the provider and turned local sign-in off.
async fn alone<'a>(server: &'a Server, provider: &Provider) -> Person<'a> {
    let owner = signed_in(server, Role::Owner).await;
    assert_eq!(connect(&owner, provider).await.status, StatusCode::SEE_OTHER);
    assert_eq!(turn_off(&owner).await.header("location"), "/settings/sign-in?done=local_sign_in_off");
    owner
}

/// Gives the account of this role an identity, as if it had signed in there.
async fn known_at(server: &Server, role: Role, issuer: &str) {
    let mut tx = server.service.store().begin().await.unwrap();
    let identity = Identity {
        issuer: issuer.to_owned(),
        subject: format!("{role:?}"),
        account_id: id(role),
        email: None,
        created_at: server.now(),
        last_at: server.now(),
    };
    tx.insert_identity(&identity).await.unwrap();
    tx.commit().await.unwrap();
}

contract!(local_sign_in_stays_on_until_an_owner_can_sign_in_at_a_configured_provider, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let owner = signed_in(&server, Role::Owner).await;
    let refused = async |why: &str| {
        let page = owner.open(PAGE).await;
        assert!(page.text().contains("no owner could sign in"), "{why}: the button says why");
        let answer = turn_off(&owner).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{why}");
        assert!(answer.text().contains("No owner has signed in at an identity provider"), "{why}");
    };
    refused("nobody has an identity").await;
    known_at(&server, Role::Admin, &provider.issuer).await;
    refused("an admin is no owner").await;
    server.service.accounts().change_role(id(Role::Support), "owner", &Actor::command()).await.unwrap();
    known_at(&server, Role::Support, "https://old.example").await;
    refused("that provider is not in the settings").await;
    server.service.accounts().change_role(id(Role::Admin), "owner", &Actor::command()).await.unwrap();
    server.service.accounts().disable_account(id(Role::Admin), "left", &Actor::command()).await.unwrap();
    refused("a disabled owner does not come in").await;
    assert!(events(&server, "account.local_sign_in_off").await.is_empty());
    assert_eq!(Person::at(&server).sign_in("owner@example.com").await.status, StatusCode::SEE_OTHER);
    server.service.accounts().enable_account(id(Role::Admin), &Actor::command()).await.unwrap();
    assert!(
        owner.open(&format!("{PAGE}?dialog=local-off")).await.text().contains("Connect one first"),
        "the dialog warns the owner"
    );
    assert_eq!(turn_off(&owner).await.status, StatusCode::SEE_OTHER, "now an owner can sign in at the provider");
});

contract!(while_local_sign_in_is_off_no_password_gives_access, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let command = Actor::command();
    let invited = server.service.accounts().invite("ada@example.com", "support", &command).await.unwrap();
    let link = server.service.accounts().link_password(id(Role::Support), &command).await.unwrap();
    let (viewer, joins, sets) = (signed_in(&server, Role::Viewer).await, Person::at(&server), Person::at(&server));
    joins.open(&format!("/link?token={}", invited.token)).await;
    sets.open(&format!("/link?token={link}")).await;
    let owner = alone(&server, &provider).await;
    assert_eq!(
        events(&server, "account.local_sign_in_off").await,
        [("local sign-in".to_owned(), Some("Everybody is at Acme".to_owned()))]
    );
    assert_eq!(turn_off(&owner).await.status, StatusCode::CONFLICT, "it is already off");
    assert_eq!(viewer.open("/").await.status, StatusCode::OK, "existing logins continue");

    let person = Person::at(&server);
    let page = person.open("/sign-in").await;
    assert!(page.text().contains("Continue with Acme ID") && page.text().contains("latchkey accounts recover"));
    assert!(!page.text().contains("name=\"password\"") && !page.text().contains("or with a local account"));
    for email in ["owner@example.com", "nobody@example.com"] {
        let answer = person.sign_in(email).await;
        assert_eq!((answer.status, person.login()), (StatusCode::CONFLICT, None), "{email}");
    }
    let product = "_action=/admin/api/products/create&_form=product&name=Drift+Pro&code=drift-pro&algorithm=ES256";
    let on_the_way = format!("{product}&_sign_in_email=owner@example.com&_sign_in_password={}", typed(PASSWORD));
    let answer = person.submit("/products/new", &on_the_way).await;
    assert_eq!((answer.status, person.login()), (StatusCode::UNAUTHORIZED, None));
    assert!(answer.text().contains("Passwords are not taken") && answer.text().contains("value=\"Drift Pro\""));
    assert!(!answer.text().contains("_sign_in_password"), "there is no password field");

    assert!(joins.open("/link").await.text().contains("Sign in at the identity provider"));
    let join = format!("name=Ada&password={}", typed("nine grey geese upstairs"));
    assert_eq!(joins.call("/admin/api/link/take-invitation", &join).await.status, StatusCode::CONFLICT);
    assert!(sets.open("/link").await.text().contains("This link is invalid or has expired."));
    let set = format!("password={}", typed("nine grey geese upstairs"));
    assert_eq!(sets.call("/admin/api/link/set-password", &set).await.status, StatusCode::CONFLICT);
    assert_eq!((joins.login(), sets.login()), (None, None));

    let own = "/admin/api/own-account";
    let change = format!("old_password={}&new_password=nine+grey+geese+upstairs", typed(PASSWORD));
    assert_eq!(viewer.call(&format!("{own}/change-password"), &change).await.status, StatusCode::CONFLICT);
    let form = format!("id={}", id(Role::Viewer));
    assert_eq!(owner.call("/admin/api/accounts/link-password", &form).await.status, StatusCode::CONFLICT);
    server.clock.advance(11 * MINUTE);
    provider.advance(11 * MINUTE);
    let before = owner.login();
    let prove = format!("password={}", typed(PASSWORD));
    assert_eq!(owner.call(&format!("{own}/prove"), &prove).await.status, StatusCode::CONFLICT);
    let proof = format!("{ON}&_proof_password={}", typed(PASSWORD));
    let answer = owner.submit(ON_PAGE, &proof).await;
    assert_eq!((answer.status, owner.login()), (StatusCode::CONFLICT, before), "a password is no proof");
    let answer = owner.submit(ON_PAGE, ON).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text().contains("Sign in again in another tab") && !answer.text().contains("_proof_password"));
    assert!(!server.service.local_sign_in().is_on().await.unwrap());

    let there = Person::at(&server);
    assert_eq!(sign_in(&there, &provider).await.status, StatusCode::SEE_OTHER, "sign-in at the provider works");
    assert_eq!(there.submit(ON_PAGE, ON).await.header("location"), "/settings/sign-in?done=local_sign_in_on");
    assert_eq!(events(&server, "account.local_sign_in_on").await, [("local sign-in".to_owned(), None)]);
    assert_eq!(person.sign_in("owner@example.com").await.status, StatusCode::SEE_OTHER, "passwords work again");
    assert_eq!(there.submit(ON_PAGE, ON).await.status, StatusCode::CONFLICT, "it is already on");
});

contract!(with_local_sign_in_off_the_last_owner_who_can_sign_in_stays, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    server.service.accounts().change_role(id(Role::Admin), "owner", &Actor::command()).await.unwrap();
    let second = signed_in(&server, Role::Admin).await;
    let owner = alone(&server, &provider).await;
    let first = account(&server, &provider).await.unwrap();
    let disable = format!("id={}&reason=left", first.id);
    let demote = format!("id={}&revision={}&role=admin", first.id, first.revision);
    let disconnect = format!("issuer={}&subject=person-1", provider.issuer.replace(':', "%3A").replace('/', "%2F"));
    for (who, path, form) in [
        (&second, "/admin/api/accounts/disable", &disable),
        (&second, "/admin/api/accounts/change-role", &demote),
        (&owner, "/admin/api/own-account/disconnect", &disconnect),
    ] {
        let answer = who.call(path, form).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}: {}", answer.text());
        assert!(answer.text().contains("last"), "{path}: {}", answer.text());
    }
    // Claims cannot demote that owner either.
    let mut tx = server.service.store().begin().await.unwrap();
    tx.map_role(first.id, Role::Owner).await.unwrap();
    tx.commit().await.unwrap();
    for roles in [&["staff"][..], &[]] {
        provider.give_roles(roles);
        assert_eq!(sign_in(&Person::at(&server), &provider).await.status, StatusCode::SEE_OTHER, "{roles:?}");
        assert_eq!(account(&server, &provider).await.unwrap().role, Role::Owner, "{roles:?}");
    }
    known_at(&server, Role::Admin, &provider.issuer).await;
    let answer = second.call("/admin/api/accounts/disable", &disable).await;
    assert_eq!(answer.status, StatusCode::OK, "with another owner who can sign in it is allowed: {}", answer.text());
    assert!(events(&server, "account.disabled").await.len() == 1);
});

contract!(two_owners_who_remove_each_other_concurrently_leave_one_who_can_sign_in, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let command = Actor::command();
    for role in [Role::Support, Role::Admin] {
        server.service.accounts().change_role(id(role), "owner", &command).await.unwrap();
        known_at(&server, role, &provider.issuer).await;
    }
    server.service.local_sign_in().turn_off("test", &command).await.unwrap();
    for _ in 0..10 {
        let (a, b) = tokio::join!(
            server.service.accounts().disable_account(id(Role::Support), "quarrel", &command),
            server.service.accounts().change_role(id(Role::Admin), "viewer", &command)
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        _ = server.service.accounts().enable_account(id(Role::Support), &command).await;
        server.service.accounts().change_role(id(Role::Admin), "owner", &command).await.unwrap();
    }
});

contract!(a_command_on_the_host_lets_an_owner_back_in_and_turns_local_sign_in_on, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    alone(&server, &provider).await;
    provider.says().down = true;
    let link = server.service.accounts().recover_owner(Some("owner@example.com"), &Actor::command()).await.unwrap();
    assert!(!server.service.local_sign_in().is_on().await.unwrap(), "the link alone does not turn it on");
    let person = Person::at(&server);
    person.open(&format!("/link?token={}", link.token)).await;
    assert!(person.open("/link").await.text().contains("Choose a new password"));
    let form = "_action=/admin/api/link/set-password&_form=new-password&password=nine+grey+geese+upstairs";
    assert_eq!(person.submit("/link", form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(person.open(PAGE).await.status, StatusCode::OK);
    let [(what, Some(why))] = &events(&server, "account.local_sign_in_on").await[..] else { panic!("one event") };
    assert_eq!((what.as_str(), why.contains("from the host")), ("local sign-in", true));
    assert_eq!(
        Person::at(&server).sign_in("viewer@example.com").await.status,
        StatusCode::SEE_OTHER,
        "for every account"
    );
});

contract!(an_owner_without_an_address_is_recovered_by_the_placeholder_address, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["boss"]);
    provider.says().id_token.insert("email_verified".to_owned(), json!(false));
    let server = server(db, &provider, &[]).await;
    sign_in(&Person::at(&server), &provider).await;
    let ingrid = account(&server, &provider).await.unwrap();
    let refused = server.service.accounts().recover_owner(None, &Actor::command()).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("Specify which owner: {} (Ingrid Lund), owner@example.com.", ingrid.email));
    let link = server.service.accounts().recover_owner(Some(&ingrid.email), &Actor::command()).await.unwrap();
    assert_eq!(link.no_address.as_deref(), Some(ingrid.email.as_str()));
    server.service.accounts().set_password(&link.token, PASSWORD, Origin::default()).await.unwrap();
    let person = Person::at(&server);
    assert_eq!(person.sign_in(&ingrid.email).await.status, StatusCode::SEE_OTHER);
    let other = server.service.accounts().recover_owner(Some("owner@example.com"), &Actor::command()).await.unwrap();
    assert_eq!(other.no_address, None, "this owner has an address");
});
