//! Regular checks of signed-in users at the provider.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::json;
use testing::contract;

use super::{
    Provider,
    visit::{account, events, server, sign_in},
};
use crate::{admin::person::Person, fixture::Server};

/// Advances both clocks by this many minutes.
fn wait(server: &Server, provider: &Provider, minutes: i64) {
    server.clock.advance(minutes * 60);
    provider.advance(minutes * 60);
}

async fn is_in(person: &Person<'_>) -> bool {
    person.open("/").await.status == StatusCode::OK
}

contract!(a_role_changed_at_the_provider_changes_here_within_a_quarter_of_an_hour, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["chief"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    provider.give_roles(&["staff"]);
    wait(&server, &provider, 9);
    assert!(is_in(&person).await);
    assert_eq!(provider.refreshed(), 0, "the provider is not called in between");
    wait(&server, &provider, 1);
    assert!(is_in(&person).await);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Viewer);
    assert_eq!(person.open("/products/new").await.status, StatusCode::FORBIDDEN);

    provider.give_roles(&[]);
    wait(&server, &provider, 10);
    assert!(!is_in(&person).await, "the last role is lost");
    assert_eq!(provider.refreshed(), 2);
    assert_eq!(events(&server, "account.role_lost").await.len(), 1);
    assert_eq!(sign_in(&person, &provider).await.status, StatusCode::FORBIDDEN);
});

contract!(many_concurrent_requests_call_the_provider_once, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["chief"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    wait(&server, &provider, 20);
    provider.give_roles(&[]);
    let copies: Vec<Person<'_>> = (0..8).map(|_| person.copied()).collect();
    let [a, b, c, d, e, f, g, h] = copies.as_slice() else { panic!("eight") };
    let all = tokio::join!(is_in(a), is_in(b), is_in(c), is_in(d), is_in(e), is_in(f), is_in(g), is_in(h));
    assert_eq!(all, (false, false, false, false, false, false, false, false), "no request continues with the old role");
    assert_eq!(provider.refreshed(), 1);
});

contract!(a_session_that_ended_at_the_provider_ends_here, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["chief"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    provider.says().refresh_error = Some("invalid_grant");
    wait(&server, &provider, 10);
    assert!(!is_in(&person).await);
    assert_eq!(events(&server, "account.signed_out").await.len(), 1);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Admin, "the account keeps its role");
});

contract!(while_the_provider_is_unavailable_users_stay_signed_in, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["chief"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    provider.says().down = true;
    provider.give_roles(&[]);
    for _ in 0..3 {
        wait(&server, &provider, 10);
        assert!(is_in(&person).await);
    }
    provider.says().down = false;
    wait(&server, &provider, 10);
    assert!(!is_in(&person).await, "changes apply as soon as the provider is back");
});

contract!(without_a_refresh_token_the_userinfo_is_used_and_then_a_new_sign_in, async |db| {
    let provider = Provider::start().await;
    provider.says().refreshes = false;
    provider.says().tokens.insert("expires_in".to_owned(), json!(1500));
    provider.says().userinfo.insert("realm".to_owned(), json!({ "roles": ["chief"] }));
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    provider.says().userinfo.insert("realm".to_owned(), json!({ "roles": ["staff"] }));
    wait(&server, &provider, 10);
    assert!(is_in(&person).await);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Viewer);
    wait(&server, &provider, 15);
    assert!(!is_in(&person).await, "its access token has ended");
});

contract!(the_last_owner_stays_owner_whatever_the_claims_say, async |db| {
    let provider = Provider::start().await;
    provider.give_roles(&["boss"]);
    let server = server(db, &provider, &[]).await;
    let person = Person::at(&server);
    sign_in(&person, &provider).await;
    provider.give_roles(&["staff"]);
    let mut tx = server.service.store().begin().await.unwrap();
    let first = tx.on().account_by_email("owner@example.com").await.unwrap().unwrap();
    tx.map_role(first.id, Role::Viewer).await.unwrap();
    tx.commit().await.unwrap();
    wait(&server, &provider, 10);
    assert!(is_in(&person).await);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Owner, "there is no other owner");

    let mut tx = server.service.store().begin().await.unwrap();
    tx.map_role(first.id, Role::Owner).await.unwrap();
    tx.commit().await.unwrap();
    wait(&server, &provider, 10);
    assert!(is_in(&person).await);
    assert_eq!(account(&server, &provider).await.unwrap().role, Role::Viewer, "now there is another owner");
});
