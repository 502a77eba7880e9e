//! The activation desk: answers requests in batches, so that many share one commit.
//!
//! It consists of two desks of the same shape. The **read desk** answers requests that need no write, using one query
//! per table and no transaction: those of active devices whose record is as good as a new one, and those that are
//! refused regardless of seats. All other requests go on to the **write desk**, which decides them anew under the
//! licenses' locks. Each desk is a task that takes whatever is queued, up to 256 requests, and never waits for more.

mod apply_grant;
mod batch;
mod bulk;
mod calls;
mod context;
mod decision_record;
mod device_context;
mod events;
mod idle;
mod known_license;
mod offline;
mod queue;
mod read;
pub(crate) mod request;
mod simulate;
mod state;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

pub(crate) use self::known_license::email_of;
pub use self::simulate::Simulation;
pub(crate) use self::{
    bulk::DecidedInBulk,
    context::DeskContext,
    idle::Idle,
    simulate::{code_of, simulate},
};
use self::{
    queue::{QUEUE, Waiting},
    request::Ask,
};
use crate::{Activated, Clock, Error, Result, Trust};

/// Both desks.
#[derive(Debug)]
pub(crate) struct Desk {
    clock: Clock,
    context: Arc<DeskContext>,
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    tasks: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Desk {
    /// Starts both desks.
    pub(crate) fn open(context: DeskContext) -> Self {
        let (clock, context) = (context.clock.clone(), Arc::new(context));
        let (to_read, read_queue) = mpsc::channel(QUEUE);
        let (to_write, write_queue) = mpsc::channel(QUEUE);
        let reader = tokio::spawn(read::serve(read_queue, to_write, Arc::clone(&context)));
        let writer = tokio::spawn(write::serve(write_queue, Arc::clone(&context)));
        let tasks = tokio::sync::Mutex::new(vec![reader, writer]);
        Self { clock, context, queue: Mutex::new(Some(to_read)), tasks }
    }

    /// The state that both desks share.
    pub(crate) fn context(&self) -> &Arc<DeskContext> {
        &self.context
    }

    /// Queues a request and waits for its answer. If the clock cannot be trusted, nothing is issued: it could give away
    /// seats that are still held, and issue tokens that are never valid.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Activated> {
        if self.clock.trust() != Trust::Good {
            return Err(Error::Unavailable);
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (reply, answer) = oneshot::channel();
        queue.ok_or(Error::Unavailable)?.try_send(Waiting { ask, reply }).map_err(|_| Error::Unavailable)?;
        answer.await.map_err(|_| Error::Unavailable)?
    }

    /// Stops accepting requests, answers the queued ones, and returns when the last is answered.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        for task in self.tasks.lock().await.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "an activation desk failed");
            }
        }
    }
}
