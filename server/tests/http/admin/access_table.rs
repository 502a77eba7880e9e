//! Every path, requested by everyone: anonymous visitors, each role, and a program with an API token.

use std::collections::BTreeSet;

use app::admin::{Row, TABLE};
use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ORIGIN},
    },
};
use licensing::{Permission, Role};
use server::access::{Opens, ROUTES, Route};
use service::{Actor, NewApiToken};
use testing::contract;

use super::person::{OWN, Person, accounts, signed_in};
use crate::fixture::{Answer, Server};

/// The routes in the source code: `.route("/path", get(…).post(…))`.
fn routed(source: &str) -> impl Iterator<Item = (&'static str, String)> {
    source.split(".route(").skip(1).flat_map(|rest| {
        let path = rest.split('"').nth(1).unwrap().to_owned();
        let end = rest.match_indices(')').find(|(end, _)| {
            let before = &rest[..=*end];
            before.matches('(').count() + 1 == before.matches(')').count()
        });
        let words: Vec<_> = rest[..end.unwrap().0].split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let methods = [("get", "GET"), ("any", "GET"), ("post", "POST"), ("delete", "DELETE"), ("put", "PUT")];
        methods.into_iter().filter(move |(word, _)| words.contains(word)).map(move |(_, method)| (method, path.clone()))
    })
}

#[test]
fn every_route_and_page_is_in_the_access_table_and_vice_versa() {
    let pages = leptos_axum::generate_route_list(app::App);
    let pages = pages.into_iter().map(|page| ("GET", page.path().to_owned()));
    let sources = [
        include_str!("../../../src/api/mod.rs"),
        include_str!("../../../src/router.rs"),
        include_str!("../../../src/oidc/mod.rs"),
    ];
    let served: BTreeSet<_> = sources.into_iter().flat_map(routed).chain(pages).collect();
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path.to_owned())).collect();
    assert_eq!(served, routes);
}

/// The path with an id that does not exist in each variable part.
fn address(route: &Route) -> String {
    let id = "019ab2c4-0000-7000-8000-000000000000";
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn request_for(route: &Route, bearer: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(route.method).uri(address(route)).header(ORIGIN, OWN);
    request = match route.path.starts_with("/api") {
        true => request.header(CONTENT_TYPE, "application/json"),
        false => request.header(ACCEPT, "text/html").header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
    };
    if let Some(bearer) = bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    }
    request.body(Body::empty()).unwrap()
}

/// Returns `true` if the answer redirects to the sign-in page.
fn sent_away(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/sign-in")
}

contract!(each_path_is_open_to_exactly_those_in_the_table, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let form =
        NewApiToken { name: "shop".to_owned(), scopes: Permission::ALL.to_vec(), days: 1, ..NewApiToken::default() };
    let (_, token) = server.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
    let mut people = vec![];
    for role in Role::ALL {
        people.push((role, signed_in(&server, role).await));
    }
    for route in ROUTES {
        let (nobody, machine) = (Person::at(&server), Person::at(&server));
        let anonymous = nobody.send(request_for(route, None)).await;
        let shown = machine.send(request_for(route, Some(&token.0))).await;
        match route.opens {
            Opens::Everybody => {
                assert!(![401, 403].contains(&anonymous.status.as_u16()), "{route:?}: {}", anonymous.status);
            }
            Opens::Session => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{route:?}");
                assert_eq!(shown.status, StatusCode::UNAUTHORIZED, "{route:?}: an API token is not a session token");
            }
            Opens::ApiToken => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{route:?}");
                assert_eq!(shown.status, StatusCode::OK, "{route:?}");
            }
            Opens::Page(_) => {
                assert!(sent_away(&anonymous), "{route:?}: {}", anonymous.status);
                assert!(sent_away(&shown), "{route:?}: an API token opens no page: {}", shown.status);
            }
        }
        for (role, person) in &people {
            let answer = person.send(request_for(route, None)).await;
            let opens = match route.opens {
                Opens::Everybody => true,
                Opens::Session | Opens::ApiToken => {
                    assert_eq!(
                        answer.status,
                        StatusCode::UNAUTHORIZED,
                        "{role:?} {route:?}: a cookie gives no access here"
                    );
                    continue;
                }
                Opens::Page(permission) => role.may(permission),
            };
            assert_eq!(answer.status != StatusCode::FORBIDDEN, opens, "{role:?} {route:?}: {}", answer.status);
            assert!(!sent_away(&answer) && answer.status != StatusCode::UNAUTHORIZED, "{role:?} {route:?}");
        }
    }
});

contract!(an_api_token_permits_no_act_of_the_admin_app, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let form =
        NewApiToken { name: "shop".to_owned(), scopes: Permission::ALL.to_vec(), days: 1, ..NewApiToken::default() };
    let (_, token) = server.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
    for path in TABLE.iter().filter(|row| row.takes.is_some()).filter_map(Row::path) {
        let request = Request::post(path)
            .header(ORIGIN, OWN)
            .header(AUTHORIZATION, format!("Bearer {}", token.0))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
});
