//! The limit on calls of one token.

use axum::http::StatusCode;
use serde_json::json;
use server::{access_table::ACCESS_TABLE, routes::Opens};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::Server;

contract!(a_token_may_make_a_hundred_calls_at_once_and_ten_a_second, async |db| {
    let server = Server::limited_on(db).await;
    let (api, other) = (Api::of(&server).await, Api::of(&server).await);
    for left in (0..100).rev() {
        let answer = api.get("/products").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("ratelimit-policy"), "\"calls\";q=600;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"calls\";r={left};t=1"));
    }
    let refused = api.get("/products").await;
    assert_eq!(refused.problem(), (429, "rate_limited".to_owned()));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"calls\";r=0;t=1"));
    assert_eq!(other.get("/products").await.status, StatusCode::OK, "each token has its own");
    server.clock.advance(1);
    let after = api.get("/licenses/x").await;
    assert_eq!((after.status.as_u16(), after.header("ratelimit")), (404, "\"calls\";r=9;t=1"), "on problems, too");
});

contract!(exports_batches_and_acts_on_many_licenses_share_a_lower_limit, async |db| {
    let server = Server::limited_on(db).await;
    let api = Api::of(&server).await;
    let both = "\"calls\";q=600;w=60, \"large\";q=10;w=60";
    for left in (0..10).rev() {
        let path = ["/exports", "/licenses/batch", "/licenses/bulk"][left % 3];
        let answer = api.post(path, json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit-policy")), (400, both), "{path}");
        assert!(answer.header("ratelimit").ends_with(&format!("\"large\";r={left};t=6")), "{path}");
    }
    let refused = api.post("/exports", json!({ "of": "licenses" })).await;
    assert_eq!((refused.problem(), refused.header("retry-after")), ((429, "rate_limited".to_owned()), "6"));
    assert_eq!(refused.header("ratelimit-policy"), "\"large\";q=10;w=60");
    assert_eq!(api.get("/licenses").await.status, StatusCode::OK, "other calls go on");
    assert!(api.events(Some("licenses.exported")).await.is_empty());
    server.clock.advance(6);
    assert_eq!(api.post("/exports", json!({ "of": "licenses" })).await.status, StatusCode::OK);
});

contract!(the_settings_say_how_many_calls_a_token_may_make, async |db| {
    let server = Server::with(db, &[("LATCHKEY_API_CALLS_PER_MINUTE", "12")]).await;
    let api = Api::of(&server).await;
    let answer = api.get("/products").await;
    assert_eq!(answer.header("ratelimit-policy"), "\"calls\";q=12;w=60");
    assert_eq!(answer.header("ratelimit"), "\"calls\";r=1;t=5");
    assert_eq!(api.get("/products").await.status, StatusCode::OK);
    assert_eq!(api.get("/products").await.header("retry-after"), "5");
});

#[test]
fn calls_with_the_lower_limit_exist() {
    for path in ["/api/v1/admin/exports", "/api/v1/admin/licenses/batch", "/api/v1/admin/licenses/bulk"] {
        assert!(
            server::access_table::ACCESS_TABLE.iter().any(|route| (route.method, route.path) == ("POST", path)),
            "{path}"
        );
    }
}

contract!(u0000_in_a_call_is_never_an_error_of_the_server, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    api.license("drift-pro").await;
    let is_handled = async |method: &str, path: &str, body: Option<serde_json::Value>| {
        let answer = api.send(method, path, body, &[]).await;
        assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text());
    };
    let names =
        ["product", "q", "license", "policy", "tag", "reference", "email", "code", "actor", "address", "cursor"];
    for list in ["/policies", "/licenses", "/decisions", "/blocks"] {
        assert_eq!(pointers(&api.get(&format!("{list}?product=a%00")).await), ["product"], "{list}");
    }
    let named = api.patch("/products/drift-pro", json!({ "name": "a\0" })).await;
    assert_eq!(pointers(&named), ["/name"]);
    let managed =
        ACCESS_TABLE.iter().filter(|route| matches!(route.opens, Opens::Act(_)) && route.path.starts_with("/api"));
    for route in managed {
        let filled = |part: &str| {
            let parts = route.path.split('/').map(|it| if it.starts_with('{') { part } else { it });
            parts.collect::<Vec<_>>().join("/")
        };
        if route.path.contains('{') {
            is_handled(route.method, &filled("a%00"), None).await;
        }
        match route.method {
            "GET" => {
                for name in names {
                    is_handled("GET", &format!("{}?{name}=a%00", filled("drift-pro")), None).await;
                }
            }
            method => {
                let body = json!({ "name": "a\0", "product": "a\0", "metadata": { "k": "\0" }, "tags": ["\0"] });
                is_handled(method, &filled("drift-pro"), Some(body)).await;
            }
        }
    }
});
