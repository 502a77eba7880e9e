//! Byte-by-byte search for secrets in the database and in the log, where they must not be.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{
    Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{Permission, Role};
use serde_json::{Value, json};
use service::{Actor, NewAccount, NewApiToken, Origin};
use testing::contract;
use tracing_subscriber::fmt::MakeWriter;

use super::person::{PASSWORD, Person, accounts, signed_in};
use crate::fixture::{JWT, Server};

/// The complete log at all levels.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects the log from now on. The flag is `false` if another test in this process already does.
    pub(crate) fn all() -> (Self, bool) {
        let log = Self::default();
        let own = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let begun = own.with_writer(log.clone()).try_init().is_ok();
        (log, begun)
    }

    pub(crate) fn holds(&self, secret: &[u8]) -> bool {
        holds(&self.0.lock().unwrap_or_else(PoisonError::into_inner), secret)
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// Activates under an idempotency key.
async fn under(server: &Server, key: &str, body: &Value) {
    let request = Request::post(JWT).header(CONTENT_TYPE, "application/json").header("Idempotency-Key", key);
    server.send(request.body(body.to_string().into()).unwrap()).await;
}

contract!(no_secret_is_in_the_database_or_in_the_log, async |db| {
    // Tests in one process may share a log, so these secrets are unique to this test.
    let (log, begun) = Log::all();
    let server = Server::on(db).await;
    accounts(&server).await;
    let mut secrets: Vec<(&str, Vec<u8>)> = vec![];
    let mut text = |what, secret: String| secrets.push((what, secret.into_bytes()));

    let issued = server.license().create().await;
    server.activate(&issued, "device-1").await;
    server.activate(&issued.typed("WRONG-CODE-4711-OF-THIS-TEST"), "device-2").await;
    // One key with a repeat and a refusal for other content, one that is used once, and one with a refused call.
    let (key, used, unused) = ("key-of-this-test-90417", "key-of-this-test-55201", "key-of-this-test-67730");
    for (name, device) in [(key, "device-3"), (key, "device-3"), (key, "device-4"), (used, "device-5")] {
        under(&server, name, &issued.asks(device, json!({}))).await;
    }
    under(&server, unused, &issued.typed("WRONG-CODE-4711-OF-THIS-TEST").asks("device-6", json!({}))).await;
    for name in [key, used, unused] {
        text("an Idempotency-Key", name.to_owned());
    }
    text("a code", issued.code.clone());
    text("a code without its dashes", issued.code.replace('-', ""));
    text("a code that nobody has", "WRONG-CODE-4711-OF-THIS-TEST".to_owned());

    let owner = signed_in(&server, Role::Owner).await;
    text("a password", PASSWORD.to_owned());
    text("a password in a form", PASSWORD.replace(' ', "+"));
    text("the cookie of a login", owner.login().unwrap());
    let bytes = owner.login_secret();
    owner.call("/admin/api/own-account/prove", &format!("password={}", PASSWORD.replace(' ', "+"))).await;
    text("the cookie of a renewed login", owner.login().unwrap());
    let wrong = "a wrong password of this test";
    let form = format!("email=owner@example.com&password={}", wrong.replace(' ', "+"));
    Person::at(&server).call("/admin/api/sign-in", &form).await;
    text("a wrong password", wrong.to_owned());

    let command = Actor::command();
    let invited = server.service.accounts().invite("ada@example.com", "viewer", &command).await.unwrap();
    Person::at(&server).open(&format!("/link?token={}", invited.token)).await;
    text("the link of an invitation", invited.token.clone());
    let chosen = "nine grey geese upstairs";
    let form = NewAccount { name: "Ada".to_owned(), password: chosen.to_owned() };
    let ada = server.service.accounts().take_invitation(&invited.token, form, Origin::default()).await.unwrap();
    text("a password that was chosen by a link", chosen.to_owned());
    text("a link for a password", server.service.accounts().link_password(ada.id, &command).await.unwrap());
    text("a link from the host", server.service.accounts().recover_owner(None, &command).await.unwrap().token);

    let form = NewApiToken {
        name: "shop".to_owned(),
        scopes: vec![Permission::See.into()],
        days: 9,
        ..NewApiToken::default()
    };
    let (row, token) = server.service.identity().create_api_token(form, &command).await.unwrap();
    let request = Request::get("/api/v1/admin/whoami").header(AUTHORIZATION, format!("Bearer {}", token.0));
    server.send(request.body(axum::body::Body::empty()).unwrap()).await;
    let rotated = server.service.identity().rotate_api_token(row.id, 1, &command).await.unwrap();
    let mut raw: Vec<(&str, Vec<u8>)> = vec![("the id of a login", bytes.to_vec())];
    for whole in [token.0, rotated.0] {
        let secret = whole.rsplit_once(&format!("{}_", row.id.simple())).unwrap().1.to_owned();
        raw.push(("the bytes of an API token", URL_SAFE_NO_PAD.decode(&secret).unwrap()));
        text("an API token", secret);
    }
    for (what, bytes) in raw {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        secrets.push((what, digits.into_bytes()));
        secrets.push((what, bytes));
    }

    let everything = db.everything().await;
    for (what, secret) in &secrets {
        assert!(!holds(&everything, secret), "{what} is in the database");
        assert!(!log.holds(secret), "{what} is in the log");
    }
    assert!(secrets.len() > 21, "{}", secrets.len());
    assert!(
        holds(&everything, b"ada@example.com") && holds(&everything, b"$argon2id$"),
        "the search must find values that are there"
    );
    assert!(!begun || log.holds(b"/api/v1/admin/whoami"), "the search must find text that is in the log");
});
