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
use licensing::{Act, Permission, Role, Scope};
use server::{
    access_table::ACCESS_TABLE,
    routes::{Opens, Route},
};
use service::{Actor, NewApiToken};
use testing::contract;

use super::person::{OWN, Person, accounts, signed_in};
use crate::fixture::{Answer, Server};

#[test]
fn the_app_has_exactly_the_pages_in_the_list() {
    let served: BTreeSet<_> =
        leptos_axum::generate_route_list(app::App).into_iter().map(|page| page.path().to_owned()).collect();
    let listed: BTreeSet<_> = app::PAGES.iter().map(app::Page::route).collect();
    assert_eq!(served, listed);
    assert_eq!(listed.len(), app::PAGES.len(), "no page is listed twice");
}

#[test]
fn no_route_is_declared_twice() {
    let routes: BTreeSet<_> = ACCESS_TABLE.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(routes.len(), ACCESS_TABLE.len());
}

/// A token that permits every act.
async fn token_for_everything(server: &Server) -> String {
    let permissions = Permission::ALL.into_iter().map(Scope::from);
    let scopes = permissions.chain(Act::ALL.iter().copied().map(Scope::from)).collect();
    token(server, scopes).await
}

async fn token(server: &Server, scopes: Vec<Scope>) -> String {
    let form = NewApiToken { name: "shop".to_owned(), scopes, days: 1, ..NewApiToken::default() };
    server.service.identity().create_api_token(form, &Actor::command()).await.unwrap().1.0
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
    let token = token_for_everything(&server).await;
    let mut people = vec![];
    for role in Role::ALL {
        people.push((role, signed_in(&server, role).await));
    }
    for route in ACCESS_TABLE.iter() {
        let (nobody, machine) = (Person::at(&server), Person::at(&server));
        let anonymous = nobody.send(request_for(route, None)).await;
        let shown = machine.send(request_for(route, Some(&token))).await;
        match route.opens {
            Opens::Everybody => {
                assert!(![401, 403].contains(&anonymous.status.as_u16()), "{route:?}: {}", anonymous.status);
            }
            Opens::Session => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{route:?}");
                assert_eq!(shown.status, StatusCode::UNAUTHORIZED, "{route:?}: an API token is not a session token");
            }
            Opens::ApiToken | Opens::Act(_) => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{route:?}");
                assert!(![401, 403].contains(&shown.status.as_u16()), "{route:?}: {}", shown.status);
            }
            Opens::Account(_) => {
                assert!(sent_away(&anonymous), "{route:?}: {}", anonymous.status);
                assert!(sent_away(&shown), "{route:?}: an API token opens no page: {}", shown.status);
            }
        }
        for (role, person) in &people {
            let answer = person.send(request_for(route, None)).await;
            let opens = match route.opens {
                Opens::Everybody => true,
                Opens::Session | Opens::ApiToken | Opens::Act(_) => {
                    assert_eq!(
                        answer.status,
                        StatusCode::UNAUTHORIZED,
                        "{role:?} {route:?}: a cookie gives no access here"
                    );
                    continue;
                }
                Opens::Account(act) => role.may(act.permission()),
            };
            assert_eq!(answer.status != StatusCode::FORBIDDEN, opens, "{role:?} {route:?}: {}", answer.status);
            assert!(!sent_away(&answer) && answer.status != StatusCode::UNAUTHORIZED, "{role:?} {route:?}");
        }
    }
});

contract!(an_api_token_permits_no_act_of_the_admin_app, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let token = token_for_everything(&server).await;
    for path in TABLE.iter().filter(|row| row.act.is_some()).filter_map(Row::path) {
        let request = Request::post(path)
            .header(ORIGIN, OWN)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
});

contract!(an_api_token_permits_exactly_the_acts_in_its_scopes, async |db| {
    let server = Server::on(db).await;
    let acts: BTreeSet<_> = ACCESS_TABLE.iter().filter_map(|route| act_of(route).map(Act::name)).collect();
    for act in acts.iter().filter_map(|name| Act::from_name(name)) {
        let token = token(&server, vec![act.into()]).await;
        for route in ACCESS_TABLE.iter().filter(|route| act_of(route).is_some()) {
            let answer = server.send(request_for(route, Some(&token))).await;
            let lacks = answer.header("www-authenticate").contains("insufficient_scope");
            assert_eq!(lacks, act_of(route) != Some(act), "{} at {route:?}: {}", act.name(), answer.status);
        }
    }
});

/// Acts without a call of their own, which handlers check in addition to the act of the call.
const CHECKED_BY_HANDLERS: [Act; 2] = [Act::ExportsCodes, Act::DevicesRevokeAll];

#[test]
fn every_act_has_a_call_or_a_reason_for_having_none() {
    let offered: Vec<_> = ACCESS_TABLE.iter().filter_map(act_of).chain(CHECKED_BY_HANDLERS).collect();
    for act in Act::ALL {
        assert_eq!(offered.contains(act), act.is_by_api(), "{}", act.name());
    }
}

fn act_of(route: &Route) -> Option<Act> {
    match route.opens {
        Opens::Act(act) => Some(act),
        Opens::Everybody | Opens::Session | Opens::ApiToken | Opens::Account(_) => None,
    }
}
