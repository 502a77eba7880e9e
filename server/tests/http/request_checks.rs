//! Checks before a request is handled: content types, sizes, methods and paths.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    http::{
        Method, Request,
        header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, WWW_AUTHENTICATE},
    },
};
use serde_json::json;
use testing::contract;

use crate::fixture::{Answer, JWT, LICENSE, Server};

const GOOD: &str = r#"{"activationCode": "ABCDEF", "fingerprint": "x"}"#;

fn posted(name: impl axum::http::header::IntoHeaderName, value: &str) -> Request<Body> {
    let mut request = Request::post(JWT).header(CONTENT_TYPE, "application/json").body(Body::from(GOOD)).unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

contract!(exactly_the_content_types_that_clients_send_are_accepted, async |db| {
    let server = Server::on(db).await;
    for good in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json-patch+json",
        "text/json",
        "application/vnd.latchkey+json",
        "APPLICATION/JSON",
        "application/json-patch+json;charset=UTF-8",
        "application/json; charset=utf-16",
    ] {
        assert_eq!(server.send(posted(CONTENT_TYPE, good)).await.problem().1, "code_not_found", "{good}");
    }
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "text/html",
        "application/octet-stream",
        "json",
        "",
    ] {
        let answer = server.send(posted(CONTENT_TYPE, bad)).await;
        assert_eq!(answer.problem(), (415, "unsupported_media_type".to_owned()), "{bad}");
    }
    let without = Request::post(JWT).body(Body::from(GOOD)).unwrap();
    assert_eq!(server.send(without).await.problem().0, 415);
    for coding in ["gzip", "br", "deflate"] {
        assert_eq!(server.send(posted(CONTENT_ENCODING, coding)).await.problem().0, 415, "{coding}");
    }
});

contract!(a_body_of_16_kib_is_read_and_a_larger_one_is_not, async |db| {
    let server = Server::on(db).await;
    let sized = |bytes: usize| format!("{GOOD}{}", " ".repeat(bytes - GOOD.len()));

    assert_eq!(server.post_text(JWT, sized(16 * 1024)).await.problem().0, 404);
    for path in [JWT, LICENSE] {
        let answer = server.post_text(path, sized(16 * 1024 + 1)).await;
        assert_eq!(answer.problem(), (413, "too_large".to_owned()));
    }

    let pieces = (0..17).map(|_| Ok(Bytes::from(" ".repeat(1024)))).collect();
    assert_eq!(server.post_text(JWT, Body::new(Pieces(pieces))).await.problem(), (413, "too_large".to_owned()));
});

contract!(a_truncated_body_is_refused, async |db| {
    let server = Server::on(db).await;
    let broken = [Ok(Bytes::from(&GOOD[..20])), Err(io::Error::other("the line is dead"))];

    let answer = server.post_text(JWT, Body::new(Pieces(broken.into()))).await;

    assert_eq!(answer.bad_fields(), ["body"]);
    assert!(!answer.text().contains("dead"));
});

/// A body in pieces, without an announced length.
struct Pieces(VecDeque<Result<Bytes, io::Error>>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(hyper::body::Frame::data)))
    }
}

contract!(other_methods_are_refused_with_the_allowed_one, async |db| {
    let server = Server::on(db).await;
    let all = [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE];
    for path in [JWT, LICENSE] {
        for method in all.clone() {
            let answer = server.call(method.clone(), path).await;
            assert_eq!((answer.status.as_u16(), answer.header(ALLOW)), (405, "POST"), "{method} {path}");
            if method != Method::HEAD {
                assert_eq!(answer.problem().1, "method_not_allowed");
            }
        }
    }
    let answer = server.call(Method::POST, "/.well-known/jwks.json").await;
    assert_eq!((answer.problem().0, answer.header(ALLOW)), (405, "GET,HEAD"));
});

contract!(head_activates_nothing, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let body = Body::from(license.asks("device-1", json!({})).to_string());
    let head = Request::head(JWT).header(CONTENT_TYPE, "application/json").body(body).unwrap();

    assert_eq!(server.send(head).await.status.as_u16(), 405);

    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
});

contract!(every_other_path_of_the_api_is_a_problem_too, async |db| {
    let server = Server::on(db).await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/activations",
        "/api/v1/activations/jwt/",
        "/api/v2/activations/jwt",
        "/api/v1/activations/JWT/renew/now",
        "/api/v1/activations/%6Awt/",
        "/api/%ff",
        "/api/v1//activations",
        "/api/v1/../v1",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = server.call(method, path).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
        }
    }
});

contract!(a_bearer_token_must_be_valid_if_sent, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let token = server.activate(&license, "device-1").await.json().as_str().unwrap().to_owned();

    for bad in ["Bearer nonsense", "bearer", "BEARER x.y.z", &format!("Bearer {token}")] {
        let answer = server.send(posted(AUTHORIZATION, bad)).await;
        assert_eq!(answer.problem(), (401, "invalid_token".to_owned()));
        assert_eq!(answer.header(WWW_AUTHENTICATE), "Bearer error=\"invalid_token\"");
    }
    for other in ["Basic YTpi", "Bearers x"] {
        assert_eq!(server.send(posted(AUTHORIZATION, other)).await.problem().1, "code_not_found", "{other}");
    }
});

contract!(a_client_that_accepts_only_json_gets_the_same_problem_as_json, async |db| {
    let server = Server::on(db).await;
    let asked = async |accept: &str| -> Answer { server.send(posted(ACCEPT, accept)).await };

    let plain = asked("application/json").await;
    let problem = asked("application/json, */*").await;

    assert_eq!(plain.header(CONTENT_TYPE), "application/json");
    assert_eq!(problem.problem().1, "code_not_found");
    assert_eq!(plain.snapshot(), problem.snapshot());
});

contract!(extra_slashes_are_tolerated, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    for path in ["//api/v1/activations/jwt", "/api//v1/activations///jwt"] {
        server.post(path, &license.asks("device-1", json!({}))).await.token();
    }
    let page = server.get("//sign-in?to=//x").await;
    assert_eq!((page.status.as_u16(), page.header("location")), (308, "/sign-in?to=//x"));
});

contract!(an_unknown_path_is_a_problem_for_programs_with_any_method, async |db| {
    let server = Server::on(db).await;
    for path in ["/api/v2/x", "/v1/activations/jwt", "/activations", "/apiv1"] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let answer = server.call(method.clone(), path).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{method} {path}");
        }
    }
});

contract!(a_foreign_write_to_a_page_is_a_problem_for_programs, async |db| {
    let server = Server::on(db).await;
    assert_eq!(server.call(Method::POST, "/sign-in").await.problem(), (403, "not_permitted".to_owned()));
});

contract!(pages_are_served_only_under_allowed_hosts, async |db| {
    let settings = [("LATCHKEY_ALLOWED_HOSTS", "latchkey.internal"), ("LATCHKEY_RATE_LIMITS", "off")];
    let server = Server::with(db, &settings).await;
    let asked = async |path: &str, host: &str| {
        server
            .send(Request::get(path).header(HOST, host).header(ACCEPT, "text/html").body(Body::empty()).unwrap())
            .await
    };
    for host in ["licenses.example.com", "licenses.example.com:443", "127.0.0.1:3000", "localhost", "latchkey.internal"]
    {
        assert_eq!(asked("/sign-in", host).await.status.as_u16(), 200, "{host}");
    }
    for host in ["evil.example", "latchkey", "127.0.0.1.evil.example"] {
        let page = asked("/sign-in", host).await;
        assert_eq!(page.status.as_u16(), 421, "{host}");
        assert!(page.text().contains("https://licenses.example.com") && page.text().contains("allowed_hosts"));
        for path in ["/health/live", "/.well-known/jwks.json", "/api/openapi.json", "/problems"] {
            assert_eq!(asked(path, host).await.status.as_u16(), 200, "{host} {path}");
        }
        let license = server.license().create().await;
        let body = Body::from(license.asks("device-1", json!({})).to_string());
        let request = Request::post(JWT).header(HOST, host).header(CONTENT_TYPE, "application/json").body(body);
        server.send(request.unwrap()).await.token();
    }
});
