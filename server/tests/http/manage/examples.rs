//! The examples of `docs/management.md` and `docs/webhooks.md`: each works, and there is one of every call.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Request, header::AUTHORIZATION},
};
use serde_json::{Value, json};
use server::{
    access_table::ACCESS_TABLE,
    routes::{Opens, Route},
};
use testing::contract;

use super::api::Api;
use crate::fixture::{Answer, JWT, Server};

const DOCUMENTS: [&str; 2] =
    [include_str!("../../../../docs/management.md"), include_str!("../../../../docs/webhooks.md")];

/// A `curl` command of the documents.
#[derive(Debug)]
struct Example {
    method: String,
    /// Path and query, with names of things such as `LICENSE`.
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Example {
    fn read(command: &str) -> Self {
        let words = shlex::split(command).unwrap_or_else(|| panic!("no shell reads {command}"));
        let mut example = Self { method: "GET".to_owned(), path: String::new(), headers: vec![], body: None };
        let (mut words, mut method) = (words.into_iter().skip(1), None);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} has no value: {command}"));
            match word.as_str() {
                "-X" => method = Some(value()),
                "-o" => drop(value()),
                "-d" => {
                    example.body = Some(value());
                    example.method = "POST".to_owned();
                }
                "-H" => {
                    if let Some((name, value)) = value().split_once(": ") {
                        example.headers.push((name.to_owned(), value.to_owned()));
                    }
                }
                _ => example.path = word,
            }
        }
        example.method = method.unwrap_or(example.method);
        for (variable, path) in [
            ("$LATCHKEY", "/api/v1/admin"),
            ("$PROVISION", "/api/v1/provision/admin"),
            ("$WEBHOOKS", "/api/v1/webhooks/admin"),
        ] {
            example.path = example.path.replace(variable, path);
        }
        example
    }

    /// Returns `true` if the example calls the route.
    fn calls(&self, route: &Route) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        let same = |(wanted, given): (&str, &str)| wanted == given || wanted.starts_with('{');
        route.method == self.method
            && route.path.split('/').count() == path.split('/').count()
            && route.path.split('/').zip(path.split('/')).all(same)
    }
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for text in DOCUMENTS {
        for block in text.split("```sh\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default().replace("\\\n", " ");
            let commands = block.split("\ncurl ").skip(usize::from(!block.starts_with("curl ")));
            examples.extend(commands.map(|command| {
                let command = command.split("\n\n").next().unwrap_or_default();
                let command: Vec<_> = command.lines().take_while(|line| !line.starts_with('#')).collect();
                Example::read(&format!("curl {}", command.join("\n").trim_start_matches("curl ")))
            }));
        }
    }
    examples
}

#[test]
fn every_call_of_programs_has_an_example() {
    let examples = examples();
    let opens_an_act = |route: &&Route| matches!(route.opens, Opens::Act(_));
    let without: BTreeSet<_> = ACCESS_TABLE
        .iter()
        .filter(opens_an_act)
        .filter(|route| !examples.iter().any(|example| example.calls(route)))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert!(without.is_empty(), "{without:#?}");
    for example in &examples {
        assert!(ACCESS_TABLE.iter().any(|route| example.calls(route)), "no such call: {example:?}");
    }
}

/// Calls that the state of these objects does not allow: no seat was transferred, no item has failed, and no receiver answers
/// the challenge. They are answered 409.
const NOT_POSSIBLE: [&str; 3] = ["/reset-transfers", "/resume", "/verify"];

contract!(every_example_works, async |db| {
    let server = Server::on(db).await;
    let world = World::new(&server).await;
    let mut failed = Vec::new();
    for example in examples() {
        let answer = world.send(&example).await;
        let is_not_possible = NOT_POSSIBLE.iter().any(|path| example.path.ends_with(path));
        let works = answer.status.is_success() || (is_not_possible && answer.problem() == (409, "conflict".to_owned()));
        if !works {
            failed.push(format!("{} {} was answered {}", example.method, example.path, answer.text()));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
});

/// A vendor whose product and policy the examples name.
struct World<'a> {
    api: Api<'a>,
    server: &'a Server,
    product: String,
    policy: String,
}

impl<'a> World<'a> {
    async fn new(server: &'a Server) -> Self {
        let api = Api::of(server).await;
        let product = id(&api.post("/products", json!({ "code": "drift-pro", "name": "Drift Pro" })).await);
        let body = json!({ "product": product, "name": "Studio", "terms": { "validity": { "fromIssue": "P365D" } } });
        let policy = id(&api.post("/policies", body).await);
        Self { api, server, product, policy }
    }

    /// Sends an example about things that were just created.
    async fn send(&self, example: &Example) -> Answer {
        let mut names = BTreeMap::from([("PRODUCT", self.product.clone()), ("POLICY", self.policy.clone())]);
        let names_any = |names: &[&str]| {
            let body = example.body.as_deref().unwrap_or_default();
            names.iter().any(|name| example.path.contains(name) || body.contains(name))
        };
        let (mut license, mut activation) = (String::new(), String::new());
        if names_any(&["LICENSE", "ACTIVATION", "BLOCK", "DECISION", "EVENT", "…"]) {
            let made = json!({ "policy": self.policy, "customer": "Ada" });
            let made = self.api.post("/licenses", made).await.json();
            license = text(&made, "id");
            names.extend([("LICENSE", license.clone()), ("…", text(&made, "code"))]);
        }
        if names_any(&["ACTIVATION", "DECISION"]) {
            let device = json!({ "activationCode": names["…"], "fingerprint": "a" });
            activation = self.server.post(JWT, &device).await.token().claims["sid"].as_str().unwrap().to_owned();
            names.insert("ACTIVATION", activation.clone());
        }
        self.prepare(example, &license, &activation, &mut names).await;
        if (example.method.as_str(), example.path.as_str()) == ("POST", "/api/v1/admin/products") {
            names.insert("drift-pro", "another".to_owned());
        }

        let resolved = |text: &str| names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
        let mut request = Request::builder().method(example.method.as_str()).uri(resolved(&example.path));
        for (name, value) in &example.headers {
            request = request.header(name, value);
        }
        request = request.header(AUTHORIZATION, format!("Bearer {}", self.api.token()));
        let body = example.body.as_deref().map_or_else(Body::empty, |body| Body::from(resolved(body)));
        let answer = self.server.send(request.body(body).unwrap()).await;
        if example.path.contains("/lifecycle") || example.path.contains("/status") {
            let offered = json!({ "lifecycle": "active", "reason": "For the next examples." });
            assert_eq!(self.api.put("/products/drift-pro/lifecycle", offered).await.status, 200);
        }
        answer
    }

    /// Creates what an example names, and brings it into the state that the example needs.
    async fn prepare(&self, example: &Example, license: &str, activation: &str, names: &mut BTreeMap<&str, String>) {
        let reason = || json!({ "reason": "For the example." });
        let Self { api, server, product, policy } = self;
        let path = example.path.as_str();
        let first = async |path: String| text(&api.get(&path).await.json()["items"][0], "id");
        match path {
            _ if path.contains("/DECISION") => {
                names.insert("DECISION", first(format!("/decisions?license={license}")).await);
            }
            _ if path.contains("/EVENT") => {
                names.insert("EVENT", first(format!("/events?license={license}")).await);
            }
            _ if path.contains("/BLOCK") => {
                let body = json!({ "fingerprint": "b", "license": license, "reason": "Stolen." });
                names.insert("BLOCK", id(&api.post("/blocks", body).await));
            }
            _ if path.contains("/JOB") => {
                let job = id(&api.post("/licenses/batch", json!({ "policy": policy, "count": 1 })).await);
                if path.contains("/result") {
                    while server.service.jobs().run_some().await.unwrap() {}
                }
                names.insert("JOB", job);
            }
            _ if path.contains("/licenses/bulk") => while server.service.jobs().run_some().await.unwrap() {},
            _ if path.contains("/KID") => {
                let next_key_signs = async || {
                    server.clock.advance(601);
                    server.service.keys().refresh_keys().await.unwrap();
                };
                next_key_signs().await;
                let rotated = api.post("/keys/rotate", json!({ "product": product })).await.json();
                next_key_signs().await;
                names.insert("KID", text(&rotated, "kid"));
            }
            _ if path.contains("/WEBHOOK") => {
                let body = json!({ "url": "https://shop.example.com/hook", "eventTypes": ["license.*"] });
                let made = id(&api.post("/api/v1/webhooks/admin/subscriptions", body).await);
                let own = format!("/api/v1/webhooks/admin/subscriptions/{made}");
                if path.ends_with("/DELIVERY") {
                    let challenge = api.get(&format!("{own}/deliveries")).await.json();
                    names.insert("DELIVERY", text(&challenge["items"][0], "id"));
                } else if path.ends_with("/replay") || path.ends_with("/test-fire") {
                    api.post(&format!("{own}/vouch"), reason()).await;
                }
                names.insert("WEBHOOK", made);
            }
            _ if path.ends_with("/provision/admin/assets/products") => {
                api.patch("/products/drift-pro", json!({ "name": "Drift Pro" })).await;
            }
            _ if path.ends_with("/reinstate") => {
                drop(api.post(&format!("/licenses/{license}/suspend"), reason()).await)
            }
            _ if path.ends_with("/undo") => drop(api.post(&format!("/activations/{activation}/free"), reason()).await),
            _ if path.ends_with("/authorized/remove") => {
                let body = json!({ "devices": [{ "fingerprint": "a" }] });
                api.post(&format!("/licenses/{license}/authorized"), body).await;
            }
            _ => {}
        }
    }
}

fn text(of: &Value, member: &str) -> String {
    of[member].as_str().unwrap_or_else(|| panic!("no {member}: {of}")).to_owned()
}

fn id(answer: &Answer) -> String {
    text(&answer.json(), "id")
}
