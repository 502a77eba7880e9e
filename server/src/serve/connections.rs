//! All connections: accepted while there are places, and finished when the server stops.

use std::time::Duration;

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{caps::Caps, connection};
use crate::Config;

/// How long begun requests get once the server stops.
const FINISHING: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more files to give.
const EXHAUSTED: Duration = Duration::from_millis(200);

/// The connections of this server.
#[derive(Debug)]
pub(super) struct Connections {
    caps: Caps,
    idle: Duration,
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
}

impl Connections {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            caps: Caps::new(config),
            idle: config.idle_timeout,
            tasks: JoinSet::new(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Accepts connections and answers them. Never ends by itself.
    pub(super) async fn accept(&mut self, listener: &TcpListener, app: &Router) {
        while let Some(one_of_all) = self.caps.one_of_all().await {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(EXHAUSTED).await;
                    continue;
                }
            };
            while self.tasks.try_join_next().is_some() {}
            let Some(place) = self.caps.place(peer.ip()) else {
                tracing::warn!(%peer, "too many connections from there: one was closed");
                continue;
            };
            let answering =
                connection::serve((at_once(stream), peer), app.clone(), self.idle, self.stopping.subscribe());
            self.tasks.spawn(async move {
                answering.await;
                drop((place, one_of_all));
            });
        }
    }

    /// Finishes what was begun, and closes the rest.
    pub(super) async fn finish(&mut self) {
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
