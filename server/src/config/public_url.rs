//! Where people and devices reach the server.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use http::Uri;

/// An origin (RFC 6454 §4), as browsers write it: scheme, host, and port unless it is the scheme's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Why a text is no public URL. Each ends a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not a URL of a web server, or more than scheme, host and port.
    #[error("give scheme and host, and no path, as in https://licenses.example.com")]
    NotAnOrigin,
    /// Plain HTTP to another machine: passwords and codes would cross the network in clear.
    #[error("plain http is for this machine alone (localhost, 127.0.0.1, [::1]): use https:// and a proxy with TLS")]
    PlainHttp,
}

impl PublicUrl {
    /// Reads a URL that an operator gave.
    ///
    /// # Errors
    /// Which of the two rules it breaks.
    pub fn read(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.parse().map_err(|_| PublicUrlError::NotAnOrigin)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(PublicUrlError::NotAnOrigin);
        };
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
        let own_port = match scheme {
            "https" if bare => 443,
            "http" if bare => 80,
            _ => return Err(PublicUrlError::NotAnOrigin),
        };
        let host = authority.host().to_ascii_lowercase();
        if scheme == "http" && !is_this_machine(&host) {
            return Err(PublicUrlError::PlainHttp);
        }
        let port = authority.port_u16().filter(|port| *port != own_port);
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        Ok(Self(format!("{scheme}://{host}{port}")))
    }

    /// The URL of an address that only this machine reaches.
    pub(super) fn of(listen: SocketAddr) -> Option<Self> {
        Self::read(&format!("http://{listen}")).ok()
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach the server by TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether only this machine answers to that name.
pub(super) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
