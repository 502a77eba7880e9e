//! The browser that asks: its login, and the little it keeps between two requests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use app::{
    Error, address,
    context::{Browser, Doing},
};
use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};
use service::Clock;
use tower_sessions::{Session, session};
use uuid::Uuid;

use crate::{
    AppState,
    logins::{LOGIN, Login, cookie_name},
};

/// How long a browser keeps something, in seconds.
const KEPT_FOR: u32 = 3600;
/// The longest value that is kept, so that a cookie stays below 4,096 bytes (RFC 6265 §6.1).
const LONGEST: usize = 2048;

/// A browser. What it keeps is kept by itself, in cookies that no script reads: strangers fill no disk of ours, and what
/// comes back is not to be trusted unless it proves itself.
pub(crate) struct OurBrowser {
    session: Session,
    clock: Clock,
    cookie: &'static str,
    secure: bool,
    /// What the request brought, as it stands in the cookies.
    kept: BTreeMap<String, String>,
    /// What this request changes: a value, or nothing where it is forgotten.
    changed: Mutex<BTreeMap<String, Option<String>>>,
}

impl OurBrowser {
    pub(crate) fn new(state: &AppState, session: Session, headers: &HeaderMap) -> Self {
        let cookie = cookie_name(&state.config);
        let kept = cookies(headers)
            .filter_map(|(name, value)| {
                Some((name.strip_prefix(cookie)?.strip_prefix('-')?.to_owned(), value.to_owned()))
            })
            .collect();
        let secure = state.config.public_url.is_https();
        Self { session, clock: state.service.clock().clone(), cookie, secure, kept, changed: Mutex::default() }
    }

    /// Tells the browser what to keep and what to forget.
    pub(crate) fn write_cookies(&self, headers: &mut HeaderMap) {
        for (key, value) in self.changed().iter() {
            let age = if value.is_some() { KEPT_FOR } else { 0 };
            let secure = if self.secure { "; Secure" } else { "" };
            let value = value.as_deref().unwrap_or_default();
            let cookie =
                format!("{}-{key}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}", self.cookie);
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                headers.append(SET_COOKIE, cookie);
            }
        }
    }

    fn changed(&self) -> MutexGuard<'_, BTreeMap<String, Option<String>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_kept(&self, key: &str) -> Option<String> {
        let kept = match self.changed().get(key) {
            Some(changed) => changed.clone(),
            None => self.kept.get(key).cloned(),
        }?;
        form_urlencoded::parse(kept.as_bytes()).next().map(|(value, _)| value.into_owned())
    }

    fn forget(&self, key: &str) {
        self.changed().insert(key.to_owned(), None);
    }
}

impl Browser for OurBrowser {
    fn sign_in(&self, account: Uuid) -> Doing<'_, ()> {
        Box::pin(async move {
            self.kept.keys().for_each(|key| self.forget(key));
            let now = self.clock.now();
            // Not `flush`: after that, a session would be written anew under its old id.
            self.session.clear().await;
            self.session.cycle_id().await.map_err(away)?;
            self.session.insert(LOGIN, Login { account, since: now, seen: now }).await.map_err(away)
        })
    }

    fn sign_out(&self) -> Doing<'_, ()> {
        Box::pin(async move {
            self.kept.keys().for_each(|key| self.forget(key));
            end(&self.session).await.map_err(away)
        })
    }

    fn keep(&self, key: &'static str, value: String) -> Doing<'_, ()> {
        let value = address::escape(&value);
        let fits = value.len() <= LONGEST;
        if fits {
            self.changed().insert(key.to_owned(), Some(value));
        } else {
            tracing::error!(key, "a browser cannot keep this");
        }
        Box::pin(async move { if fits { Ok(()) } else { Err(Error::internal()) } })
    }

    fn kept(&self, key: &'static str) -> Doing<'_, Option<String>> {
        let kept = self.now_kept(key);
        Box::pin(async move { Ok(kept) })
    }

    fn take(&self, key: &'static str) -> Doing<'_, Option<String>> {
        let kept = self.now_kept(key);
        if kept.is_some() {
            self.forget(key);
        }
        Box::pin(async move { Ok(kept) })
    }
}

/// Ends the login, if there is one.
pub(crate) async fn end(session: &Session) -> Result<(), session::Error> {
    match session.id() {
        Some(_) => session.flush().await,
        None => Ok(()),
    }
}

fn away(error: session::Error) -> Error {
    tracing::error!(%error, "a login could not be written");
    Error::Unavailable
}

/// The value of the request's cookie of that name.
pub(crate) fn read_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    cookies(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The request's cookies (RFC 6265 §4.2.1).
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
