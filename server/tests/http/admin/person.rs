//! A user at a browser that keeps its cookies.

use std::{cell::RefCell, collections::BTreeMap};

use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE},
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use licensing::Role;
use service::{
    NewOwner, Origin,
    store::{Store, accounts::Account},
};
use uuid::Uuid;

use crate::fixture::{Answer, Server};

pub(crate) const PASSWORD: &str = "five owls on a fence";
pub(crate) const OWN: &str = "https://licenses.example.com";

/// A browser without script.
pub(crate) struct Person<'a> {
    server: &'a Server,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Person<'a> {
    /// A new browser without cookies.
    pub(crate) fn at(server: &'a Server) -> Self {
        Self { server, cookies: RefCell::default() }
    }

    /// A second browser with a copy of the cookies.
    pub(crate) fn copied(&self) -> Self {
        Self { server: self.server, cookies: self.cookies.clone() }
    }

    pub(crate) fn login(&self) -> Option<String> {
        self.cookies.borrow().get("__Host-latchkey").cloned()
    }

    /// Copies a cookie from another browser.
    pub(crate) fn take_cookie(&self, from: &Self, name: &str) {
        let value = from.cookies.borrow()[name].clone();
        self.cookies.borrow_mut().insert(name.to_owned(), value);
    }

    /// The bytes of the login cookie, as the server sees them.
    pub(crate) fn login_secret(&self) -> [u8; 16] {
        let cookie = self.login().unwrap();
        let mut bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(cookie).unwrap().try_into().unwrap();
        bytes.reverse();
        bytes
    }

    /// The value of the cookie with this name.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Names of the cookies of authorization attempts at a provider.
    pub(crate) fn attempts(&self) -> Vec<String> {
        let cookies = self.cookies.borrow();
        cookies.keys().filter(|name| name.starts_with("__Host-latchkey-attempt-")).cloned().collect()
    }

    /// Name of the cookie of the only attempt.
    pub(crate) fn attempt(&self) -> String {
        let mut attempts = self.attempts();
        assert_eq!(attempts.len(), 1);
        attempts.remove(0)
    }

    /// Sets a cookie; an empty value removes it.
    pub(crate) fn plant(&self, name: &str, value: &str) {
        if value.is_empty() {
            self.cookies.borrow_mut().remove(name);
        } else {
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) async fn open(&self, page: &str) -> Answer {
        self.send(Request::get(page).header(ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Calls a server function, as the script does.
    pub(crate) async fn call(&self, function: &str, form: &str) -> Answer {
        self.post(function, form, "application/json").await
    }

    /// Submits a form of this page without script.
    pub(crate) async fn submit(&self, page: &str, form: &str) -> Answer {
        self.post(page, form, "text/html").await
    }

    async fn post(&self, path: &str, form: &str, accept: &str) -> Answer {
        let request = Request::post(path)
            .header(ACCEPT, accept)
            .header(ORIGIN, OWN)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Answer {
        let form = format!("_action=/admin/api/sign-in&_form=sign-in&email={email}&password={PASSWORD}&to=/");
        self.submit("/sign-in", &form.replace(' ', "+")).await
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let pairs: Vec<String> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !pairs.is_empty() {
            request.headers_mut().insert(COOKIE, pairs.join("; ").parse().unwrap());
        }
        let answer = self.server.send(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if name.starts_with("__Host-") && !cookie.contains("; Secure") {
                continue; // like browsers (RFC 6265bis §4.1.3.2)
            }
            if cookie.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// Creates an account of every role, `owner@example.com` and so on, each with [`PASSWORD`].
pub(crate) async fn accounts(server: &Server) {
    let service = &server.service;
    let token = service.accounts().new_setup_link().await.unwrap().expect("there is no owner yet");
    let owner = NewOwner {
        name: "Olga Owner".to_owned(),
        email: "owner@example.com".to_owned(),
        password: PASSWORD.to_owned(),
        provider_name: "Acme Audio".to_owned(),
        provider_email: String::new(),
    };
    let owner = service.accounts().set_up(&token, owner, Origin::default()).await.unwrap();
    let owner = service.store().read().await.unwrap().on().account(owner.id).await.unwrap().unwrap();
    let mut tx = service.store().begin().await.unwrap();
    for role in [Role::Viewer, Role::Support, Role::Admin] {
        let (id, email) = (Uuid::from_u128(role as u128 + 1), address(role));
        tx.insert_account(&Account { id, role, email, ..owner.clone() }).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Creates an account without a password that nobody has signed in with yet.
pub(crate) async fn unused_account(store: &Store, email: &str, role: Role) -> Uuid {
    let account = Account {
        id: Uuid::from_u128(77),
        name: "Invited".to_owned(),
        email: email.to_owned(),
        role,
        password_hash: None,
        failures: 0,
        failed_at: None,
        disabled_at: None,
        created_at: DateTime::UNIX_EPOCH,
        revision: 1,
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_account(&account).await.unwrap();
    tx.commit().await.unwrap();
    account.id
}

pub(crate) fn address(role: Role) -> String {
    format!("{}@example.com", role.name())
}

/// A user with this role, signed in.
pub(crate) async fn signed_in(server: &Server, role: Role) -> Person<'_> {
    let person = Person::at(server);
    let answer = person.sign_in(&address(role)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    person
}
