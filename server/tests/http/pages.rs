//! `/problems` and `/health`.

use axum::http::{Method, StatusCode};
use testing::contract;

use crate::fixture::Server;

contract!(every_problem_has_its_page, async |db| {
    let server = Server::on(db).await;
    let list = server.get("/problems").await;
    assert_eq!(list.status, StatusCode::OK);

    let codes: Vec<&str> =
        list.text().split("href=\"/problems/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();

    insta::assert_snapshot!(codes.join(" "), @"invalid_request invalid_token authentication_required email_required email_mismatch version_not_covered license_suspended license_revoked product_unavailable device_blocked device_not_authorized not_your_session not_permitted release_not_allowed transfer_limit code_not_found session_not_found not_found method_not_allowed already_activated seat_limit ticket_used idempotency_conflict conflict patch_conflict precondition_failed too_large unsupported_media_type idempotency_mismatch rate_limited internal unavailable");
    for code in codes {
        let page = server.get(&format!("/problems/{code}")).await;
        assert_eq!(page.status, StatusCode::OK, "{code}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().starts_with("<!DOCTYPE html>") && page.text().contains(code), "{code}");
        assert!(!page.text().contains("<script") && !page.text().contains("<!>"), "{code}");
    }
});

contract!(a_problem_links_to_its_page, async |db| {
    let server = Server::on(db).await;
    let problem = server.get("/api/nowhere").await.json();
    let path = problem["type"].as_str().unwrap().strip_prefix("https://licenses.example.com").unwrap();

    let page = server.get(path).await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("There is nothing at this address."));
});

contract!(an_unknown_problem_has_a_page_that_says_so, async |db| {
    let server = Server::on(db).await;
    for path in ["/problems/no_such_code", "/problems/%3Cscript%3E", "/problems/Seat_Limit"] {
        let page = server.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().contains("href=\"/problems\"") && !page.text().contains("<script"));
    }
});

contract!(a_healthy_server_is_live_and_ready, async |db| {
    let server = Server::on(db).await;
    for path in ["/health/live", "/health/ready"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, r#"{"status":"ok"}"#), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(server.call(Method::HEAD, path).await.status, StatusCode::OK);
        assert_eq!(server.call(Method::POST, path).await.problem().0, 405);
    }
});
