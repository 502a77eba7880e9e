//! Who may call what, and from where.

use std::collections::BTreeSet;

use app::admin::TABLE;
use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{CONTENT_TYPE, ORIGIN},
    },
};
use leptos::server_fn;
use licensing::Role;
use testing::contract;

use super::person::{OWN, Person, accounts, signed_in};
use crate::fixture::{JWT, Server};

#[test]
fn every_server_function_has_its_row_in_the_table_and_every_row_its_function() {
    let registered: BTreeSet<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let named: BTreeSet<&str> = TABLE.iter().map(|(path, _)| *path).collect();
    assert_eq!(registered, named);
    assert_eq!(named.len(), TABLE.len(), "no row is there twice");
}

#[test]
fn no_server_function_does_anything_for_a_mere_link() {
    let methods: BTreeSet<String> = server_fn::axum::server_fn_paths().map(|(_, method)| method.to_string()).collect();
    assert_eq!(methods, BTreeSet::from(["POST".to_owned()]));
}

contract!(the_anonymous_are_refused_everything_that_is_not_open, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for (path, permission) in TABLE {
        let answer = Person::at(&server).call(path, "").await;
        let refused = answer.status == StatusCode::UNAUTHORIZED;
        assert_eq!(refused, permission.is_some(), "{path}: {} {}", answer.status, answer.text());
    }
});

contract!(each_role_may_call_what_the_table_says_and_nothing_more, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for role in Role::ALL {
        let person = signed_in(&server, role).await;
        for (path, permission) in TABLE.iter().filter_map(|(path, permission)| Some((path, (*permission)?))) {
            let answer = person.call(path, "").await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !role.may(permission), "{role:?} {path}: {} {}", answer.status, answer.text());
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{role:?} {path}");
        }
    }
});

contract!(another_website_can_do_nothing_through_a_visitors_browser, async |db| {
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
        for path in ["/products", "/admin/api/sign-out", "/nowhere"] {
            let mut request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let answer = person.send(request.body(Body::from("_action=/admin/api/sign-out")).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert_eq!(person.open("/").await.status, StatusCode::OK, "still signed in");
});

contract!(the_public_api_may_be_called_from_anywhere, async |db| {
    let server = Server::on(db).await;
    let request = Request::post(JWT)
        .header(CONTENT_TYPE, "application/json")
        .header(ORIGIN, "https://somewhere.example")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(r#"{"activationCode": "ABCDEF", "fingerprint": "x"}"#));
    assert_eq!(server.send(request.unwrap()).await.problem().1, "code_not_found");
});
