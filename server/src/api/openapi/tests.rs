#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{ALLOW, HOST},
    },
};
use serde_json::Value;
use service::{Clock, SealingKey, Service};
use testing::{Database, Engine};
use tower::ServiceExt;

use super::with_server;
use crate::{
    AppState, Config,
    api::{DOCUMENT, problem::Code},
    config::Sources,
};

fn documented() -> Value {
    with_server(DOCUMENT.clone(), "https://licenses.example.com")
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().unwrap().iter()
}

/// Yields the calls of a path, by method.
fn calls(address: &Value) -> impl Iterator<Item = (&String, &Value)> {
    members(address).filter(|(name, _)| *name != "parameters")
}

#[tokio::test]
async fn the_router_answers_the_documented_methods_and_no_others() {
    let document = documented();
    let db = Database::new(Engine::Sqlite).await;
    let key = SealingKey::generate().unwrap();
    let service = Service::open(db.clone(), &key, Clock::system(), "https://example.com".to_owned()).await.unwrap();
    let config = Config::read(Sources { file: None, variables: vec![] }).unwrap();
    let router = crate::router(AppState::new(service, config));
    for (address, item) in members(&document["paths"]) {
        // Any value will do for a path parameter.
        let uri = address.replace(['{', '}'], "");
        let request =
            Request::builder().method("LATCH").uri(&uri).header(HOST, "example.com").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{address}");
        let allowed = answer.headers()[ALLOW].to_str().unwrap().to_ascii_lowercase();
        let allowed: BTreeSet<_> = allowed.split(',').filter(|method| *method != "head").collect();
        let documented: BTreeSet<_> = calls(item).map(|(method, _)| method.as_str()).collect();
        assert_eq!(documented, allowed, "{address}");
    }
}

#[test]
fn the_document_names_every_problem_and_no_other() {
    let document = documented();
    let codes: Vec<_> = document["components"]["schemas"]["ProblemCode"]["enum"].as_array().unwrap().iter().collect();
    assert_eq!(codes, Code::ALL.map(Code::name));

    let mut named = BTreeSet::from(["method_not_allowed"]);
    for (address, item) in members(&document["paths"]) {
        for (method, call) in calls(item) {
            assert!(call.get("x-problems").is_none(), "{method} {address}");
            for response in members(&call["responses"]).map(|(_, response)| response) {
                let schema = &response["content"]["application/problem+json"]["schema"];
                let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array().into_iter().flatten();
                named.extend(codes.map(|code| Code::from_name(code.as_str().unwrap()).unwrap().name()));
            }
        }
    }
    assert_eq!(named, Code::ALL.map(Code::name).into());
}

#[test]
fn every_reference_resolves() {
    fn follow(value: &Value, document: &Value, seen: &mut usize) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    *seen += 1;
                    assert!(document.pointer(to.strip_prefix('#').unwrap()).is_some(), "{to} does not resolve");
                }
                members.values().for_each(|value| follow(value, document, seen));
            }
            Value::Array(list) => list.iter().for_each(|value| follow(value, document, seen)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let (document, mut seen) = (documented(), 0);
    follow(&document, &document, &mut seen);
    assert!(seen > 50, "{seen}");
}
