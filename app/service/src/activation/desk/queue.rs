//! The queues of the desks.

use tokio::sync::{mpsc, oneshot};

use super::request::DeskRequest;
use crate::{Activated, Result};

/// Maximum size of a batch.
const BATCH: usize = 256;
/// Maximum number of queued requests; above it, requests are answered `Unavailable`.
pub(super) const QUEUE: usize = 4096;

/// A queued request, and the channel for its answer.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) request: DeskRequest,
    pub(super) reply: oneshot::Sender<Result<Activated>>,
}

/// Takes up to a batch of queued requests, except those whose callers have gone. `None` when the queue is closed.
pub(super) async fn take(queue: &mut mpsc::Receiver<Waiting>) -> Option<Vec<Waiting>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.is_empty() {
        if queue.recv_many(&mut batch, BATCH).await == 0 {
            return None;
        }
        batch.retain(|waiting| !waiting.reply.is_closed());
    }
    Some(batch)
}
