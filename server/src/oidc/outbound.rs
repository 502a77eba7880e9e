//! Calls to identity providers: to the hosts that the settings name and no other, over TLS, within five seconds, of at most
//! a mebibyte, and following no redirect.

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

/// How long a call may take, from the look-up of the name to the last byte.
const IN_TIME: Duration = Duration::from_secs(5);
/// The largest answer, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Why a call was not made, or what was answered is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("its documents lead to {0}, which the settings do not allow")]
    NotAllowed(String),
    #[error("it did not answer within {} seconds", IN_TIME.as_secs())]
    Late,
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("it answered more than a mebibyte")]
    TooLarge,
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("it answered what cannot be read: {0}")]
    Nonsense(String),
}

impl CallError {
    /// What cannot be read. A provider may write as much and whatever it likes; the log and the event want a line.
    pub(crate) fn nonsense(what: impl Display) -> Self {
        Self::Nonsense(plain(what))
    }

    /// Whether the provider is away, rather than wrong: the same call may succeed later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Late | Self::Unreachable(_) => true,
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Self::NotAllowed(_) | Self::TooLarge | Self::Nonsense(_) => false,
        }
    }
}

/// What somebody else wrote, as part of a line: no more than 300 characters, and none that controls anything.
pub(crate) fn plain(what: impl Display) -> String {
    what.to_string().chars().filter(|c| !c.is_control()).take(300).collect()
}

/// A way out to one provider's hosts.
#[derive(Clone)]
pub(crate) struct Outbound {
    scheme: String,
    hosts: Arc<[String]>,
    /// Absent where this machine's certificates are of no use.
    tls: Option<TlsConnector>,
}

impl Outbound {
    /// A way out to the hosts of this provider. Certificates are checked against those that this machine trusts.
    pub(crate) fn to(provider: &IdentityProvider, tls: Option<TlsConnector>) -> Self {
        let scheme = provider.issuer.split(':').next().unwrap_or("https").to_owned();
        Self { scheme, hosts: provider.hosts.as_slice().into(), tls }
    }

    /// The certificates that this machine trusts.
    pub(crate) fn trust() -> Option<TlsConnector> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "certificates that this machine trusts cannot be read");
        }
        let (_, unread) = roots.add_parsable_certificates(found.certs);
        if unread > 0 || roots.is_empty() {
            tracing::warn!(trusted = roots.len(), unread, "identity providers with other certificates are not trusted");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .inspect_err(|error| tracing::error!(%error, "TLS cannot be set up"))
            .ok()?;
        Some(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
    }

    /// Whether this address is one that the settings allow, for our own calls and for the browser's.
    pub(crate) fn allows(&self, url: &str) -> bool {
        url.parse::<Uri>().is_ok_and(|uri| self.place(&uri).is_ok())
    }

    /// Reads a JSON document, with a bearer token where there is one.
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

    /// Makes a call.
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

    /// Where a URL leads, if the settings allow it.
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
    // Ends with the sender, or with the other side.
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
