//! One connection, from its first byte to its last.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, sync::watch::Receiver, time::interval};
use tower::Service as _;

use super::watch::{Watch, Watched};
use crate::origin::Peer;

/// The largest head of a request, in bytes; a larger one is answered with 431.
const LARGEST_HEAD: usize = 32 * 1024;
/// How often the watch is asked.
const LOOKED_AT: Duration = Duration::from_secs(1);

/// Answers what comes from `peer`, until it leaves, lies still for longer than `idle`, or `stopping` says that it is enough.
pub(super) async fn serve(
    (stream, peer): (TcpStream, SocketAddr),
    app: Router,
    idle: Duration,
    mut stopping: Receiver<bool>,
) {
    let watch = Watch::begin(idle);
    let answer = |mut request: http::Request<Incoming>| {
        watch.asked();
        request.extensions_mut().insert(Peer(peer));
        let (answering, watch) = (app.clone().call(request), watch.clone());
        async move {
            let answer = answering.await;
            watch.answered();
            Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    };
    let io = TokioIo::new(Watched { stream, watch: watch.clone() });
    let mut http = http1::Builder::new();
    // The watch keeps the time of heads, since hyper's own clock would also run between two requests.
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(io, service_fn(answer)));
    let mut looks = interval(LOOKED_AT);
    let mut stopped = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke off");
                }
                return;
            }
            _ = looks.tick() => if watch.is_over() { return },
            _ = stopping.wait_for(|stop| *stop), if !stopped => {
                stopped = true;
                watch.stop();
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
