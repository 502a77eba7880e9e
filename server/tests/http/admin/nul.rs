//! The character U+0000 in every text of a request: refused, and never a server error.

use app::admin::{Row, TABLE};
use axum::{
    body::Body,
    http::{Request, StatusCode, header::ACCEPT},
};
use licensing::Role;
use server::{access_table::ACCESS_TABLE, routes::Opens};
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::fixture::Server;

const ID: &str = "019ab2c4-0000-7000-8000-000000000000";

/// The path with this text in each of its variable parts.
fn filled(path: &str, part: &str) -> String {
    path.split('/').map(|it| if it.starts_with('{') { part } else { it }).collect::<Vec<_>>().join("/")
}

contract!(u0000_is_refused_on_every_page_and_in_every_form, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (owner, nobody) = (signed_in(&server, Role::Owner).await, Person::at(&server));
    let open = async |person: &Person<'_>, address: String| {
        let answer = person.open(&address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        assert!(answer.text().contains("U+0000"), "{address}: {}", answer.text());
    };
    let pages: Vec<&str> =
        ACCESS_TABLE.iter().filter(|route| matches!(route.opens, Opens::Account(_))).map(|route| route.path).collect();
    assert!(pages.len() > 20, "{pages:?}");
    for page in pages.iter().copied().chain(["/sign-in", "/first-start", "/link"]) {
        open(&owner, format!("{}?q=a%00b&after=%00", filled(page, ID))).await;
        if page.contains('{') {
            open(&owner, filled(page, "a%00")).await;
        }
    }
    open(&nobody, "/sign-in?to=%00".to_owned()).await;

    for function in TABLE.iter().filter_map(Row::path) {
        for form in ["email=a%00&password=%00", "%00=a", "name=a\0b"] {
            assert_eq!(owner.call(function, form).await.status, StatusCode::BAD_REQUEST, "{function}: {form:?}");
        }
    }
    for person in [&owner, &nobody] {
        let form = "_action=/admin/api/sign-in&_form=sign-in&email=%00&password=hunter2hunter2&to=/";
        let answer = person.submit("/sign-in", form).await;
        assert_eq!((answer.status, answer.text().contains("U+0000")), (StatusCode::BAD_REQUEST, true));
    }
});

contract!(u0000_at_the_api_is_an_error_of_the_client, async |db| {
    let server = Server::on(db).await;
    for route in ACCESS_TABLE.iter().filter(|route| route.method == "POST" && route.path.starts_with("/api/v1")) {
        let path = filled(route.path, ID);
        for member in [
            "activationCode",
            "fingerprint",
            "email",
            "deviceName",
            "platform",
            "targetSoftwareVersion",
            "requestedLeaseDuration",
            "ticket",
            "sessionId",
            "request",
            "release",
            "reason",
        ] {
            let body = format!(
                r#"{{"activationCode":"HALCYON-1","fingerprint":"device","ticket":"x","sessionId":"{ID}","{member}":"a\u0000b"}}"#
            );
            let answer = server.post_text(&path, body).await;
            assert!(answer.status.is_client_error(), "{path}, {member}: {}", answer.status);
        }
        let answer = server.post_text(&format!("{path}?dryRun=%00"), "{}").await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    for address in ["/status-lists/%00", "/problems/%00", "/api/v1/activations/%00", "/api/%00", "/.well-known/%00"] {
        let request = Request::get(address).header(ACCEPT, "text/html").body(Body::empty()).unwrap();
        let answer = server.send(request).await;
        assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
    }
});
