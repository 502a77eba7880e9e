//! Bodies of requests and responses on a connection. They tell the watch which side is being waited for, and whether a
//! request was read completely.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::timeout;

use super::watch::Watch;

/// Maximum size of an unread request body that is drained to keep the connection open, in bytes, and the time limit for
/// it.
const MOST_DRAINED: usize = 64 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// A request's body. When it is dropped, its unread part goes back to the connection.
#[derive(Debug)]
pub(super) struct Asked {
    body: Option<Incoming>,
    watch: Watch,
    left: Left,
}

/// The unread part of a request's body.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    body: Arc<Mutex<Option<Incoming>>>,
    begun: Arc<AtomicBool>,
}

impl Asked {
    pub(super) fn new(body: Incoming, watch: Watch) -> (Self, Left) {
        let left = Left::default();
        (Self { body: Some(body), watch, left: left.clone() }, left)
    }
}

impl Left {
    /// Drains what is left, if it is little, and returns `true` if the next request can follow. A client that waits for
    /// `100 Continue` has sent nothing, and is not asked to.
    pub(super) async fn is_read(&self, expects: bool) -> bool {
        let body = self.body.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = body else { return true };
        if body.is_end_stream() {
            return true;
        }
        if body.size_hint().lower() > MOST_DRAINED as u64 || (expects && !self.begun.load(Ordering::Relaxed)) {
            return false;
        }
        let all = async {
            let mut read = 0;
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else { return false };
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > MOST_DRAINED {
                    return false;
                }
            }
            true
        };
        timeout(DRAIN_TIME, all).await.unwrap_or(false)
    }
}

impl Body for Asked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.left.begun.store(true, Ordering::Relaxed);
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        match polled {
            Poll::Pending => self.watch.needs_body(),
            Poll::Ready(_) => self.watch.asked(),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        *self.left.body.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

/// A response's body, which tells the watch when it has been handed over for sending.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: axum::body::Body,
    pub(super) watch: Watch,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.watch.answered();
    }
}
