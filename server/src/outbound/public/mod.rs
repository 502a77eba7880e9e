//! Calls to addresses that users typed. Only the public internet is called, and the networks that the settings name: a call
//! must reach neither this machine nor its neighbors.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::future::BoxFuture;
use http::{Request, Response};
use licensing::{Network, network::is_global};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{
    exchange::{Largest, exchange, plain},
    trust::trust,
};

/// Time limit of a call, from the name look-up to the last byte.
const IN_TIME: Duration = Duration::from_secs(15);
/// Time limit for connecting to one of several addresses.
const CONNECT: Duration = Duration::from_secs(5);
/// Size at which the reading of a response ends, in bytes.
const LARGEST: Largest = Largest::Cut(16 * 1024);

/// Error of a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    /// The address leads to a network that is not allowed.
    #[error("{0}")]
    NotAllowed(String),
    /// There was no answer.
    #[error("{0}")]
    Failed(String),
}

/// Looks up the addresses of a name.
type Resolve = Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Client for any address of the public internet. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PublicClient {
    /// `true` if addresses without TLS are called, too.
    plain_http: bool,
    /// Networks that are called although they are not public.
    networks: Arc<[Network]>,
    resolve: Resolve,
    /// Set up at the first call with TLS.
    tls: Arc<OnceLock<Option<TlsConnector>>>,
    in_time: Duration,
}

impl fmt::Debug for PublicClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicClient").field("plain_http", &self.plain_http).finish_non_exhaustive()
    }
}

impl PublicClient {
    pub(crate) fn new(plain_http: bool, networks: &[Network]) -> Self {
        let resolve: Resolve = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), port)).await?.collect()) })
        });
        Self { plain_http, networks: networks.into(), resolve, tls: Arc::default(), in_time: IN_TIME }
    }

    /// Sends a request, within the time limit. A response of any status is a success.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, SendError> {
        let late = || SendError::Failed(format!("There was no answer within {} seconds.", self.in_time.as_secs()));
        timeout(self.in_time, self.go(request)).await.unwrap_or_else(|_| Err(late()))
    }

    async fn go(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, SendError> {
        let uri = request.uri();
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_plain = match uri.scheme_str() {
            Some("https") => false,
            Some("http") if self.plain_http => true,
            _ => return Err(SendError::NotAllowed("Only https addresses are called.".to_owned())),
        };
        let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let addresses = self.allowed(&host, port).await?;
        let stream = connect(&addresses).await?;
        if is_plain {
            return exchange(stream, request, LARGEST).await.map_err(failed);
        }
        let name = ServerName::try_from(host).map_err(failed)?;
        let tls = self.tls.get_or_init(trust).as_ref();
        let tls = tls.ok_or_else(|| SendError::Failed("TLS cannot be set up on this server.".to_owned()))?;
        let stream = tls.connect(name, stream).await;
        let stream = stream.map_err(|error| SendError::Failed(format!("TLS failed: {}.", plain(error))))?;
        exchange(stream, request, LARGEST).await.map_err(failed)
    }

    /// Looks a name up, once, and returns its addresses if every one is allowed. The connection goes to one of these, so
    /// that a second answer with other addresses changes nothing.
    async fn allowed(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, SendError> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                let unknown =
                    |error| SendError::Failed(format!("The name {host} cannot be resolved: {}.", plain(error)));
                (self.resolve)(host.to_owned(), port).await.map_err(unknown)?
            }
        };
        if addresses.is_empty() {
            return Err(SendError::Failed(format!("The name {host} has no address.")));
        }
        match addresses.iter().map(SocketAddr::ip).find(|address| !self.allows(*address)) {
            Some(address) => Err(SendError::NotAllowed(format!(
                "{host} leads to {address}, which is not an address of the public internet. The setting webhook_networks \
                 allows exceptions."
            ))),
            None => Ok(addresses),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        is_global(address) || self.networks.iter().any(|network| network.holds(address))
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, SendError> {
    let mut last = SendError::Failed("There is no address to connect to.".to_owned());
    for address in addresses {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).map_err(failed)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = SendError::Failed(format!("{address} cannot be reached: {}.", plain(error))),
            Err(_) => last = SendError::Failed(format!("{address} does not accept connections.")),
        }
    }
    Err(last)
}

fn failed(error: impl fmt::Display) -> SendError {
    SendError::Failed(format!("There was no usable answer: {}.", plain(error)))
}

#[cfg(test)]
mod tests;
