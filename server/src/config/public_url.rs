//! The URL at which people and devices reach the server.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use url::Url;

use PublicUrlError::NotAnOrigin;

/// An origin (RFC 6454 §4) as browsers write it: scheme, host, and the port unless it is the scheme's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Error of [`PublicUrl::read`]. Each message ends a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not an http or https URL, or more than scheme, host and port.
    #[error("give scheme and host, and no path, as in https://licenses.example.com")]
    NotAnOrigin,
    /// Plain HTTP to another machine: passwords and codes would cross the network unencrypted.
    #[error(
        "plain http is accepted only for this machine (localhost, 127.0.0.1, [::1]): use https:// and a proxy with TLS"
    )]
    PlainHttp,
}

impl PublicUrl {
    /// Parses a URL that an operator configured.
    ///
    /// # Errors
    /// Returns an error if it is not an origin, or uses plain HTTP for another machine.
    pub fn read(text: &str) -> Result<Self, PublicUrlError> {
        let is_url = |text: &str| {
            let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
            // Characters that a URL parser would repair or silently drop.
            let repaired = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
            scheme.is_some_and(|scheme| ["http", "https"].contains(&scheme.as_str())) && !text.contains(repaired)
        };
        // Parsing also turns a host such as `bücher.example` into the form used in DNS and tokens,
        // `xn--bcher-kva.example` (UTS 46).
        let url: Url = Some(text).filter(|text| is_url(text)).and_then(|text| text.parse().ok()).ok_or(NotAnOrigin)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let Some(host) = url.host_str().filter(|_| bare && !text.contains('@')) else { return Err(NotAnOrigin) };
        if url.scheme() == "http" && !is_this_machine(host) {
            return Err(PublicUrlError::PlainHttp);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// Returns the URL for a loopback address; `None` for other addresses.
    pub(super) fn of(listen: SocketAddr) -> Option<Self> {
        Self::read(&format!("http://{listen}")).ok()
    }

    /// Returns the URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host in lowercase, without a port. An IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, authority)| authority);
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        }
    }

    /// Returns `true` if browsers use TLS to reach the server.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns `true` if the name always refers to this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
