//! The activation desk: requests are answered in batches, so that many share one commit.
//!
//! Two desks of one shape. The **read desk** answers, from one query a table and without a transaction, what needs no
//! write: devices that are in already and whose record is as good as a fresh one, and requests that are refused whatever
//! the seats. Everything else goes on to the **write desk**, which decides again from scratch under the licenses' locks.
//! Each desk is a task that takes whatever is queued, up to 256, and never waits for more.

mod batch;
mod beside;
mod calls;
mod decided;
mod enter;
mod events;
mod foresee;
mod idle;
mod papers;
mod read;
mod table;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use store::Store;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

pub use self::foresee::Foreseen;
use self::table::Table;
pub(crate) use self::table::email_of;
pub(crate) use self::{
    foresee::{code_of, foresee},
    idle::Idle,
};
use crate::{
    Activated, Clock, Error, Result, Trust, activate::Ask, decisions::Behind, keyring::Keyring, status::Places,
};

/// The largest batch.
const BATCH: usize = 256;
/// How many requests may wait; more are told to come back.
const QUEUE: usize = 4096;

/// A request at the desk, and where its answer goes.
#[derive(Debug)]
struct Waiting {
    ask: Ask,
    reply: oneshot::Sender<Result<Activated>>,
}

/// What the desks have at hand.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) places: Places,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) behind: Arc<Behind>,
    pub(crate) idle: Idle,
}

impl Office {
    /// The key that signs what this request is granted; `None` for an unknown license, and where it is yet to be made.
    fn kid(&self, table: &Table, ask: &Ask) -> Option<String> {
        let row = &table.license(ask)?.row;
        Some(self.keyring.held_signer(row.algorithm, Some(&row.product_code))?.kid.clone())
    }
}

/// Both desks.
#[derive(Debug)]
pub(crate) struct Desk {
    clock: Clock,
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    tasks: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Desk {
    /// Sets up both desks.
    pub(crate) fn open(office: Office) -> Self {
        let (clock, office) = (office.clock.clone(), Arc::new(office));
        let (to_read, read_queue) = mpsc::channel(QUEUE);
        let (to_write, write_queue) = mpsc::channel(QUEUE);
        let reader = tokio::spawn(read::serve(read_queue, to_write, Arc::clone(&office)));
        let writer = tokio::spawn(write::serve(write_queue, office));
        Self { clock, queue: Mutex::new(Some(to_read)), tasks: tokio::sync::Mutex::new(vec![reader, writer]) }
    }

    /// Puts a request on the desk and waits for its answer. By a clock that cannot be believed nothing is issued: it would
    /// give seats away that are held still, and tokens that are never good.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Activated> {
        if self.clock.trust() != Trust::Good {
            return Err(Error::Unavailable);
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (reply, answer) = oneshot::channel();
        queue.ok_or(Error::Unavailable)?.try_send(Waiting { ask, reply }).map_err(|_| Error::Unavailable)?;
        answer.await.map_err(|_| Error::Unavailable)?
    }

    /// Takes no more requests, answers those that are queued, and returns when the last is answered.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        for task in self.tasks.lock().await.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "an activation desk ended badly");
            }
        }
    }
}

/// Takes what is queued, up to a batch, less the requests whose callers have gone. `None` when the queue is closed.
async fn take(queue: &mut mpsc::Receiver<Waiting>) -> Option<Vec<Waiting>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.is_empty() {
        if queue.recv_many(&mut batch, BATCH).await == 0 {
            return None;
        }
        batch.retain(|waiting| !waiting.reply.is_closed());
    }
    Some(batch)
}
