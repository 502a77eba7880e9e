//! Permissions for acts and reads, and cross-site requests.

use std::collections::BTreeSet;

use app::admin::{API, Row, TABLE};
use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{CONTENT_TYPE, ORIGIN},
    },
};
use leptos::server_fn;
use licensing::Role;
use service::store::{Paging, events::EventFilter};
use testing::contract;
use uuid::Uuid;

use super::person::{OWN, Person, accounts, signed_in};
use crate::fixture::{JWT, Server};

#[test]
fn every_act_has_one_row_in_the_table_and_one_function() {
    let registered: BTreeSet<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let acts: Vec<&str> = TABLE.iter().filter_map(Row::path).collect();
    let named: BTreeSet<&str> = acts.iter().copied().collect();
    assert_eq!(registered, named);
    assert_eq!(named.len(), acts.len(), "no act has two rows");
}

#[test]
fn every_act_requires_post() {
    let methods: BTreeSet<String> = server_fn::axum::server_fn_paths().map(|(_, method)| method.to_string()).collect();
    assert_eq!(methods, BTreeSet::from(["POST".to_owned()]));
}

contract!(anonymous_visitors_may_call_only_open_acts, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for (path, act) in TABLE.iter().filter_map(|row| Some((row.path()?, row.act))) {
        let answer = Person::at(&server).call(path, "").await;
        let refused = answer.status == StatusCode::UNAUTHORIZED;
        assert_eq!(refused, act.is_some(), "{path}: {} {}", answer.status, answer.text());
    }
});

contract!(no_read_has_a_path, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let reads: Vec<&str> = TABLE.iter().filter(|row| row.path().is_none()).map(|row| row.call.name()).collect();
    assert!(reads.len() > 30, "{reads:?}");
    for path in reads.iter().map(|name| format!("{API}{name}")) {
        let called = owner.call(&path, "id=x").await;
        assert_eq!((called.status, called.text()), (StatusCode::NOT_FOUND, "\"NotFound\""), "{path}");
        let posted = owner.submit(&path, "id=x").await;
        assert_eq!((posted.status, posted.text()), (StatusCode::NOT_FOUND, "\"NotFound\""), "{path}");
        let opened = owner.open(&path).await;
        assert_eq!(opened.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(opened.text().starts_with("{\"Refused\":"), "{path}: {}", opened.text());
        let named = owner.submit("/", &format!("_action={path}&_form=x")).await;
        assert_eq!(named.status, StatusCode::NOT_FOUND, "{path}");
        assert!(named.text().contains("There is nothing at this address"), "{path}: {}", named.text());
    }
});

contract!(each_role_has_exactly_the_permissions_in_the_table, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for role in Role::ALL {
        let person = signed_in(&server, role).await;
        for (path, permission) in TABLE.iter().filter_map(|row| Some((row.path()?, row.permission()?))) {
            let answer = person.call(path, "").await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !role.may(permission), "{role:?} {path}: {} {}", answer.status, answer.text());
            // A wrong password is answered with 401 here too.
            let known = answer.status != StatusCode::UNAUTHORIZED || path.ends_with("/prove");
            assert!(known, "{role:?} {path}");
        }
    }
});

contract!(another_website_cannot_act_through_the_browser_of_a_visitor, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Owner).await;
    let sources = [
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site"), ("origin", OWN)],
        vec![("sec-fetch-site", "same-site")],
        vec![],
    ];
    for headers in sources {
        for (path, status) in [("/products", 403), ("/admin/api/sign-out", 403), ("/nowhere", 404)] {
            let mut request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let answer = person.send(request.body(Body::from("_action=/admin/api/sign-out")).unwrap()).await;
            assert_eq!(answer.status, status, "{path} {headers:?}");
        }
    }
    assert_eq!(person.open("/").await.status, StatusCode::OK, "still signed in");
});

contract!(the_public_api_may_be_called_from_every_website, async |db| {
    let server = Server::on(db).await;
    let request = Request::post(JWT)
        .header(CONTENT_TYPE, "application/json")
        .header(ORIGIN, "https://somewhere.example")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(r#"{"activationCode": "ABCDEF", "fingerprint": "x"}"#));
    assert_eq!(server.send(request.unwrap()).await.problem().1, "code_not_found");
});

contract!(a_refused_act_is_logged_once_with_the_name_of_its_actor, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    assert_eq!(support.call("/admin/api/accounts/change-role", "").await.status, StatusCode::FORBIDDEN);
    let mut reading = server.service.store().read().await.unwrap();
    let filter = EventFilter { kind: Some("act.refused".to_owned()), ..EventFilter::default() };
    let [event] = reading.on().events(&filter, Paging::First, 10).await.unwrap().rows.try_into().unwrap();
    assert_eq!((event.actor_name.as_str(), event.subject_name.as_str()), ("Olga Owner", "accounts/change-role"));
    assert_eq!(event.actor_id, Some(Uuid::from_u128(Role::Support as u128 + 1)));
});

contract!(a_refused_page_is_logged_with_the_name_of_its_read, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    assert_eq!(support.open("/licenses/new").await.status, StatusCode::FORBIDDEN);
    let mut reading = server.service.store().read().await.unwrap();
    let filter = EventFilter { kind: Some("act.refused".to_owned()), ..EventFilter::default() };
    let [event] = reading.on().events(&filter, Paging::First, 10).await.unwrap().rows.try_into().unwrap();
    assert_eq!((event.actor_name.as_str(), event.subject_name.as_str()), ("Olga Owner", "licenses/new"));
});
