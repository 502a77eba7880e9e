//! Handling of one connection.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};

use axum::{Router, body::Body};
use http::{
    HeaderValue,
    header::{CONNECTION, EXPECT},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, sync::watch::Receiver, time::interval};
use tower::Service as _;

use super::{
    body::{Answer, Asked},
    framing::Framing,
    watch::{Watch, Watched},
};
use crate::http::{edge::Overloaded, origin::Peer};

/// Maximum size of a request's head, in bytes; a larger one is answered with 431.
const LARGEST_HEAD: usize = 32 * 1024;
/// Interval between checks of the watch.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// An accepted connection.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) watch: Watch,
    /// `true` if it exceeds the limits. Then one request is answered, with 503 unless it is a health check.
    pub(super) overloaded: bool,
}

/// Answers requests until the peer disconnects, is silent for too long or is dismissed, or the server is `stopping`.
pub(super) async fn serve(accepted: Accepted, app: Router, mut stopping: Receiver<bool>) {
    let Accepted { stream, peer, watch, overloaded } = accepted;
    let framing = Framing::default();
    let answer = |request: http::Request<Incoming>| {
        watch.asked();
        let expects = request.headers().contains_key(EXPECT);
        let (mut head, body) = request.into_parts();
        head.extensions.insert(Peer(peer));
        if let Some(bad) = framing.verdict() {
            head.extensions.insert(bad);
        }
        if overloaded {
            head.extensions.insert(Overloaded);
        }
        let (body, left) = Asked::new(body, watch.clone());
        let request = http::Request::from_parts(head, Body::new(body));
        let (answering, watch) = (app.clone().call(request), watch.clone());
        async move {
            let mut answer = answering.await.unwrap_or_else(|never| match never {});
            // An unread body would be taken for the next request.
            if overloaded || !left.is_read(expects).await {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            watch.answering();
            Ok::<_, Infallible>(answer.map(|body| Answer { body, watch }))
        }
    };
    let io = TokioIo::new(Watched::new(stream, watch.clone(), framing.clone()));
    let mut http = http1::Builder::new();
    // The watch limits the time for heads, since hyper's own timer would also run between two requests.
    http.timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_header_size(LARGEST_HEAD)
        .max_buf_size(2 * LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(io, service_fn(answer)));
    let mut looks = interval(CHECK_INTERVAL);
    let mut stopped = false;
    let mut dismissed = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended with an error");
                }
                return;
            }
            _ = looks.tick() => if watch.is_over(Instant::now()) { return },
            () = watch.dismissed(), if !dismissed => {
                // A request may have arrived since the connection was chosen; it is answered first.
                if watch.idle_since().is_some() {
                    return;
                }
                dismissed = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = stopping.wait_for(|stop| *stop), if !stopped => {
                stopped = true;
                watch.stop();
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
