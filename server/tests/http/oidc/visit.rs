//! A user on the way to a provider and back.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{Request, StatusCode, header::ACCEPT},
};
use service::store::{Store, accounts::Account, events::EventFilter};
use store::Paging;

use super::Provider;
use crate::{
    admin::person::{Person, accounts},
    fixture::{Answer, Server},
};

pub(crate) const BEGIN: &str = "/sign-in/oidc/acme";

/// A server with an owner whose users sign in at this provider.
pub(crate) async fn server(store: &Store, provider: &Provider, more: &[(&'static str, &str)]) -> Server {
    let settings = provider.settings();
    let given = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let kept = given.filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let all: Vec<(&str, &str)> = kept.chain(more.iter().copied()).collect();
    let server = Server::with(store, &all).await;
    accounts(&server).await;
    server
}

/// Presses the button. Returns the parameters of the authorization request.
pub(crate) async fn begin(person: &Person<'_>, to: &str) -> HashMap<String, String> {
    let answer = press(person, &format!("{BEGIN}?to={to}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    asked(&answer)
}

/// Follows a link on our own page.
pub(crate) async fn press(person: &Person<'_>, link: &str) -> Answer {
    let request = Request::get(link).header(ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    person.send(request.body(Body::empty()).unwrap()).await
}

/// Follows a link on the page at this address, in a browser that does not send `Sec-Fetch-Site`.
pub(crate) async fn press_from(person: &Person<'_>, page: &str, link: &str) -> Answer {
    let request = Request::get(link).header(ACCEPT, "text/html").header("referer", page);
    person.send(request.body(Body::empty()).unwrap()).await
}

/// The parameters of the authorization request in a redirect.
pub(crate) fn asked(answer: &Answer) -> HashMap<String, String> {
    let (_, query) = answer.header("location").split_once('?').expect("the redirect has parameters");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Returns from the provider with this query.
pub(crate) async fn come_back(person: &Person<'_>, query: &str) -> Answer {
    let request = Request::get(format!("{BEGIN}/callback?{query}"))
        .header(ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site");
    person.send(request.body(Body::empty()).unwrap()).await
}

/// Goes to the provider and returns.
pub(crate) async fn sign_in(person: &Person<'_>, provider: &Provider) -> Answer {
    let asked = begin(person, "/licenses").await;
    come_back(person, &provider.agrees(asked)).await
}

/// The user's account, found by their identity.
pub(crate) async fn account(server: &Server, provider: &Provider) -> Option<Account> {
    let mut reading = server.service.store().read().await.unwrap();
    let identity = reading.on().identity(&provider.issuer, "person-1").await.unwrap()?;
    reading.on().account(identity.account_id).await.unwrap()
}

/// The newest events of this act: subject and reason.
pub(crate) async fn events(server: &Server, act: &str) -> Vec<(String, Option<String>)> {
    let mut reading = server.service.store().read().await.unwrap();
    let filter = EventFilter { kind: Some(act.to_owned()), ..EventFilter::default() };
    let page = reading.on().events(&filter, Paging::First, 100).await.unwrap();
    page.rows.into_iter().map(|event| (event.subject_name, event.reason)).collect()
}

/// Asserts that there is no login and no account, and that the page and the audit log say so.
pub(crate) async fn refused(server: &Server, person: &Person<'_>, provider: &Provider, answer: &Answer) {
    assert!(answer.status.is_client_error() || answer.status.is_server_error(), "{}: {}", answer.status, answer.text());
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().contains("Continue with Acme ID"), "the page must have a way to sign in: {}", answer.text());
    assert_eq!(person.login(), None);
    assert_eq!(person.open("/").await.status, StatusCode::SEE_OTHER);
    assert!(account(server, provider).await.is_none(), "no account");
    let found = events(server, "account.sign_in_").await;
    assert!(!found.is_empty(), "no event");
}
