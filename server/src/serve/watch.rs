//! The watch over one connection: a peer that stays silent, sends a head drop by drop, or takes no answer is not waited for.

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

/// How long a request's head may take; the first one from the moment of the connection.
const HEAD: Duration = Duration::from_secs(10);
/// How long an answer that has begun may stand still on our side.
const ANSWERING: Duration = Duration::from_secs(75);
/// How long an answer may stay unread.
const UNREAD: Duration = Duration::from_secs(10);
/// How long the rest of a request is read and thrown away once its connection is being closed.
const LINGERING: Duration = Duration::from_secs(2);
/// The same, once the server is stopping.
const STOPPING: Duration = Duration::from_secs(1);
/// How long a peer in the midst of a request or an answer may stand still before its place counts as idle.
const STANDING_STILL: Duration = Duration::from_secs(2);
/// How much of an unread request is thrown away, in bytes, so that the peer gets to read its answer: a connection that is
/// closed with unread bytes is reset.
const THROWN_AWAY: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing has come yet.
    Silent,
    /// A head is on its way.
    Head,
    /// It is there, and so much of the body as was asked for; the request's own bounds hold.
    Asked,
    /// More of the body is waited for.
    Body,
    /// The answer has begun.
    Answering,
    /// Everything is answered.
    Idle,
    /// The last answer is out, and the peer may read it.
    Closing,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Whether the peer takes no more of an answer.
    blocked: bool,
    stopping: bool,
    dismissed: bool,
}

/// The state of a connection, and since when. Clones watch the same one.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    idle: Duration,
    dismissal: Notify,
}

impl Watch {
    /// The watch over a fresh connection, which may lie still for so long between two requests.
    pub(super) fn begin(idle: Duration) -> Self {
        let state =
            State { phase: Phase::Silent, since: Instant::now(), blocked: false, stopping: false, dismissed: false };
        Self(Arc::new(Shared { state: Mutex::new(state), idle, dismissal: Notify::new() }))
    }

    /// The head is there, or more of the body.
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

    /// The answer has begun.
    pub(super) fn answering(&self) {
        self.enter(Phase::Answering);
    }

    /// The answer has been handed over for sending.
    pub(super) fn answered(&self) {
        let answering = self.state().phase == Phase::Answering;
        if answering {
            self.enter(Phase::Idle);
        }
    }

    /// From now on, only what was begun is waited for.
    pub(super) fn stop(&self) {
        self.state().stopping = true;
    }

    /// The connection's place is given to another one.
    pub(super) fn dismiss(&self) {
        self.state().dismissed = true;
        self.0.dismissal.notify_one();
    }

    /// Ends when the connection is dismissed.
    pub(super) async fn dismissed(&self) {
        self.0.dismissal.notified().await;
    }

    #[cfg(test)]
    pub(super) fn is_dismissed(&self) -> bool {
        self.state().dismissed
    }

    /// Since when the peer has been waited for; nothing while the server itself has something to do. Peers in the midst of
    /// something come after all that are not, and only where they have stood still for a while.
    pub(super) fn idle_since(&self) -> Option<(bool, Instant)> {
        let state = self.state();
        let amidst = match state.phase {
            Phase::Silent | Phase::Idle => state.blocked,
            Phase::Closing => false,
            Phase::Answering if state.blocked => true,
            Phase::Asked | Phase::Answering => return None,
            Phase::Head | Phase::Body => true,
        };
        (!amidst || state.since.elapsed() >= STANDING_STILL).then_some((amidst, state.since))
    }

    /// Whether there is nothing left to wait for at that moment.
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

    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        match polled {
            Poll::Pending => state.blocked = true,
            Poll::Ready(_) => (state.blocked, state.since) = (false, Instant::now()),
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

/// A stream that tells the watch what passes, and checks how requests are framed.
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

    /// Ends the answers, and then throws away what the peer is still sending, up to a limit.
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
        assert!(!is_over_after(&watch, 1000), "a request has bounds of its own");
        watch.answering();
        watch.answered();
        assert!(!is_over_after(&watch, 599) && is_over_after(&watch, 601));
    }

    #[test]
    fn an_answer_that_is_not_read_is_given_up_after_ten_seconds() {
        let watch = watch();
        watch.asked();
        watch.answering();
        assert!(watch.wrote(Poll::Ready(Ok(100))).is_ready());
        assert!(!is_over_after(&watch, 11), "it is being written");
        assert!(watch.wrote(Poll::Pending).is_pending());
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11));
        watch.answered();
        assert!(!is_over_after(&watch, 9) && is_over_after(&watch, 11), "although all of it has been handed over");
        assert!(watch.wrote(Poll::Ready(Ok(1))).is_ready());
        assert!(!is_over_after(&watch, 11), "the peer goes on reading");
    }
}
