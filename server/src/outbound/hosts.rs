//! Calls to identity providers: only to the configured hosts, over TLS, within five seconds, with responses of at most
//! a mebibyte, and without following redirects.
//!
//! Built on hyper, since `reqwest` has no list of allowed hosts.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderValue, Request, Response, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION},
};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{
    exchange::{CallError, Largest, exchange, plain},
    trust::trust,
};
use crate::config::IdentityProvider;

/// Time limit of a call, from the name look-up to the last byte.
const IN_TIME: Duration = Duration::from_secs(5);
/// Maximum size of a response, in bytes.
const LARGEST: Largest = Largest::Refused(1024 * 1024);

/// Client for the hosts of one provider.
#[derive(Clone)]
pub(crate) struct Outbound {
    scheme: String,
    hosts: Arc<[String]>,
    /// `None` if TLS cannot be set up on this machine.
    tls: Option<TlsConnector>,
}

impl Outbound {
    /// Creates a client for the hosts of this provider. `tls` holds the certificates to trust.
    pub(crate) fn to(provider: &IdentityProvider, tls: Option<TlsConnector>) -> Self {
        let scheme = provider.issuer.split(':').next().unwrap_or("https").to_owned();
        Self { scheme, hosts: provider.hosts.as_slice().into(), tls }
    }

    /// Returns a TLS client that trusts this machine's certificates.
    pub(crate) fn trust() -> Option<TlsConnector> {
        trust()
    }

    /// Returns `true` if the settings allow this URL, for our own calls and for the browser.
    pub(crate) fn allows(&self, url: &str) -> bool {
        url.parse::<Uri>().is_ok_and(|uri| self.place(&uri).is_ok())
    }

    /// Fetches a JSON document, with a bearer token if one is given.
    pub(crate) async fn json(&self, url: &str, bearer: Option<&str>) -> Result<Value, CallError> {
        let mut request = Request::get(url).header(ACCEPT, "application/json");
        if let Some(bearer) = bearer {
            let mut value = HeaderValue::try_from(format!("Bearer {bearer}")).map_err(CallError::nonsense)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Vec::new()).map_err(CallError::nonsense)?;
        let answer = self.call(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(CallError::Status(answer.status()));
        }
        serde_json::from_slice(answer.body()).map_err(CallError::nonsense)
    }

    /// Sends a request, within the time limit.
    pub(crate) async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, CallError> {
        timeout(IN_TIME, self.go(request)).await.unwrap_or(Err(CallError::Late(IN_TIME)))
    }

    async fn go(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, CallError> {
        let (host, port) = self.place(request.uri())?;
        let unreachable = |error: std::io::Error| CallError::Unreachable(error.to_string());
        let stream = TcpStream::connect((host.as_str(), port)).await.map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        if self.scheme == "http" {
            return exchange(stream, request, LARGEST).await;
        }
        let name = ServerName::try_from(host).map_err(|error| CallError::NotAllowed(error.to_string()))?;
        let tls = self.tls.as_ref().ok_or_else(|| CallError::Unreachable("TLS cannot be set up".to_owned()))?;
        exchange(tls.connect(name, stream).await.map_err(unreachable)?, request, LARGEST).await
    }

    /// Returns the host and port of a URL, if the settings allow them.
    fn place(&self, uri: &Uri) -> Result<(String, u16), CallError> {
        let forbidden = || CallError::NotAllowed(plain(uri.authority().map_or("nowhere", |host| host.as_str())));
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(forbidden)?;
        if uri.scheme_str() != Some(self.scheme.as_str()) {
            return Err(forbidden());
        }
        let host = authority.host().to_ascii_lowercase();
        let (port, own) = match self.scheme.as_str() {
            "http" => (authority.port_u16().unwrap_or(80), 80),
            _ => (authority.port_u16().unwrap_or(443), 443),
        };
        let named = |allowed: &String| *allowed == format!("{host}:{port}") || (port == own && *allowed == host);
        if !self.hosts.iter().any(named) {
            return Err(forbidden());
        }
        Ok((host.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
    }
}
