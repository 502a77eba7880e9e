//! An attempt to sign in, kept by the browser that makes it: sealed, for ten minutes, and good once.
//!
//! Each attempt has a cookie of its own, so that two tabs at the provider do not overwrite each other's.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use licensing::Span;
use serde::{Deserialize, Serialize};
use service::{Keepsake, Service};
use uuid::Uuid;

use crate::{
    Config,
    browser::{Standing, cookies, read_cookie},
    logins::cookie_name,
};

/// How long a person may take at the provider.
pub(crate) const LONGEST: Span = Span::minutes(10);

/// An attempt to sign in. Everything that the way back must prove.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// Becomes the id of the sign-on, so that no attempt succeeds twice.
    pub(crate) id: Uuid,
    pub(crate) provider: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    /// Where one wanted to go: a path of our own.
    pub(crate) to: String,
    pub(crate) began: DateTime<Utc>,
    /// Whether the person must prove themselves again, even if the provider remembers them.
    pub(crate) again: bool,
    /// Whose account the identity is to be connected to, where somebody who is signed in wants that.
    #[serde(default)]
    pub(crate) connect: Option<Standing>,
}

/// The key under which a browser keeps where it signs out.
pub(crate) const LEAVING: &str = "leaving";
/// The beginning of the keys under which it keeps attempts.
const ATTEMPT: &str = "attempt-";
/// The most attempts that a browser keeps, and the most bytes that they take up together: nginx reads no more than 8 KiB of a
/// header line, and all cookies are one.
const MOST: usize = 4;
const LARGEST: usize = 4096;
/// The number of characters of the state that tell its cookie from others.
const SHORT: usize = 8;

/// Whether a browser keeps an attempt under this key.
pub(crate) fn is_attempt(key: &str) -> bool {
    key.starts_with(ATTEMPT)
}

/// The beginning of the name of every attempt's cookie.
fn prefix(config: &Config) -> String {
    format!("{}-{ATTEMPT}", cookie_name(config))
}

/// The name of the cookie of the attempt with this state. `None` where the state is none of ours.
fn cookie_of(config: &Config, state: &str) -> Option<String> {
    let short = state.get(..SHORT)?;
    let plain = short.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    plain.then(|| format!("{}{short}", prefix(config)))
}

/// Has the browser keep the attempt beside those that it brings. The oldest ones make room for it.
pub(crate) fn keep(
    (service, config): (&Service, &Config),
    attempt: &Attempt,
    brought: &HeaderMap,
    headers: &mut HeaderMap,
) -> Result<(), service::Error> {
    let sealed = service.seal_keepsake(Keepsake::Attempt, attempt)?;
    let name =
        cookie_of(config, &attempt.state).ok_or_else(|| service::Error::Internal("a state of no use".to_owned()))?;
    let mut room = LARGEST.saturating_sub(name.len() + sealed.len());
    let began = |value: &str| service.open_keepsake::<Attempt>(Keepsake::Attempt, value).map(|attempt| attempt.began);
    let prefix = prefix(config);
    let others = cookies(brought).filter(|(other, _)| other.starts_with(&prefix) && *other != name);
    let mut others: Vec<_> = others.map(|(name, value)| (began(value), name, value.len())).collect();
    others.sort_unstable();
    for (n, (began, other, length)) in others.into_iter().rev().enumerate() {
        let size = other.len() + length;
        if n + 1 < MOST && began.is_some() && size <= room {
            room -= size;
        } else {
            // What is older goes, too.
            room = 0;
            set(config, (other, ""), 0, headers);
        }
    }
    set(config, (&name, &sealed), LONGEST.as_seconds(), headers);
    Ok(())
}

/// The attempt with this state, which the browser brings.
///
/// # Errors
/// The reason, for the log. Other attempts are not touched by that.
pub(crate) fn brought(
    (service, config): (&Service, &Config),
    state: Option<&str>,
    headers: &HeaderMap,
) -> Result<Attempt, &'static str> {
    let prefix = prefix(config);
    let any = cookies(headers).any(|(name, value)| {
        name.starts_with(&prefix) && service.open_keepsake::<Attempt>(Keepsake::Attempt, value).is_some()
    });
    if !any {
        return Err("the browser brings no attempt of ours");
    }
    let name = state.and_then(|state| cookie_of(config, state));
    let found = name.and_then(|name| service.open_keepsake(Keepsake::Attempt, read_cookie(headers, &name)?));
    found.filter(|found: &Attempt| Some(found.state.as_str()) == state).ok_or("the state is another one")
}

/// Has the browser forget the attempt with this state.
pub(crate) fn forget(config: &Config, state: &str, headers: &mut HeaderMap) {
    if let Some(name) = cookie_of(config, state) {
        set(config, (&name, ""), 0, headers);
    }
}

/// Takes along what the browser keeps for signing out at the provider: it is good once.
pub(crate) fn take_leaving<T: for<'a> Deserialize<'a>>(
    (service, config): (&Service, &Config),
    brought: &HeaderMap,
    headers: &mut HeaderMap,
) -> Option<T> {
    let name = format!("{}-{LEAVING}", cookie_name(config));
    set(config, (&name, ""), 0, headers);
    service.open_keepsake(Keepsake::SignOut, read_cookie(brought, &name)?)
}

fn set(config: &Config, (name, value): (&str, &str), seconds: u64, headers: &mut HeaderMap) {
    let secure = if config.public_url.is_https() { "; Secure" } else { "" };
    // Lax: it must come along when the provider sends the browser back (RFC 6265bis §5.6.7.1).
    let whole = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(header) = HeaderValue::try_from(whole) {
        headers.append(SET_COOKIE, header);
    }
}
