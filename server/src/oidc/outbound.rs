//! Calls to identity providers: only to the configured hosts, over TLS, within five seconds, with responses of at most
//! a mebibyte, and without following redirects.
//!
//! Built on hyper, since `reqwest` has no list of allowed hosts.

use std::{fmt::Display, sync::Arc, time::Duration};

use http::{
    HeaderValue, Request, Response, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT},
};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};

use crate::config::IdentityProvider;

/// Time limit of a call, from the name look-up to the last byte.
const IN_TIME: Duration = Duration::from_secs(5);
/// Maximum size of a response, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Error of a call: it was not allowed, it failed, or its response is unusable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("its documents refer to {0}, which the settings do not allow")]
    NotAllowed(String),
    #[error("it did not answer within {} seconds", IN_TIME.as_secs())]
    Late,
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("its answer is larger than a mebibyte")]
    TooLarge,
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("its answer cannot be read: {0}")]
    Nonsense(String),
}

impl CallError {
    /// Creates an error for an unreadable response. Text from the provider is cut to a line, for the log and the event.
    pub(crate) fn nonsense(what: impl Display) -> Self {
        Self::Nonsense(plain(what))
    }

    /// Returns `true` if the provider is unavailable, so that the same call may succeed later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Late | Self::Unreachable(_) => true,
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Self::NotAllowed(_) | Self::TooLarge | Self::Nonsense(_) => false,
        }
    }
}

/// Makes foreign text safe for a log line: removes control characters, and cuts it at 300 characters.
pub(crate) fn plain(what: impl Display) -> String {
    what.to_string().chars().filter(|c| !c.is_control()).take(300).collect()
}

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
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some of this machine's trusted certificates cannot be read");
        }
        let (_, unread) = roots.add_parsable_certificates(found.certs);
        if unread > 0 || roots.is_empty() {
            tracing::warn!(
                trusted = roots.len(),
                unread,
                "only identity providers with certificates in this machine's store are trusted"
            );
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .inspect_err(|error| tracing::error!(%error, "TLS cannot be set up"))
            .ok()?;
        Some(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
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
        timeout(IN_TIME, self.go(request)).await.unwrap_or(Err(CallError::Late))
    }

    async fn go(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, CallError> {
        let (host, port) = self.place(request.uri())?;
        let unreachable = |error: std::io::Error| CallError::Unreachable(error.to_string());
        let stream = TcpStream::connect((host.as_str(), port)).await.map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        if self.scheme == "http" {
            return send(stream, request).await;
        }
        let name = ServerName::try_from(host).map_err(|error| CallError::NotAllowed(error.to_string()))?;
        let tls = self.tls.as_ref().ok_or_else(|| CallError::Unreachable("TLS cannot be set up".to_owned()))?;
        send(tls.connect(name, stream).await.map_err(unreachable)?, request).await
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

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, CallError> {
    let unreachable = |error: hyper::Error| CallError::Unreachable(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    // Ends when the sender is dropped or the peer closes.
    tokio::spawn(async move { drop(connection.await) });
    let (mut head, body) = request.into_parts();
    let host = head.uri.authority().map(|authority| authority.as_str().to_owned()).unwrap_or_default();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    head.uri = path.parse().map_err(|_| CallError::Nonsense("an address".to_owned()))?;
    head.headers.insert(HOST, HeaderValue::try_from(host).map_err(CallError::nonsense)?);
    head.headers.insert(USER_AGENT, HeaderValue::from_static("Latchkey"));
    let request = Request::from_parts(head, Full::new(Bytes::from(body)));
    let (head, body) = sender.send_request(request).await.map_err(unreachable)?.into_parts();
    let body =
        Limited::new(body, LARGEST).collect().await.map_err(|error| match error.downcast::<LengthLimitError>() {
            Ok(_) => CallError::TooLarge,
            Err(error) => CallError::Unreachable(error.to_string()),
        })?;
    Ok(Response::from_parts(head, body.to_bytes().into()))
}
