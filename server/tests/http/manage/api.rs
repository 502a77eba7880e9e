//! A program with an API token.

use axum::{
    body::Body,
    http::{
        Request,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use licensing::{Act, Permission, Scope};
use serde_json::{Value, json};
use service::{
    Actor, NewApiToken,
    store::{
        Paging,
        events::{Event, EventFilter},
    },
};
use uuid::Uuid;

use crate::fixture::{Answer, Server};

/// A program that calls the management API of a server.
pub(crate) struct Api<'a> {
    pub(crate) server: &'a Server,
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

impl<'a> Api<'a> {
    /// A program that may do everything.
    pub(crate) async fn of(server: &'a Server) -> Self {
        let scopes = Permission::ALL.into_iter().map(Scope::from).chain(Act::ALL.iter().copied().map(Scope::from));
        Self::with(server, scopes.collect(), vec![]).await
    }

    /// A program with these scopes, limited to these products.
    pub(crate) async fn with(server: &'a Server, scopes: Vec<Scope>, products: Vec<Uuid>) -> Self {
        let form = NewApiToken { name: "Webshop".to_owned(), scopes, products, days: 300, ..NewApiToken::default() };
        let (row, token) = server.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
        Self { server, id: row.id, token: token.0 }
    }

    /// The API token.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(body), &[]).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(body), &[]).await
    }

    /// Calls a path below `/api/v1/admin`, or a whole one, with these headers.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1/admin{path}") };
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.server.send(request.body(body).unwrap()).await
    }

    /// A product, a policy and a license, created through the API. Returns their ids and the code.
    pub(crate) async fn license(&self, code: &str) -> (String, String, String, String) {
        let product = self.post("/products", json!({ "code": code, "name": "Drift Pro" })).await.json();
        let product = product["id"].as_str().unwrap().to_owned();
        let policy = self.post("/policies", json!({ "product": product, "name": "Studio" })).await.json();
        let policy = policy["id"].as_str().unwrap().to_owned();
        let made = self.post("/licenses", json!({ "policy": policy, "customer": "Ingrid Solberg" })).await.json();
        let (id, code) = (made["id"].as_str().unwrap().to_owned(), made["code"].as_str().unwrap().to_owned());
        (product, policy, id, code)
    }

    /// Number of events in the audit log.
    pub(crate) async fn count_events(&self) -> usize {
        self.events(None).await.len()
    }

    /// The events with this act, newest first.
    pub(crate) async fn events(&self, act: Option<&str>) -> Vec<Event> {
        let filter = EventFilter { kind: act.map(str::to_owned), ..EventFilter::default() };
        let mut reading = self.server.service.store().read().await.unwrap();
        reading.on().events(&filter, Paging::First, 1_500).await.unwrap().rows
    }
}

/// The members of errors, by their pointers.
pub(crate) fn pointers(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(), (400, "invalid_request".to_owned()), "{}", answer.text());
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap().iter();
    let mut pointers: Vec<_> = errors
        .map(|error| error["pointer"].as_str().unwrap_or_else(|| error["field"].as_str().unwrap()).to_owned())
        .collect();
    pointers.sort();
    pointers
}
