//! `GET /api/openapi.json`: the public API as an OpenAPI 3.1 document.
//!
//! The document is written by hand in `openapi/document.json`. Each call lists its problem codes in `x-problems`; their
//! statuses and the closed list of all codes are filled in from [`Code`], and the server's address from the settings.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use service::Service;

use super::problem::{Code, Problem};

const DOCUMENT: &str = include_str!("document.json");
/// Member of a call that lists its problem codes.
const PROBLEMS: &str = "x-problems";

/// Answers the OpenAPI document.
pub(super) async fn openapi(State(service): State<Service>) -> Result<Response, Problem> {
    let document = document(service.keys().issuer()).map_err(|_| Problem::from(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Json(document).into_response())
}

fn document(server: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(DOCUMENT)?;
    let mut set = |at: &str, name: &str, value: Value| {
        if let Some(members) = document.pointer_mut(at).and_then(Value::as_object_mut) {
            members.insert(name.to_owned(), value);
        }
    };
    set("", "servers", json!([{ "url": server }]));
    set("/info", "version", env!("CARGO_PKG_VERSION").into());
    set("/components/schemas/ProblemCode", "enum", Code::ALL.map(Code::name).as_slice().into());
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    let calls = paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    calls.filter_map(Value::as_object_mut).for_each(tell_problems);
    Ok(document)
}

/// Replaces the codes that the call lists by a response per status.
fn tell_problems(call: &mut Map<String, Value>) {
    let Some(Value::Array(names)) = call.remove(PROBLEMS) else { return };
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in names.iter().filter_map(Value::as_str).filter_map(Code::from_name) {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    let Some(Value::Object(responses)) = call.get_mut("responses") else { return };
    for (status, codes) in by_status {
        responses.insert(status.to_string(), response(&codes));
    }
}

fn response(codes: &[Code]) -> Value {
    let titles: Vec<_> = codes.iter().map(|code| code.title()).collect();
    let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
    let schema = json!({
        "allOf": [{ "$ref": "#/components/schemas/Problem" }, { "properties": { "code": { "enum": names } } }],
    });
    let mut headers = Map::new();
    if codes.iter().any(|code| matches!(code, Code::RateLimited | Code::Unavailable | Code::IdempotencyConflict)) {
        headers.insert("Retry-After".to_owned(), json!({ "$ref": "#/components/headers/RetryAfter" }));
    }
    if codes.contains(&Code::RateLimited) {
        headers.insert("RateLimit-Policy".to_owned(), json!({ "$ref": "#/components/headers/RateLimitPolicy" }));
        headers.insert("RateLimit".to_owned(), json!({ "$ref": "#/components/headers/RateLimit" }));
    }
    json!({
        "description": titles.join(". ") + ".",
        "headers": headers,
        "content": { "application/problem+json": { "schema": schema } },
    })
}

#[cfg(test)]
mod tests;
