//! The activation desk: answers requests in batches, so that many share one commit.
//!
//! It consists of two desks of the same shape. The **read desk** answers requests that need no write, using one query
//! per table and no transaction: those of active devices whose record is as good as a new one, and those that are
//! refused regardless of seats. All other requests go on to the **write desk**, which decides them anew under the
//! licenses' locks. Requests that will probably be written go to it at once (`routing.rs`). Each desk is a task that takes
//! whatever is queued, up to 256 requests, and never waits for more.

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
mod load;
mod offline;
mod queue;
mod read;
pub(crate) mod request;
mod routing;
mod seats;
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
    load::DeskLoad,
    simulate::{code_of, simulate},
};
use self::{
    queue::{QUEUE, Waiting},
    request::DeskRequest,
};
use crate::{Activated, Clock, Error, Result, Trust};

/// Both desks.
#[derive(Debug)]
pub(crate) struct Desk {
    clock: Clock,
    context: Arc<DeskContext>,
    queues: Mutex<Option<Queues>>,
    tasks: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

/// The queues of both desks.
#[derive(Debug)]
struct Queues {
    read: mpsc::Sender<Waiting>,
    write: mpsc::Sender<Waiting>,
}

impl Desk {
    /// Starts both desks.
    pub(crate) fn open(context: DeskContext) -> Self {
        let (clock, context) = (context.clock.clone(), Arc::new(context));
        let (to_read, read_queue) = mpsc::channel(QUEUE);
        let (to_write, write_queue) = mpsc::channel(QUEUE);
        let queues = Queues { read: to_read, write: to_write.clone() };
        let reader = tokio::spawn(read::serve(read_queue, to_write, Arc::clone(&context)));
        let writer = tokio::spawn(write::serve(write_queue, Arc::clone(&context)));
        let tasks = tokio::sync::Mutex::new(vec![reader, writer]);
        Self { clock, context, queues: Mutex::new(Some(queues)), tasks }
    }

    /// The state that both desks share.
    pub(crate) fn context(&self) -> &Arc<DeskContext> {
        &self.context
    }

    /// Queues a request and waits for its answer. If the clock cannot be trusted, nothing is issued: it could give away
    /// seats that are still held, and issue tokens that are never valid.
    pub(crate) async fn submit(&self, request: DeskRequest) -> Result<Activated> {
        if self.clock.trust() != Trust::Good {
            return Err(Error::Unavailable);
        }
        let writes = self.context.routing.is_for_write_desk(&request, self.clock.now());
        let queue = {
            let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let Queues { read, write } = queues.as_ref().ok_or(Error::Unavailable)?;
            if writes { write.clone() } else { read.clone() }
        };
        let (reply, answer) = oneshot::channel();
        queue.try_send(Waiting { request, reply }).map_err(|_| Error::Unavailable)?;
        answer.await.map_err(|_| Error::Unavailable)?
    }

    /// Stops accepting requests, answers the queued ones, and returns when the last is answered.
    pub(crate) async fn close(&self) {
        drop(self.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        for task in self.tasks.lock().await.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "an activation desk failed");
            }
        }
    }
}
