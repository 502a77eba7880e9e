//! All connections: accepted up to the limits, and finished when the server stops.
//!
//! Not `axum::serve`: it limits neither the number of connections nor the time until a request's head is complete.

mod body;
mod connection;
mod framing;
mod places;
mod watch;

use std::time::{Duration, Instant};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch::Sender,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::Config;
use connection::Accepted;
use places::{Full, Places};
use watch::Watch;

/// Time for requests in progress once the server stops.
const FINISHING: Duration = Duration::from_secs(10);
/// Pause when the system has no more file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(200);
/// Minimum interval between log lines about exceeded limits.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The connections of this server.
#[derive(Debug)]
pub struct Connections {
    places: Places,
    reserve: Places,
    idle: Duration,
    tasks: JoinSet<()>,
    stopping: Sender<bool>,
    last_logged: Option<Instant>,
}

impl Connections {
    /// Creates the set of connections, with the configured limits.
    pub fn new(config: &Config) -> Self {
        Self {
            places: Places::new(config),
            reserve: Places::reserve(),
            idle: config.idle_timeout,
            tasks: JoinSet::new(),
            stopping: Sender::new(false),
            last_logged: None,
        }
    }

    /// Accepts connections and answers their requests. Never returns.
    pub async fn accept(&mut self, listener: &TcpListener, app: &Router) {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(EXHAUSTED).await;
                    continue;
                }
            };
            while self.tasks.try_join_next().is_some() {}
            let watch = Watch::begin(self.idle);
            let (place, overloaded) = match self.places.take(peer.ip(), &watch) {
                Ok(place) => (place, false),
                Err(full) => {
                    self.log(full, peer);
                    let Ok(place) = self.reserve.take(peer.ip(), &watch) else { continue };
                    (place, true)
                }
            };
            let accepted = Accepted { stream: at_once(stream), peer, watch, overloaded };
            let answering = connection::serve(accepted, app.clone(), self.stopping.subscribe());
            self.tasks.spawn(async move {
                answering.await;
                drop(place);
            });
        }
    }

    /// Logs the setting whose limit is reached, at most every [`LOG_INTERVAL`].
    fn log(&mut self, full: Full, peer: std::net::SocketAddr) {
        if self.last_logged.is_some_and(|last_logged| last_logged.elapsed() < LOG_INTERVAL) {
            return;
        }
        self.last_logged = Some(Instant::now());
        let (setting, limit) = (full.setting(), self.places.limit(full));
        tracing::warn!(%peer, setting, limit, "every connection is in use; new ones are answered with 503");
    }

    /// Finishes the requests in progress, and closes all connections.
    pub async fn finish(&mut self) {
        self.stopping.send_replace(true);
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(FINISHING, finished).await.is_err() {
            tracing::warn!(connections = self.tasks.len(), "some connections did not finish in time and are closed");
            self.tasks.shutdown().await;
        }
    }
}

/// Sets `TCP_NODELAY`: responses are written whole, so the system need not wait for more.
fn at_once(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set on a connection");
    }
    stream
}
