#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
    middleware::from_fn_with_state,
    routing::get,
};
use serde_json::Value;
use service::{Clock, Error, SealingKey, Service};
use testing::{Database, Engine};
use tower::ServiceExt;

use super::{Code, Problem, write};
use crate::http::bounds;

async fn broken() -> StatusCode {
    panic!("the password is hunter2")
}

/// Returns the response that leaves the server after a handler of these routes has answered.
async fn left(routes: Router) -> (StatusCode, HeaderMap, Value) {
    let db = Database::new(Engine::Sqlite).await;
    let key = SealingKey::generate().unwrap();
    let service = Service::open(db.clone(), &key, Clock::system(), "https://example.com".to_owned()).await.unwrap();
    let router = bounds::keep(routes).layer(from_fn_with_state(service, write));
    let answer = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    (head.status, head.headers, serde_json::from_slice(&to_bytes(body, 10_000).await.unwrap()).unwrap())
}

#[tokio::test]
async fn a_panic_becomes_a_problem_without_its_cause() {
    let (status, headers, problem) = left(Router::new().route("/", get(broken))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &"internal".into()));
    assert_eq!(headers["content-type"], "application/problem+json");
    assert!(!problem.to_string().contains("hunter2"));
}

#[tokio::test]
async fn an_internal_error_is_only_logged() {
    let defect = || async { Problem::from(Error::Internal("SELECT secret".to_owned())) };
    let (status, _, problem) = left(Router::new().route("/", get(defect))).await;
    assert_eq!((status, &problem["retryable"]), (StatusCode::INTERNAL_SERVER_ERROR, &true.into()));
    assert!(!problem.to_string().contains("SELECT"));
}

#[tokio::test]
async fn a_foreign_answer_keeps_its_status() {
    for (status, code) in [
        (400, "invalid_request"),
        (414, "too_large"),
        (431, "too_large"),
        (418, "invalid_request"),
        (500, "internal"),
        (503, "unavailable"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let bare = move || async move { (status, "who knows what") };
        let (left_status, _, problem) = left(Router::new().route("/", get(bare))).await;
        assert_eq!((left_status, &problem["status"]), (status, &status.as_u16().into()));
        assert_eq!(problem["code"], code);
        assert!(!problem.to_string().contains("who knows"));
    }
}

#[test]
fn every_refusal_has_a_problem_code() {
    for code in licensing::Refusal::CODES {
        assert!(Code::from_name(code).is_some(), "{code}");
    }
}

#[test]
fn the_names_of_problem_codes_are_unique() {
    for code in Code::ALL {
        assert_eq!(Code::from_name(code.name()), Some(code));
        assert!(code.status().is_client_error() || code.status().is_server_error());
    }
}
