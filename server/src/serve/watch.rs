//! The watch over one connection: who stays silent, or sends a head drop by drop, is not waited for.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How long a request's head may take; the first one from the moment of the connection.
const HEAD: Duration = Duration::from_secs(10);
/// How long the rest of a head, or a connection without a request, is waited for once the server is stopping.
const STOPPING: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A head is on its way.
    Head,
    /// It is there; the request's own bounds hold.
    Asked,
    /// An answer is on its way out, or nothing is.
    Idle,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// How long a connection may lie still between two requests, or an answer may stay unread.
    idle: Duration,
    stopping: bool,
}

/// What goes on in a connection, and since when. Clones watch the same one.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Mutex<State>>);

impl Watch {
    pub(super) fn begin(idle: Duration) -> Self {
        Self(Arc::new(Mutex::new(State { phase: Phase::Head, since: Instant::now(), idle, stopping: false })))
    }

    /// The head is there.
    pub(super) fn asked(&self) {
        self.enter(Phase::Asked);
    }

    /// The answer has begun.
    pub(super) fn answered(&self) {
        self.enter(Phase::Idle);
    }

    /// From now on, only what was begun is waited for.
    pub(super) fn stop(&self) {
        self.state().stopping = true;
    }

    /// Whether there is nothing left to wait for.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state();
        let patience = match (state.phase, state.stopping) {
            (Phase::Asked, _) => return false,
            (Phase::Head | Phase::Idle, true) => STOPPING,
            (Phase::Head, false) => HEAD,
            (Phase::Idle, false) => state.idle,
        };
        state.since.elapsed() > patience
    }

    fn read(&self) {
        let mut state = self.state();
        if state.phase == Phase::Idle {
            (state.phase, state.since) = (Phase::Head, Instant::now());
        }
    }

    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(polled, Poll::Ready(Ok(1..))) {
            self.state().since = Instant::now();
        }
        polled
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.state();
        (state.phase, state.since) = (phase, Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that tells the watch what passes.
#[derive(Debug)]
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) watch: Watch,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.watch.read();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
