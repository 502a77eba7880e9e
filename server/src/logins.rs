//! Browser logins: who is signed in, kept by `tower-sessions` in our own database.
//!
//! Nothing is kept before somebody signs in, so that strangers cannot fill the disk.

use std::fmt::Display;

use async_trait::async_trait;
use axum::{extract::Request, middleware::Next, response::Response};
use chrono::{DateTime, Utc};
use http::{
    HeaderValue,
    header::{Entry, SET_COOKIE},
};
use licensing::{Role, Span};
use serde::{Deserialize, Serialize};
use service::Service;
use tower_sessions::{
    SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::OffsetDateTime},
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use crate::{AppState, Config};

/// What a session holds, under this key.
pub(crate) const LOGIN: &str = "login";

/// Who is signed in, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) account: Uuid,
    /// What it has at an identity provider, where the person signed in there.
    #[serde(default)]
    pub(crate) sign_on: Option<Uuid>,
    pub(crate) since: DateTime<Utc>,
    /// When the last click was, to the minute or so.
    pub(crate) seen: DateTime<Utc>,
    /// When the person last proved who they are, if that was after they signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proved: Option<DateTime<Utc>>,
    /// As which role an owner looks at things for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_as: Option<Role>,
    /// From which network address the last click came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// With which browser, as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<String>,
}

impl Login {
    /// When the person last proved who they are.
    pub(crate) fn proved_at(&self) -> DateTime<Utc> {
        self.proved.unwrap_or(self.since)
    }
}

/// How long a login lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasting {
    idle: Span,
    longest: Span,
}

impl Lasting {
    fn end_of(self, login: &Login) -> DateTime<Utc> {
        self.idle.after(login.seen).min(self.longest.after(login.since))
    }
}

mod renewal;

pub(crate) use renewal::{RenewLogin, renew};

/// The name of the login's cookie. `__Host-` makes browsers insist on TLS, on this host, and on the path `/`
/// (RFC 6265bis §4.1.3.2); on this machine alone there is no TLS to insist on.
pub(crate) fn cookie_name(config: &Config) -> &'static str {
    if config.public_url.is_https() { "__Host-latchkey" } else { "latchkey" }
}

/// Reads and writes the login's cookie around every request of the admin app.
pub(crate) fn layer(state: &AppState) -> SessionManagerLayer<Logins> {
    let config = &state.config;
    let lasting = Lasting { idle: config.login_idle, longest: config.login_longest };
    SessionManagerLayer::new(Logins { service: state.service.clone(), lasting })
        .with_name(cookie_name(config))
        .with_secure(config.public_url.is_https())
        .with_same_site(SameSite::Lax)
}

/// Says `Secure` where a cookie of the name `__Host-…` is taken back: browsers ignore the order without it
/// (RFC 6265bis §4.1.3.2), and `tower-sessions` leaves it out.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Entry::Occupied(mut cookies) = response.headers_mut().entry(SET_COOKIE) {
        for cookie in cookies.iter_mut().filter(|cookie| lacks_secure(cookie.as_bytes())) {
            let whole = [cookie.as_bytes(), b"; Secure"].concat();
            if let Ok(whole) = HeaderValue::from_bytes(&whole) {
                *cookie = whole;
            }
        }
    }
    response
}

fn lacks_secure(cookie: &[u8]) -> bool {
    let mut parts = cookie.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    cookie.starts_with(b"__Host-") && !parts.any(|part| part.eq_ignore_ascii_case(b"secure"))
}

/// The keeper of logins.
#[derive(Clone, Debug)]
pub(crate) struct Logins {
    service: Service,
    lasting: Lasting,
}

impl Logins {
    fn row(&self, record: &Record) -> Result<service::Login> {
        let login = record.data.get(LOGIN).cloned().ok_or_else(|| Error::Encode("nobody is signed in".to_owned()))?;
        let login: Login = serde_json::from_value(login).map_err(encode)?;
        Ok(service::Login {
            account_id: Some(login.account),
            sign_on: login.sign_on,
            data: serde_json::to_string(&record.data).map_err(encode)?,
            expires_at: self.lasting.end_of(&login),
            seen_at: Some(login.seen),
            address: login.address,
            agent: login.agent,
        })
    }
}

#[async_trait]
impl SessionStore for Logins {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.service.create_login(&secret(&record.id), &self.row(record)?).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.service.save_login(&secret(&record.id), &self.row(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.service.login(&secret(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.service.end_login(&secret(id)).await.map_err(backend)
    }
}

pub(crate) fn secret(Id(id): &Id) -> [u8; 16] {
    id.to_be_bytes()
}

fn encode(error: impl Display) -> Error {
    Error::Encode(error.to_string())
}

fn backend(error: service::Error) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_cookie_without_secure_lacks_it() {
        assert!(lacks_secure(b"__Host-latchkey=; Path=/; Max-Age=0"));
        assert!(!lacks_secure(b"__Host-latchkey=secure1; HttpOnly; SameSite=Lax; Secure; Path=/"));
        assert!(!lacks_secure(b"latchkey=; Path=/"));
    }

    #[test]
    fn a_login_ends_when_it_is_idle_or_when_its_day_is_over() {
        let lasting = Lasting { idle: Span::minutes(30), longest: Span::hours(8) };
        let at = |minutes| Span::minutes(minutes).after(DateTime::UNIX_EPOCH);
        let login = |seen| Login {
            account: Uuid::nil(),
            sign_on: None,
            since: at(0),
            seen: at(seen),
            proved: None,
            seen_as: None,
            address: None,
            agent: None,
        };
        assert_eq!(lasting.end_of(&login(0)), at(30));
        assert_eq!(lasting.end_of(&login(100)), at(130));
        assert_eq!(lasting.end_of(&login(470)), at(480));
    }
}
