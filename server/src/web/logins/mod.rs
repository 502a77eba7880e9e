//! Browser logins: stored by `tower-sessions` in our own database.
//!
//! Nothing is stored before a user signs in, so strangers cannot fill the disk.

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

/// Key of the [`Login`] in a session.
pub(crate) const LOGIN: &str = "login";

/// A signed-in account, and the state of its login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) account: Uuid,
    /// Id of the upstream session, if the person signed in at an identity provider.
    #[serde(default)]
    pub(crate) upstream_session: Option<Uuid>,
    pub(crate) since: DateTime<Utc>,
    /// Time of the last request, to about a minute.
    pub(crate) seen: DateTime<Utc>,
    /// Time of the last fresh proof, if there was one after signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proved: Option<DateTime<Utc>>,
    /// Role as which an owner temporarily views the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_as: Option<Role>,
    /// Network address of the last request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// User agent of the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<String>,
}

impl Login {
    /// Returns the time of the last fresh proof; signing in counts as one.
    pub(crate) fn proved_at(&self) -> DateTime<Utc> {
        self.proved.unwrap_or(self.since)
    }
}

/// The signed-in account and its login. Stays the same for the whole login, even when the login's secret is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CurrentLogin {
    pub(crate) account: Uuid,
    pub(crate) login: Uuid,
}

/// Lifetime of logins.
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

/// Returns the name of the login's cookie. With the prefix `__Host-`, browsers require TLS, this host and the path `/`
/// (RFC 6265bis §4.1.3.2). A server for this machine only has no TLS, and so no prefix.
pub(crate) fn cookie_name(config: &Config) -> &'static str {
    if config.public_url.is_https() { "__Host-latchkey" } else { "latchkey" }
}

/// Returns the layer that reads and writes the login's cookie around every request of the admin app.
pub(crate) fn layer(state: &AppState) -> SessionManagerLayer<Logins> {
    let config = &state.config;
    let lasting = Lasting { idle: config.login_idle, longest: config.login_longest };
    SessionManagerLayer::new(Logins { service: state.service.clone(), lasting })
        .with_name(cookie_name(config))
        .with_secure(config.public_url.is_https())
        .with_same_site(SameSite::Lax)
}

/// Adds `Secure` to headers that delete a `__Host-…` cookie: browsers ignore them without it (RFC 6265bis §4.1.3.2),
/// and `tower-sessions` omits it.
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

/// Session store in our database.
#[derive(Clone, Debug)]
pub(crate) struct Logins {
    service: Service,
    lasting: Lasting,
}

impl Logins {
    fn row(&self, record: &Record) -> Result<service::Login> {
        let login =
            record.data.get(LOGIN).cloned().ok_or_else(|| Error::Encode("the session has no login".to_owned()))?;
        let login: Login = serde_json::from_value(login).map_err(encode)?;
        Ok(service::Login {
            account_id: Some(login.account),
            upstream_session: login.upstream_session,
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
        self.service.identity().create_login(&secret(&record.id), &self.row(record)?).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.service.identity().save_login(&secret(&record.id), &self.row(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.service.identity().login(&secret(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.service.identity().end_login(&secret(id)).await.map_err(backend)
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
            upstream_session: None,
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
