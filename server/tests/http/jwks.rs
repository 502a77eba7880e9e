//! `GET /.well-known/jwks.json`.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use licensing::product::Algorithm;
use testing::contract;

use crate::fixture::{Answer, Server};

const KEYS: &str = "/.well-known/jwks.json";

async fn asked_with(server: &Server, tag: &str) -> Answer {
    server.send(Request::get(KEYS).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
}

contract!(the_key_set_has_only_public_members, async |db| {
    let server = Server::on(db).await;
    for algorithm in Algorithm::ALL {
        server.license().algorithm(algorithm).create().await;
    }

    let answer = server.get(KEYS).await;

    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let set = answer.json();
    let mut members: Vec<String> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            let names: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
            format!("{} {} {}: {}", key["kty"], key["alg"], key["use"], names.join(" "))
        })
        .collect();
    members.sort();
    insta::assert_snapshot!(members.join("\n"), @r#"
    "EC" "ES256" "sig": alg crv kid kty use x y
    "OKP" "EdDSA" "sig": alg crv kid kty use x
    "RSA" "RS256" "sig": alg e kid kty n use
    "#);
});

contract!(a_client_that_has_the_key_set_gets_not_modified, async |db| {
    let server = Server::on(db).await;
    let tag = server.get(KEYS).await.header(header::ETAG).to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");

    for same in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = asked_with(&server, &same).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_MODIFIED, 0), "{same}");
        assert_eq!(answer.header(header::ETAG), tag);
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
    }
    assert_eq!(asked_with(&server, "\"other\"").await.status, StatusCode::OK);

    server.license().algorithm(Algorithm::EdDSA).create().await;
    let changed = asked_with(&server, &tag).await;
    assert_eq!(changed.status, StatusCode::OK, "a new key is a new set");
    assert_eq!(changed.json()["keys"].as_array().unwrap().len(), 2);
});

contract!(head_answers_like_get, async |db| {
    let server = Server::on(db).await;
    let (get, head) = (server.get(KEYS).await, server.call(Method::HEAD, KEYS).await);
    assert_eq!((head.status, head.header(header::ETAG)), (get.status, get.header(header::ETAG)));
});
