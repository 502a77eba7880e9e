//! An attempt to sign in at a provider, stored sealed in the browser's cookies: valid for ten minutes, and once.
//!
//! Each attempt has its own cookie, so that two tabs do not overwrite each other's.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use licensing::Span;
use serde::{Deserialize, Serialize};
use service::{SealedCookie, Service};
use uuid::Uuid;

use crate::{
    Config,
    web::{
        cookies::{cookies, read_cookie, set_cookie},
        logins::{CurrentLogin, cookie_name},
    },
};

/// Time that a person has at the provider.
pub(crate) const LONGEST: Span = Span::minutes(10);

/// An attempt to sign in, with everything that the callback must match.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// Becomes the id of the upstream session, so that no attempt succeeds twice.
    pub(crate) id: Uuid,
    pub(crate) provider: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    /// PKCE verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    /// Path of our own to return to afterwards.
    pub(crate) to: String,
    pub(crate) began: DateTime<Utc>,
    /// `true` if the person must authenticate again, even if the provider remembers them.
    pub(crate) again: bool,
    /// Account and login to which the identity is to be connected, if a signed-in user requested that.
    #[serde(default)]
    pub(crate) connect: Option<CurrentLogin>,
}

/// Lifetime that deletes a cookie.
const GONE: Option<Span> = Some(Span::seconds(0));

/// Key under which a browser stores the data for signing out at the provider.
pub(crate) const LEAVING: &str = "leaving";
/// Prefix of the keys under which it stores attempts.
const ATTEMPT: &str = "attempt-";
/// Maximum number of attempts that a browser stores, and their maximum total size in bytes: nginx reads at most 8 KiB
/// of a header line, and all cookies share one line.
const MOST: usize = 4;
const LARGEST: usize = 4096;
/// Number of characters of the state that are part of the cookie's name.
const SHORT: usize = 8;

/// Returns `true` if the key is that of an attempt.
pub(crate) fn is_attempt(key: &str) -> bool {
    key.starts_with(ATTEMPT)
}

/// Returns the prefix of the names of all attempts' cookies.
fn prefix(config: &Config) -> String {
    format!("{}-{ATTEMPT}", cookie_name(config))
}

/// Returns the name of the cookie for the attempt with this state, or `None` if the state is not one of ours.
fn cookie_of(config: &Config, state: &str) -> Option<String> {
    let short = state.get(..SHORT)?;
    let plain = short.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    plain.then(|| format!("{}{short}", prefix(config)))
}

/// Stores the attempt in the browser, next to those that it sent. The oldest ones are dropped if there is no room.
pub(crate) fn keep(
    (service, config): (&Service, &Config),
    attempt: &Attempt,
    brought: &HeaderMap,
    headers: &mut HeaderMap,
) -> Result<(), service::Error> {
    let sealed = service.identity().seal_cookie(SealedCookie::Attempt, attempt)?;
    let name = cookie_of(config, &attempt.state)
        .ok_or_else(|| service::Error::Internal("the state cannot name a cookie".to_owned()))?;
    let mut room = LARGEST.saturating_sub(name.len() + sealed.len());
    let began = |value: &str| {
        service.identity().open_cookie::<Attempt>(SealedCookie::Attempt, value).map(|attempt| attempt.began)
    };
    let (prefix, secure) = (prefix(config), config.public_url.is_https());
    let others = cookies(brought).filter(|(other, _)| other.starts_with(&prefix) && *other != name);
    let mut others: Vec<_> = others.map(|(name, value)| (began(value), name, value.len())).collect();
    others.sort_unstable();
    for (n, (began, other, length)) in others.into_iter().rev().enumerate() {
        let size = other.len() + length;
        if n + 1 < MOST && began.is_some() && size <= room {
            room -= size;
        } else {
            // Drops all older attempts too.
            room = 0;
            set_cookie(headers, (other, ""), GONE, secure);
        }
    }
    set_cookie(headers, (&name, &sealed), Some(LONGEST), secure);
    Ok(())
}

/// Returns the attempt with this state that the browser sent.
///
/// # Errors
/// Returns the reason, for the log. Other attempts are not affected.
pub(crate) fn brought(
    (service, config): (&Service, &Config),
    state: Option<&str>,
    headers: &HeaderMap,
) -> Result<Attempt, &'static str> {
    let prefix = prefix(config);
    let any = cookies(headers).any(|(name, value)| {
        name.starts_with(&prefix) && service.identity().open_cookie::<Attempt>(SealedCookie::Attempt, value).is_some()
    });
    if !any {
        return Err("the browser sent no attempt of ours");
    }
    let name = state.and_then(|state| cookie_of(config, state));
    let found =
        name.and_then(|name| service.identity().open_cookie(SealedCookie::Attempt, read_cookie(headers, &name)?));
    found.filter(|found: &Attempt| Some(found.state.as_str()) == state).ok_or("the state does not match")
}

/// Deletes the attempt with this state from the browser.
pub(crate) fn forget(config: &Config, state: &str, headers: &mut HeaderMap) {
    if let Some(name) = cookie_of(config, state) {
        set_cookie(headers, (&name, ""), GONE, config.public_url.is_https());
    }
}

/// Takes the data for signing out at the provider from the browser; it can be used once.
pub(crate) fn take_leaving<T: for<'a> Deserialize<'a>>(
    (service, config): (&Service, &Config),
    brought: &HeaderMap,
    headers: &mut HeaderMap,
) -> Option<T> {
    let name = format!("{}-{LEAVING}", cookie_name(config));
    set_cookie(headers, (&name, ""), GONE, config.public_url.is_https());
    service.identity().open_cookie(SealedCookie::SignOut, read_cookie(brought, &name)?)
}
