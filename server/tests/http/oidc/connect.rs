//! A provider for an existing account: connected and disconnected by its signed-in user.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::json;
use service::store::identities::Identity;
use testing::contract;

use super::{
    Provider,
    visit::{BEGIN, account, asked, come_back, events, press, server, sign_in},
};
use crate::{
    admin::person::{PASSWORD, Person, accounts, signed_in},
    fixture::{Answer, Server},
};

const MINUTE: i64 = 60;
const CONNECT: &str = "/sign-in/oidc/acme?connect=yes";
const CONNECTED: &str = "/settings/account?done=identity_connected";

/// Goes to the provider, which agrees. Returns the query of the callback.
async fn agreed(person: &Person<'_>, provider: &Provider) -> String {
    let answer = press(person, CONNECT).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    provider.agrees(asked(&answer))
}

pub(super) async fn connect(person: &Person<'_>, provider: &Provider) -> Answer {
    let query = agreed(person, provider).await;
    come_back(person, &query).await
}

async fn identities(server: &Server, email: &str) -> Vec<Identity> {
    let mut reading = server.service.store().read().await.unwrap();
    let account = reading.on().account_by_email(email).await.unwrap().unwrap();
    reading.on().identities_of(account.id).await.unwrap()
}

fn disconnect(provider: &Provider, subject: &str) -> String {
    let issuer = provider.issuer.replace(':', "%3A").replace('/', "%2F");
    format!("_action=/admin/api/own-account/disconnect&_form=disconnect&issuer={issuer}&subject={subject}")
}

contract!(a_connected_local_account_can_sign_in_at_the_provider, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let owner = signed_in(&server, Role::Owner).await;
    let page = owner.open("/settings/account").await;
    assert!(page.text().contains("Connect Acme ID") && page.text().contains("No provider is connected"));
    let login = owner.login();
    let answer = press(&owner, CONNECT).await;
    let asked = asked(&answer);
    for (name, value) in [("response_type", "code"), ("code_challenge_method", "S256")] {
        assert_eq!(asked[name], value);
    }
    assert!(asked["state"].len() >= 22 && asked["nonce"].len() >= 22 && asked["code_challenge"].len() == 43);
    let answer = come_back(&owner, &provider.agrees(asked)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, CONNECTED), "{}", answer.text());
    assert_eq!(owner.login(), login, "the login stays the same");
    let page = owner.open(CONNECTED).await;
    assert!(page.text().contains("ingrid@example.com") && page.text().contains("Disconnect"));
    assert!(!page.text().contains("Connect Acme ID"));

    let there = Person::at(&server);
    assert_eq!(
        sign_in(&there, &provider).await.status,
        StatusCode::SEE_OTHER,
        "the account's role applies, although the claims give none"
    );
    let own = account(&server, &provider).await.unwrap();
    assert_eq!((own.email.as_str(), own.role), ("owner@example.com", Role::Owner));
    assert_eq!(there.open("/settings/sign-in").await.status, StatusCode::OK);
    assert_eq!(connect(&owner, &provider).await.header("location"), CONNECTED, "connecting again changes nothing");
    assert_eq!(identities(&server, "owner@example.com").await.len(), 1);
    assert_eq!(events(&server, "account.identity_connected").await, [("Olga Owner".to_owned(), None)]);
});

contract!(an_attempt_to_connect_is_valid_only_for_its_own_login, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["boss"]);
    let server = server(db, &provider, &[]).await;
    let owner = signed_in(&server, Role::Owner).await;
    let query = agreed(&owner, &provider).await;
    let (nobody, other, same) =
        (Person::at(&server), signed_in(&server, Role::Support).await, signed_in(&server, Role::Owner).await);
    for (who, person) in [("nobody", &nobody), ("another", &other), ("another login of the same", &same)] {
        let before = person.login();
        person.take_cookie(&owner, &owner.attempt());
        let answer = come_back(person, &query).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{who}: {}", answer.text());
        assert_eq!(person.login(), before, "{who}: the login is unchanged");
        assert_eq!(account(&server, &provider).await.map(|it| it.email), None, "{who}");
    }
    let reported = events(&server, "account.sign_in_failed").await;
    assert_eq!(reported.len(), 3);
    assert!(reported.iter().all(|(_, why)| why.as_ref().unwrap().contains("made by another login")), "{reported:?}");

    let copy = owner.copied();
    owner.call("/admin/api/own-account/prove", &format!("password={}", PASSWORD.replace(' ', "+"))).await;
    assert_ne!(owner.login(), copy.login(), "the same login has a new secret");
    assert_eq!(come_back(&owner, &query).await.header("location"), CONNECTED);
    owner.take_cookie(&copy, &copy.attempt());
    assert_eq!(come_back(&owner, &query).await.status, StatusCode::BAD_REQUEST, "an attempt is valid once");

    let leaves = signed_in(&server, Role::Support).await;
    provider.says().id_token.insert("sub".to_owned(), json!("person-2"));
    let query = agreed(&leaves, &provider).await;
    let kept = leaves.copied();
    leaves.submit("/", "_action=/admin/api/sign-out&_form=sign-out").await;
    assert_eq!(come_back(&kept, &query).await.status, StatusCode::BAD_REQUEST, "a signed-out user connects nothing");
    assert_eq!(identities(&server, "support@example.com").await, []);
});

contract!(an_identity_of_another_account_cannot_be_connected, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["staff"]);
    let server = server(db, &provider, &[]).await;
    sign_in(&Person::at(&server), &provider).await;
    let first = account(&server, &provider).await.unwrap();
    let owner = signed_in(&server, Role::Owner).await;
    let answer = connect(&owner, &provider).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("This identity belongs to another account"), "{}", answer.text());
    assert!(!answer.text().contains("Ingrid Lund"), "it does not say whose");
    assert_eq!(account(&server, &provider).await.unwrap().id, first.id);
    assert_eq!(identities(&server, "owner@example.com").await, []);
    assert_eq!(owner.open("/").await.status, StatusCode::OK, "still signed in");
    assert!(events(&server, "account.sign_in_failed").await[0].1.as_ref().unwrap().contains("another account"));
});

contract!(connecting_requires_a_login_and_a_fresh_proof_and_refuses_other_websites, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let (owner, nobody) = (signed_in(&server, Role::Owner).await, Person::at(&server));
    let again = "/sign-in?to=%2Fsettings%2Faccount&again=1";
    assert_eq!(press(&nobody, CONNECT).await.header("location"), again);
    let lured = owner.open(CONNECT).await;
    assert_eq!((lured.header("location"), lured.header("set-cookie")), ("/sign-in", ""));
    server.clock.advance(10 * MINUTE - 1);
    assert!(press(&owner, CONNECT).await.header("location").starts_with(&provider.issuer));
    server.clock.advance(1);
    let answer = press(&owner, CONNECT).await;
    assert_eq!(answer.header("location"), again);
    assert!(!answer.header("set-cookie").contains("attempt"));
    assert!(owner.open("/settings/account").await.text().contains("you must sign in again before you can connect"));
    assert!(owner.open(again).await.text().contains("name=\"password\""), "the page asks");
});

contract!(a_bad_answer_of_the_provider_connects_nothing_and_ends_nothing, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let owner = signed_in(&server, Role::Owner).await;
    for (claim, value) in
        [("nonce", json!("another")), ("aud", json!("another")), ("iss", json!("https://evil.example"))]
    {
        provider.says().id_token.clear();
        provider.says().id_token.insert(claim.to_owned(), value);
        let answer = connect(&owner, &provider).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{claim}");
        assert!(answer.text().contains("Acme ID was not connected") && answer.text().contains("your account"));
    }
    provider.says().id_token.clear();
    let query = agreed(&owner, &provider).await;
    let state = query.split('&').nth(1).unwrap().to_owned();
    assert_eq!(come_back(&owner, &query.replace(&state, "state=another")).await.status, StatusCode::BAD_REQUEST);
    let query = agreed(&owner, &provider).await.replace("code=a-code", "error=access_denied");
    assert_eq!(come_back(&owner, &query).await.status, StatusCode::FORBIDDEN);
    provider.says().down = true;
    server.clock.advance(1);
    assert_eq!(identities(&server, "owner@example.com").await, []);
    assert_eq!(owner.open("/").await.status, StatusCode::OK);
});

contract!(disconnecting_requires_a_proof_ends_its_logins_and_keeps_the_last_way_to_sign_in, async |db| {
    let provider = Provider::start().await;
    let server = server(db, &provider, &[]).await;
    let owner = signed_in(&server, Role::Owner).await;
    connect(&owner, &provider).await;
    let support = signed_in(&server, Role::Support).await;
    let form = disconnect(&provider, "person-1");
    assert_eq!(
        support.submit("/settings/account", &form).await.status,
        StatusCode::NOT_FOUND,
        "the identity belongs to another account"
    );
    server.clock.advance(11 * MINUTE);
    provider.advance(11 * MINUTE);
    // So late that no check at the provider is due, because a failed one would end the login too.
    let there = Person::at(&server);
    sign_in(&there, &provider).await;
    assert_eq!(there.open("/").await.status, StatusCode::OK);
    assert_eq!(
        owner.submit("/settings/account", &form).await.status,
        StatusCode::UNAUTHORIZED,
        "a fresh proof is required"
    );
    let proof = format!("{form}&_proof_password={}", PASSWORD.replace(' ', "+"));
    let done = owner.submit("/settings/account", &proof).await;
    assert_eq!(done.header("location"), "/settings/account?done=identity_disconnected", "{}", done.text());
    assert_eq!(identities(&server, "owner@example.com").await, []);
    assert_eq!(there.open("/").await.status, StatusCode::SEE_OTHER, "the login from that provider has ended");
    assert_eq!(owner.open("/").await.status, StatusCode::OK);
    assert_eq!(events(&server, "account.identity_disconnected").await, [("Olga Owner".to_owned(), None)]);

    provider.give_roles(&["desk"]);
    let only = Person::at(&server);
    assert_eq!(sign_in(&only, &provider).await.status, StatusCode::SEE_OTHER);
    assert!(only.open("/settings/account").await.text().contains("Your only way to sign in."));
    let refused = only.submit("/settings/account", &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let above = "<b>This was not done. </b>This is your last way in";
    assert!(refused.text().contains(above), "the page has no such form, so it says so above: {}", refused.text());
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Support, "it is there still");
});

contract!(without_a_configured_provider_there_is_nothing_to_connect, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    assert!(!owner.open("/settings/account").await.text().contains("Identity providers"));
    assert_eq!(press(&owner, CONNECT).await.status, StatusCode::NOT_FOUND);
    assert_eq!(press(&owner, BEGIN).await.status, StatusCode::NOT_FOUND);
});
