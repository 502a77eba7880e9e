//! Cross-origin requests.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use testing::contract;

use crate::fixture::{Answer, JWT, Server};

const APP: &str = "https://app.example.com";
const ALLOWED: &str = "access-control-allow-origin";

async fn asked(server: &Server, method: Method, path: &str, origin: &str) -> Answer {
    server.send(Request::builder().method(method).uri(path).header("origin", origin).body(Body::empty()).unwrap()).await
}

/// Sends the preflight request of a browser for an activation.
async fn preflight(server: &Server, path: &str, method: &str, origin: &str) -> Answer {
    let request = Request::options(path).header("origin", origin).header("access-control-request-method", method);
    let request = request.header("access-control-request-headers", "content-type,idempotency-key");
    server.send(request.body(Body::empty()).unwrap()).await
}

contract!(public_data_may_be_read_by_every_website, async |db| {
    let server = Server::on(db).await;
    let list = "/status-lists/019ab2c4-0000-7000-8000-000000000000";
    for path in ["/.well-known/jwks.json", list, "/problems", "/problems/seat_limit", "/problems/none"] {
        let answer = asked(&server, Method::GET, path, APP).await;
        assert_eq!(answer.header(ALLOWED), "*", "{path}: {}", answer.status);
        assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{path}");
        let preflight = preflight(&server, path, "GET", APP).await;
        assert_eq!((preflight.status, preflight.header(ALLOWED)), (StatusCode::OK, "*"), "{path}");
    }
});

contract!(the_activation_api_is_closed_to_other_websites_unless_listed, async |db| {
    let server = Server::on(db).await;
    for path in [JWT, "/api/v1/admin/whoami", "/sign-in", "/"] {
        assert_eq!(asked(&server, Method::POST, path, APP).await.header(ALLOWED), "", "{path}");
        assert_eq!(preflight(&server, path, "POST", APP).await.header(ALLOWED), "", "{path}");
    }
});

contract!(a_listed_website_may_activate, async |db| {
    let settings = [("LATCHKEY_CORS_ORIGINS", "https://app.example.com, tauri://localhost")];
    let server = Server::with(db, &settings).await;
    let license = server.license().create().await;
    for origin in [APP, "tauri://localhost"] {
        let before = preflight(&server, JWT, "POST", origin).await;
        assert_eq!((before.status, before.header(ALLOWED)), (StatusCode::OK, origin));
        assert!(before.header("access-control-allow-methods").contains("POST"));
        let headers = before.header("access-control-allow-headers");
        for header in ["content-type", "authorization", "idempotency-key"] {
            assert!(headers.contains(header), "{headers}");
        }
        let request = Request::post(JWT).header("origin", origin).header("content-type", "application/json");
        let body = Body::from(license.asks("device-1", json!({})).to_string());
        let answer = server.send(request.body(body).unwrap()).await;
        assert_eq!((answer.status, answer.header(ALLOWED)), (StatusCode::OK, origin));
        assert!(answer.header("access-control-expose-headers").contains("latchkey-decision"));
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")));
    }
    let refused = asked(&server, Method::GET, JWT, APP).await;
    assert_eq!((refused.status.as_u16(), refused.header(ALLOWED)), (405, APP), "scripts can read problems too");
    assert_eq!(asked(&server, Method::POST, JWT, "https://other.example").await.header(ALLOWED), "");
    assert_eq!(asked(&server, Method::POST, "/api/v1/admin/whoami", APP).await.header(ALLOWED), "");
});

contract!(every_website_may_activate_if_the_settings_allow_it, async |db| {
    let server = Server::with(db, &[("LATCHKEY_CORS_ORIGINS", "*")]).await;
    assert_eq!(preflight(&server, JWT, "POST", "null").await.header(ALLOWED), "*");
    assert_eq!(asked(&server, Method::OPTIONS, JWT, APP).await.status.as_u16(), 405, "not a preflight");
});
