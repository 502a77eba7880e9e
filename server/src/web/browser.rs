//! The browser behind a request: its login, and the little state that it keeps between requests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use app::{
    Error,
    http::context::{Browser, Doing, Visitor},
};
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use licensing::{Role, Span};
use service::{DEVICE_KNOWN_FOR, SealedCookie};
use tower_sessions::{
    Session,
    session::{self, Id},
};
use uuid::Uuid;

use crate::{
    AppState, oidc,
    web::{
        asking::{Asking, see},
        cookies::{cookies, read_cookie, set_cookie},
        logins::{CurrentLogin, LOGIN, Login, RenewLogin, cookie_name, secret},
    },
};

/// Lifetime of a value in the browser.
const KEPT_FOR: Span = Span::hours(1);
/// Maximum length of a sealed value, so that the cookie stays below 4,096 bytes (RFC 6265 §6.1).
const LONGEST: usize = 3840;
/// Key of the cookie that identifies a browser, independent of the account signed in there.
pub(crate) const DEVICE: &str = "device";

/// A browser. Its state lives in cookies that no script can read: so strangers cannot fill our disk, and returned
/// values are trusted only after their seal is checked.
pub(crate) struct OurBrowser {
    state: AppState,
    session: Session,
    asking: Asking,
    renew: RenewLogin,
    /// The session id in the request's cookie, valid or not.
    carried: Option<Id>,
    /// The login, as far as this request knows.
    login: Mutex<Option<Login>>,
    refused: Mutex<Vec<&'static str>>,
    cookie: &'static str,
    secure: bool,
    /// The cookies that the request sent, still sealed.
    kept: BTreeMap<String, String>,
    /// The id that identifies this browser, if it has one. Signing in and out leaves it unchanged.
    device: Option<String>,
    /// The changes that this request makes: a new value, or `None` to delete it.
    changed: Mutex<BTreeMap<String, Option<String>>>,
}

impl OurBrowser {
    pub(crate) fn new(
        state: &AppState,
        session: Session,
        headers: &HeaderMap,
        (login, asking, renew): (Option<Login>, Asking, RenewLogin),
    ) -> Self {
        let cookie = cookie_name(&state.config);
        let mut kept: BTreeMap<String, String> = cookies(headers)
            .filter_map(|(name, value)| {
                Some((name.strip_prefix(cookie)?.strip_prefix('-')?.to_owned(), value.to_owned()))
            })
            .collect();
        let device = kept.remove(DEVICE);
        Self {
            state: state.clone(),
            session,
            asking,
            renew,
            carried: read_cookie(headers, cookie).and_then(|value| value.parse().ok()),
            login: Mutex::new(login),
            refused: Mutex::default(),
            cookie,
            secure: state.config.public_url.is_https(),
            kept,
            device,
            changed: Mutex::default(),
        }
    }

    /// Returns the acts that this request was refused because of the role.
    pub(crate) fn refused(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn login(&self) -> Option<Login> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stores the login in the session, and for the rest of this request.
    async fn put(&self, login: Login) -> Result<(), Error> {
        self.session.insert(LOGIN, login.clone()).await.map_err(away)?;
        *self.login.lock().unwrap_or_else(PoisonError::into_inner) = Some(login);
        Ok(())
    }

    /// Adds the `Set-Cookie` headers for all changes.
    pub(crate) fn write_cookies(&self, headers: &mut HeaderMap) {
        for (key, value) in self.changed().iter() {
            let age = match (value, key.as_str()) {
                (None, _) => Span::seconds(0),
                (Some(_), DEVICE) => DEVICE_KNOWN_FOR,
                (Some(_), _) => KEPT_FOR,
            };
            let name = format!("{}-{key}", self.cookie);
            set_cookie(headers, (&name, value.as_deref().unwrap_or_default()), Some(age), self.secure);
        }
    }

    fn changed(&self) -> MutexGuard<'_, BTreeMap<String, Option<String>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_kept(&self, key: &str) -> Option<String> {
        let sealed = match self.changed().get(key) {
            Some(changed) => changed.clone(),
            None => self.kept.get(key).cloned(),
        }?;
        let (of, value): (String, String) = self.state.service.identity().open_cookie(SealedCookie::Kept, &sealed)?;
        (of == key).then_some(value)
    }

    /// Signs the account in under a new id, linked to its upstream session if the person signed in at an identity
    /// provider.
    pub(crate) async fn come_in(&self, account: Uuid, upstream_session: Option<Uuid>) -> Result<(), Error> {
        // Attempts are kept, since another tab may still be at the provider.
        self.kept.keys().filter(|key| !oidc::is_attempt(key)).for_each(|key| self.forget(key));
        let now = self.state.service.clock().now();
        // Not `flush`: after that, the session would be stored again under its old id.
        self.session.clear().await;
        self.session.cycle_id().await.map_err(away)?;
        let device = self.state.service.identity().know_device(account)?;
        self.changed().insert(DEVICE.to_owned(), Some(device));
        let Asking { address, agent, .. } = self.asking.clone();
        self.put(Login {
            account,
            upstream_session,
            since: now,
            seen: now,
            proved: None,
            seen_as: None,
            address,
            agent,
        })
        .await
    }

    /// Returns the signed-in account and its login, or `None`.
    pub(crate) async fn current_login(&self) -> Result<Option<CurrentLogin>, Error> {
        let Some(account) = self.login().map(|login| login.account) else { return Ok(None) };
        Ok(self.login_id().await?.map(|login| CurrentLogin { account, login }))
    }

    /// Prepares signing out at the provider as well, and returns the URL where that continues.
    async fn leave(&self, upstream_session: Uuid) -> Option<&'static str> {
        let leaving = oidc::leaving(&self.state, upstream_session).await?;
        let sealed = self.state.service.identity().seal_cookie(SealedCookie::SignOut, &leaving).ok()?;
        self.changed().insert(oidc::LEAVING.to_owned(), Some(sealed));
        Some(oidc::LEAVE)
    }

    fn forget(&self, key: &str) {
        self.changed().insert(key.to_owned(), None);
    }
}

impl Browser for OurBrowser {
    fn sign_in(&self, account: Uuid) -> Doing<'_, ()> {
        Box::pin(self.come_in(account, None))
    }

    fn visitor(&self) -> Doing<'_, Visitor> {
        Box::pin(async move {
            let seen = see(&self.state, self.login().as_ref(), &self.asking).await;
            seen.map(|(visitor, _)| visitor).map_err(Error::from)
        })
    }

    fn login_id(&self) -> Doing<'_, Option<Uuid>> {
        Box::pin(async move {
            let Some(id) = self.session.id() else { return Ok(None) };
            Ok(self.state.service.identity().login_id(&secret(&id)).await?)
        })
    }

    fn proved_at(&self) -> Option<DateTime<Utc>> {
        self.login().map(|login| login.proved_at())
    }

    fn prove(&self) -> Doing<'_, ()> {
        Box::pin(async move {
            let Some(login) = self.login() else { return Err(Error::SignInNeeded) };
            self.renew.ask();
            self.put(Login { proved: Some(self.state.service.clock().now()), ..login }).await
        })
    }

    fn view_as(&self, role: Option<Role>) -> Doing<'_, ()> {
        Box::pin(async move {
            let Some(login) = self.login() else { return Err(Error::SignInNeeded) };
            self.renew.ask();
            self.put(Login { seen_as: role, ..login }).await
        })
    }

    fn record_refused(&self, act: &'static str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(act);
    }

    fn sign_out(&self) -> Doing<'_, Option<&'static str>> {
        Box::pin(async move {
            self.kept.keys().for_each(|key| self.forget(key));
            let login = self.login.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(id) = self.carried {
                // If another request is renewing this login, the cookie may hold the previous id. That id grants no
                // access any more, but still ends the login.
                self.state.service.identity().sign_out(&secret(&id), self.asking.origin()).await?;
            }
            end(&self.session).await.map_err(away)?;
            let Some(upstream_session) = login.and_then(|login| login.upstream_session) else { return Ok(None) };
            Ok(self.leave(upstream_session).await)
        })
    }

    fn keep(&self, key: &'static str, value: String) -> Doing<'_, ()> {
        // Sealed, since it may be a token and cookies are stored on disk. The key is sealed too, so that no value can
        // replace another.
        let sealed = self.state.service.identity().seal_cookie(SealedCookie::Kept, &(key, value));
        let sealed = sealed.ok().filter(|sealed| sealed.len() <= LONGEST);
        let fits = sealed.is_some();
        if fits {
            self.changed().insert(key.to_owned(), sealed);
        } else {
            tracing::error!(key, "a value does not fit into a cookie");
        }
        Box::pin(async move { if fits { Ok(()) } else { Err(Error::internal()) } })
    }

    fn known_device(&self) -> Option<String> {
        self.device.clone()
    }

    fn is_secure(&self) -> bool {
        self.secure
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
    tracing::error!(%error, "a login could not be stored");
    Error::Unavailable
}
