//! The pass over the OpenAPI document that adds what follows from general rules, so that no call repeats it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::shared;
use crate::{
    api::{
        key::KEY_PARAMETER,
        problem::{
            Code,
            sets::{OF_ALL, OF_API_TOKENS, OF_BODIES, OF_KEYS, OF_PATCHES, OF_SESSIONS, OF_WRITES},
        },
    },
    routes::{Opens, Route},
};

/// Member of a call that lists its own problem codes, in a list or in lists of lists.
const PROBLEMS: &str = "x-problems";
/// Member of a call that changes nothing although its method is POST, so that it may be repeated without a key.
const ONLY_READS: &str = "x-only-reads";
/// Parameters that many calls have, and the names under which they are described once.
const SHARED: &[(&str, &str)] = &[("sessionId", "SessionId"), (KEY_PARAMETER, "IdempotencyKey"), ("dryRun", "DryRun")];
/// Headers of successful responses, and the names under which they are described.
const HEADERS: &[(&str, &str)] = &[("Latchkey-Decision", "Decision")];

/// Completes the document that was built from the calls.
pub(super) fn finish(document: &mut Value, table: &[Route]) {
    let mut parameters = Map::new();
    for route in table {
        let method = route.method.to_ascii_lowercase();
        let call = document.get_mut("paths").and_then(|paths| paths.get_mut(route.path)?.get_mut(&method));
        if let Some(Value::Object(call)) = call {
            finish_call(call, (route.method, route.opens), &mut parameters);
        }
    }
    tidy(document);
    flatten_choices(document);
    for (member, value) in [("info", shared::info()), ("tags", shared::tags())] {
        set(document, "", member, value);
    }
    for (member, value) in [
        ("parameters", parameters.into()),
        ("headers", shared::headers()),
        ("securitySchemes", shared::security_schemes()),
    ] {
        set(document, "/components", member, value);
    }
    refer_to_items(document);
}

/// Makes the pages of lists refer to the schema of their items, which utoipa repeats in each.
fn refer_to_items(document: &mut Value) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else { return };
    for (name, page) in schemas {
        if let Some((item, items)) = name.strip_prefix("Items_").zip(page.pointer_mut("/properties/items/items")) {
            *items = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
}

/// Sets a member of the object at this place.
pub(super) fn set(document: &mut Value, at: &str, name: &str, value: Value) {
    if let Some(members) = document.pointer_mut(at).and_then(Value::as_object_mut) {
        members.insert(name.to_owned(), value);
    }
}

fn finish_call(call: &mut Map<String, Value>, (method, opens): (&str, Opens), parameters: &mut Map<String, Value>) {
    let security = match opens {
        Opens::Session => json!([{ "token": [] }, { "accessToken": [] }]),
        Opens::ApiToken => json!([{ "apiToken": [] }]),
        Opens::Act(act) => json!([{ "apiToken": [act.name()] }]),
        Opens::Everybody | Opens::Account(_) => json!([]),
    };
    // A call that is open to everybody may still accept a token.
    call.entry("security").or_insert(security);
    let only_reads = call.remove(ONLY_READS).is_some();
    let mut codes = codes(call.remove(PROBLEMS).unwrap_or_default());
    codes.extend(OF_ALL);
    match opens {
        Opens::Session => codes.extend(OF_SESSIONS),
        Opens::ApiToken | Opens::Act(_) => codes.extend(OF_API_TOKENS),
        Opens::Everybody | Opens::Account(_) => {}
    }
    let mut given = call.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    if matches!(opens, Opens::Act(_)) && !given.is_empty() {
        // A filter may name something that does not exist, just as a path may.
        codes.extend([Code::InvalidRequest, Code::NotFound]);
    }
    if matches!(opens, Opens::Act(_)) && method != "GET" {
        codes.extend(OF_WRITES);
        if !only_reads {
            codes.extend(OF_KEYS);
            given.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
    }
    if method == "PATCH" {
        codes.extend(OF_PATCHES);
        given.push(json!({ "name": "If-Match", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "The ETag of the revision that the change is based on." }));
        accept_operations(call);
    }
    if given.iter().any(|it| it["name"] == KEY_PARAMETER) {
        codes.extend(OF_KEYS);
    }
    if let Some(body) = call.get_mut("requestBody") {
        codes.extend(OF_BODIES);
        set_requiredness(body);
    }
    if !given.is_empty() {
        let shared = given.into_iter().map(|parameter| share(parameter, parameters)).collect();
        call.insert("parameters".to_owned(), Value::Array(shared));
    }
    if let Some(Value::Object(responses)) = call.get_mut("responses") {
        for headers in responses.values_mut().filter_map(|response| response.get_mut("headers")) {
            for (name, shared) in HEADERS {
                if let Some(header) = headers.get_mut(name) {
                    *header = json!({ "$ref": format!("#/components/headers/{shared}") });
                }
            }
        }
        add_problems(responses, &codes);
    }
}

/// Returns the codes in a list, or in lists of lists.
fn codes(named: Value) -> Vec<Code> {
    match named {
        Value::Array(all) => all.into_iter().flat_map(codes).collect(),
        Value::String(name) => Code::from_name(&name).into_iter().collect(),
        _ => vec![],
    }
}

/// States that a patch which is sent as plain JSON may also be a list of operations: its shape tells which it is.
fn accept_operations(call: &mut Map<String, Value>) {
    let plain = call.get_mut("requestBody").and_then(|body| body.pointer_mut("/content/application~1json/schema"));
    if let Some(schema) = plain {
        let operations = json!({ "type": "array", "items": { "$ref": "#/components/schemas/PatchOperation" } });
        *schema = json!({ "anyOf": [schema.take(), operations] });
    }
}

/// States if the body is required. An optional one may be absent, but not `null`.
fn set_requiredness(body: &mut Value) {
    let mut required = true;
    let contents = body.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for schema in contents.filter_map(|content| content.get_mut("schema")) {
        let null = json!({ "type": "null" });
        let choices = schema.get("oneOf").and_then(Value::as_array).filter(|choices| choices.contains(&null));
        if let Some(value) = choices.and_then(|choices| choices.iter().find(|choice| **choice != null)).cloned() {
            *schema = value;
            required = false;
        }
    }
    set(body, "", "required", required.into());
}

/// Returns a reference to the parameter if it is one of those that are described once.
fn share(parameter: Value, parameters: &mut Map<String, Value>) -> Value {
    let named = SHARED.iter().find(|(name, _)| parameter.get("name").is_some_and(|it| it == *name));
    let Some((_, name)) = named else { return parameter };
    let known = parameters.entry(*name).or_insert_with(|| parameter.clone());
    if *known == parameter { json!({ "$ref": format!("#/components/parameters/{name}") }) } else { parameter }
}

/// Adds a response per status.
fn add_problems(responses: &mut Map<String, Value>, codes: &[Code]) {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.into_iter().filter(|code| codes.contains(code)) {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
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

/// Flattens the schemas of [`choice`](super::choice): utoipa adds `null` to one that is optional, and a description, as
/// schemas of their own.
fn flatten_choices(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(flatten_choices);
            let parts = ["allOf", "oneOf"].into_iter().find_map(|name| Some((name, members.get(name)?.as_array()?)));
            if let Some((name, [choice, other])) = parts.map(|(name, parts)| (name, parts.as_slice()))
                && let Some(names) = choice.get("enum").and_then(Value::as_array)
            {
                let (names, mut other) = (names.clone(), other.clone());
                let is_optional = name == "oneOf";
                let names = if is_optional { names.into_iter().chain([Value::Null]).collect() } else { names };
                members.remove(name);
                members.append(&mut other.as_object_mut().map(std::mem::take).unwrap_or_default());
                let kind = if is_optional { json!(["string", "null"]) } else { "string".into() };
                members.extend([("type".to_owned(), kind), ("enum".to_owned(), Value::Array(names))]);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(flatten_choices),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Makes one line of each text: descriptions are doc comments, which are broken into lines. Summaries have no full stop.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &mut *member) {
                    ("description", Value::String(text)) => *text = text.replace('\n', " "),
                    ("summary", Value::String(text)) => {
                        *text = text.replace('\n', " ").trim_end_matches('.').to_owned()
                    }
                    _ => tidy(member),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
