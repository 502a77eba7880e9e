//! The host that a request names, and the protection against DNS rebinding.
//!
//! A website can point its own name at this server's address and make its visitors' browsers send requests here under
//! that name. Such a name is never an IP address and never `localhost`, so those are safe whatever the public URL is. A
//! reverse proxy that does not forward `Host` usually sends one of them.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, Version, header::HOST, uri::Authority};

use crate::{AppState, config::is_this_machine, http::error_pages::Reader};

/// The host that a request names, in lowercase, without a port. `None` for a request of HTTP/1.0 without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host(Option<String>);

impl Host {
    /// Returns the host of an absolute target, or else of the `Host` header (RFC 9112 §3.2).
    pub(super) fn of(request: &Request) -> Result<Self, &'static str> {
        let mut lines = request.headers().get_all(HOST).iter();
        let line = match (lines.next(), lines.next()) {
            (Some(line), None) => line.to_str().map_err(|_| UNREADABLE)?,
            (Some(_), Some(_)) => return Err("The Host header was sent twice. Send it once."),
            (None, _) if request.version() < Version::HTTP_11 => return Ok(Self(None)),
            (None, _) => return Err("The Host header is missing. HTTP/1.1 requires it."),
        };
        let named: Authority = line.parse().map_err(|_| UNREADABLE)?;
        if line.contains('@') {
            return Err(UNREADABLE);
        }
        let named = request.uri().scheme().and(request.uri().authority()).unwrap_or(&named);
        let host = named.host().to_ascii_lowercase();
        Ok(Self(Some(host.strip_suffix('.').map(str::to_owned).unwrap_or(host))))
    }

    /// Returns `true` if pages may be served under this host.
    fn is_ours(&self, own: &str, further: &[String]) -> bool {
        let Some(host) = self.0.as_deref() else { return false };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == own
            || is_this_machine(host)
            || bare.parse::<IpAddr>().is_ok()
            || further.iter().any(|further| further == host)
    }
}

const UNREADABLE: &str = "The Host header is not a valid host name.";

/// Answers 421 to a request for a page under an unknown host, since cookies and pages belong to the public URL. The
/// activation API, key sets, status lists and health checks use no cookies and do not pass here.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let config = &state.config;
    let host = request.extensions().get::<Host>();
    if host.is_some_and(|host| host.is_ours(config.public_url.host(), &config.allowed_hosts)) {
        return next.run(request).await;
    }
    tracing::warn!(
        ?host,
        "a page was requested under an unknown host: forward the Host header, or add the host to allowed_hosts"
    );
    let message = format!(
        "This server’s pages are at {}. If you came through a proxy, make it forward the Host header, or add this host to the setting allowed_hosts.",
        config.public_url
    );
    Reader::of(&request).write(state.service.keys().issuer(), StatusCode::MISDIRECTED_REQUEST, &message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::Body;

    use super::*;

    fn host(version: Version, uri: &str, hosts: &[&str]) -> Result<Host, &'static str> {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        Host::of(&request.body(Body::empty()).unwrap())
    }

    fn is_ours(name: &str) -> bool {
        let host = host(Version::HTTP_11, "/", &[name]).unwrap();
        host.is_ours("licenses.example.com", &["latchkey.internal".to_owned()])
    }

    #[test]
    fn http_1_1_names_one_host() {
        for hosts in [&[] as &[&str], &["a.example", "a.example"], &[""], &["a b"], &["me@a.example"], &["/"]] {
            assert!(host(Version::HTTP_11, "/", hosts).is_err(), "{hosts:?}");
        }
        assert_eq!(host(Version::HTTP_10, "/", &[]), Ok(Host(None)));
        assert_eq!(host(Version::HTTP_11, "/", &["A.Example.:80"]), Ok(Host(Some("a.example".to_owned()))));
    }

    #[test]
    fn an_absolute_target_names_the_host() {
        let named = host(Version::HTTP_11, "http://b.example/", &["a.example"]);
        assert_eq!(named, Ok(Host(Some("b.example".to_owned()))));
    }

    #[test]
    fn no_name_is_ours_that_a_website_could_point_here() {
        for ours in [
            "licenses.example.com",
            "LICENSES.example.com:8443",
            "latchkey.internal:3000",
            "127.0.0.1:3000",
            "10.1.2.3",
            "[::1]:3000",
            "localhost:3000",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["evil.example", "licenses.example.com.evil.example", "127.0.0.1.nip.io", "xlocalhost"] {
            assert!(!is_ours(other), "{other}");
        }
        assert!(!Host(None).is_ours("licenses.example.com", &[]));
    }
}
