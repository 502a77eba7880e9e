//! All connections: accepted while there are places, and finished when the server stops.

use std::time::{Duration, Instant};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    connection::{self, Accepted},
    places::{Full, Places},
    watch::Watch,
};
use crate::Config;

/// How long begun requests get once the server stops.
const FINISHING: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more files to give.
const EXHAUSTED: Duration = Duration::from_millis(200);
/// How often the log may say that there is no place.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// The connections of this server.
#[derive(Debug)]
pub struct Connections {
    places: Places,
    reserve: Places,
    idle: Duration,
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
    said: Option<Instant>,
}

impl Connections {
    /// No connection yet, and as many places as the settings allow.
    pub fn new(config: &Config) -> Self {
        Self {
            places: Places::new(config),
            reserve: Places::reserve(),
            idle: config.idle_timeout,
            tasks: JoinSet::new(),
            stopping: watch::Sender::new(false),
            said: None,
        }
    }

    /// Accepts connections and answers them. Never ends by itself.
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
                    self.say(full, peer);
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

    /// Names the setting that leaves no place, once in a while.
    fn say(&mut self, full: Full, peer: std::net::SocketAddr) {
        if self.said.is_some_and(|said| said.elapsed() < SAID_EVERY) {
            return;
        }
        self.said = Some(Instant::now());
        let (setting, limit) = (full.setting(), self.places.limit(full));
        tracing::warn!(%peer, setting, limit, "every connection is in use: new ones are answered with 503");
    }

    /// Finishes what was begun, and closes the rest.
    pub async fn finish(&mut self) {
        self.stopping.send_replace(true);
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(FINISHING, finished).await.is_err() {
            tracing::warn!(connections = self.tasks.len(), "these did not finish in time and are closed");
            self.tasks.shutdown().await;
        }
    }
}

/// Answers are written whole: the system need not wait for more.
fn at_once(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection does not take TCP_NODELAY");
    }
    stream
}
