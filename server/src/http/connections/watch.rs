//! Timeouts of one connection: for a peer that stays silent, sends a head byte by byte, or does not read its response.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

use super::framing::Framing;

/// Time limit for a request's head; for the first one, from the start of the connection.
const HEAD: Duration = Duration::from_secs(10);
/// Time limit for a response that has begun but makes no progress on our side.
const ANSWERING: Duration = Duration::from_secs(75);
/// Time limit for a response that the peer does not read.
const UNREAD: Duration = Duration::from_secs(10);
/// Time for reading and discarding the remainder of a request while its connection is being closed.
const LINGERING: Duration = Duration::from_secs(2);
/// The same time limit while the server is stopping.
const STOPPING: Duration = Duration::from_secs(1);
/// Pause of a peer in the middle of a request or response after which its connection counts as idle.
const STALLED: Duration = Duration::from_secs(2);
/// Maximum amount of an unread request that is discarded, in bytes, so that the peer can read its response: a
/// connection that is closed with unread bytes is reset.
const THROWN_AWAY: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No byte has arrived yet.
    Silent,
    /// A head is arriving.
    Head,
    /// The head and the requested part of the body have arrived; the request's own limits apply.
    Asked,
    /// More of the body is awaited.
    Body,
    /// The response has begun.
    Answering,
    /// All requests are answered.
    Idle,
    /// The last response is sent, and the peer may read it.
    Closing,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// `true` if the peer reads no more of a response.
    blocked: bool,
    stopping: bool,
    dismissed: bool,
}

/// State of a connection, and since when. Clones share the state.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    idle: Duration,
    dismissal: Notify,
}

impl Watch {
    /// Creates the watch of a new connection, which may stay idle for `idle` between two requests.
    pub(super) fn begin(idle: Duration) -> Self {
        let state =
            State { phase: Phase::Silent, since: Instant::now(), blocked: false, stopping: false, dismissed: false };
        Self(Arc::new(Shared { state: Mutex::new(state), idle, dismissal: Notify::new() }))
    }

    /// The head, or more of the body, has arrived.
    pub(super) fn asked(&self) {
        self.enter(Phase::Asked);
    }

    /// More of the body is needed.
    pub(super) fn needs_body(&self) {
        let asked = self.state().phase == Phase::Asked;
        if asked {
            self.enter(Phase::Body);
        }
    }

    /// The response has begun.
    pub(super) fn answering(&self) {
        self.enter(Phase::Answering);
    }

    /// The response has been handed over for sending.
    pub(super) fn answered(&self) {
        let answering = self.state().phase == Phase::Answering;
        if answering {
            self.enter(Phase::Idle);
        }
    }

    /// Shortens the timeouts to those of a stopping server.
    pub(super) fn stop(&self) {
        self.state().stopping = true;
    }

    /// Asks the connection to end, since another one gets its place.
    pub(super) fn dismiss(&self) {
        self.state().dismissed = true;
        self.0.dismissal.notify_one();
    }

    /// Returns when the connection is dismissed.
    pub(super) async fn dismissed(&self) {
        self.0.dismissal.notified().await;
    }

    #[cfg(test)]
    pub(super) fn is_dismissed(&self) -> bool {
        self.state().dismissed
    }

    /// Returns since when the peer has been waited for, or `None` while the server is busy with a request. Peers in the
    /// middle of a request or response sort last, and count only after a pause.
    pub(super) fn idle_since(&self) -> Option<(bool, Instant)> {
        let state = self.state();
        let amidst = match state.phase {
            Phase::Silent | Phase::Idle => state.blocked,
            Phase::Closing => false,
            Phase::Answering if state.blocked => true,
            Phase::Asked | Phase::Answering => return None,
            Phase::Head | Phase::Body => true,
        };
        (!amidst || state.since.elapsed() >= STALLED).then_some((amidst, state.since))
    }

    /// Returns `true` if the connection's timeout has passed at `now`.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        let state = self.state();
        let patience = match (state.phase, state.stopping) {
            (Phase::Asked | Phase::Body, _) => return false,
            (_, true) => STOPPING,
            (Phase::Closing, false) => LINGERING,
            (_, false) if state.blocked => UNREAD,
            (Phase::Silent | Phase::Head, false) => HEAD,
            (Phase::Answering, false) => ANSWERING,
            (Phase::Idle, false) => self.0.idle,
        };
        now.saturating_duration_since(state.since) > patience
    }

    fn read(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Silent | Phase::Idle) {
            (state.phase, state.since) = (Phase::Head, Instant::now());
        }
    }

    /// Takes the time from before the write: the peer may read the bytes, and another connection be served, before this
    /// one is looked at again.
    fn wrote(&self, at: Instant, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        match polled {
            Poll::Pending => state.blocked = true,
            Poll::Ready(_) => (state.blocked, state.since) = (false, at),
        }
        drop(state);
        polled
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.state();
        (state.phase, state.since) = (phase, Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that reports its progress to the watch, and checks the framing of requests.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    watch: Watch,
    framing: Framing,
    thrown_away: usize,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, watch: Watch, framing: Framing) -> Self {
        Self { stream, watch, framing, thrown_away: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if let Some(read @ [_, ..]) = buf.filled().get(before..) {
            self.watch.read();
            self.framing.read(read);
        }
        polled
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let at = Instant::now();
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch.wrote(at, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let at = Instant::now();
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch.wrote(at, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Shuts down the sending side, and then discards what the peer still sends, up to a limit.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        self.watch.closing();
        let mut bytes = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf))?;
            self.thrown_away += buf.filled().len();
            if buf.filled().is_empty() || self.thrown_away > THROWN_AWAY {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl Watch {
    fn closing(&self) {
        if self.state().phase != Phase::Closing {
            self.enter(Phase::Closing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_over_after(watch: &Watch, seconds: u64) -> bool {
        watch.is_over(Instant::now() + Duration::from_secs(seconds))
    }

    fn watch() -> Watch {
        Watch::begin(Duration::from_secs(600))
    }

    #[test]
    fn a_head_has_ten_seconds_and_a_pause_as_long_as_the_settings_say() {
        let watch = watch();
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11));
        watch.read();
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11));
        watch.asked();
        assert!(!is_over_after(&watch, 1000), "a request has its own limits");
        watch.answering();
        watch.answered();
        assert!(!is_over_after(&watch, 599) && is_over_after(&watch, 601));
    }

    #[test]
    fn an_answer_that_is_not_read_is_given_up_after_ten_seconds() {
        let watch = watch();
        watch.asked();
        watch.answering();
        assert!(watch.wrote(Instant::now(), Poll::Ready(Ok(100))).is_ready());
        assert!(!is_over_after(&watch, 11), "it is being written");
        assert!(watch.wrote(Instant::now(), Poll::Pending).is_pending());
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11));
        watch.answered();
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11), "although all of it has been handed over");
        assert!(watch.wrote(Instant::now(), Poll::Ready(Ok(1))).is_ready());
        assert!(!is_over_after(&watch, 11), "the peer continues to read");
    }
}
