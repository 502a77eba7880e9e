//! An attempt to sign in, kept by the browser that makes it: sealed, for ten minutes, and good once.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use licensing::Span;
use serde::{Deserialize, Serialize};
use service::{Keepsake, Service};
use uuid::Uuid;

use crate::{
    Config,
    browser::{Standing, read_cookie},
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

/// A cookie of ours that holds something sealed.
fn cookie(config: &Config, of: Keepsake) -> String {
    let what = match of {
        Keepsake::Attempt => "attempt",
        Keepsake::SignOut => LEAVING,
    };
    format!("{}-{what}", cookie_name(config))
}

/// Has the browser keep this, sealed, for so many seconds. `false` where it is more than a browser would keep.
pub(crate) fn keep(
    (service, config): (&Service, &Config),
    (of, what): (Keepsake, &impl Serialize),
    seconds: u64,
    headers: &mut HeaderMap,
) -> Result<bool, service::Error> {
    let sealed = service.seal_keepsake(of, what)?;
    Ok(set(config, of, &sealed, seconds, headers))
}

/// Has the browser forget it.
pub(crate) fn forget(config: &Config, of: Keepsake, headers: &mut HeaderMap) {
    set(config, of, "", 0, headers);
}

/// What the browser brings back, if it is ours.
pub(crate) fn kept<T: for<'a> Deserialize<'a>>(
    (service, config): (&Service, &Config),
    of: Keepsake,
    headers: &HeaderMap,
) -> Option<T> {
    service.open_keepsake(of, read_cookie(headers, &cookie(config, of))?)
}

fn set(config: &Config, of: Keepsake, value: &str, seconds: u64, headers: &mut HeaderMap) -> bool {
    let secure = if config.public_url.is_https() { "; Secure" } else { "" };
    // Lax: it must come along when the provider sends the browser back (RFC 6265bis §5.6.7.1).
    let whole = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", cookie(config, of));
    // Browsers keep no more than 4,096 bytes of name and value (RFC 6265bis §5.6).
    match HeaderValue::try_from(whole) {
        Ok(header) if header.len() <= 4096 => {
            headers.append(SET_COOKIE, header);
            true
        }
        Ok(_) | Err(_) => false,
    }
}
