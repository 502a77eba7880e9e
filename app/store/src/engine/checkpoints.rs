//! Checkpoints of SQLite's write-ahead log, next to the writer.
//!
//! A commit that finds the log long moves its pages into the database, and the batch that waits for the writer waits for
//! that, too. So a connection of its own moves them earlier: a passive checkpoint waits for nobody, and nobody waits for it
//! (<https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>). Commits move only what is left then, and begin the log anew.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use sqlx::Connection as _;
use sqlx_sqlite::SqliteConnection;
use tokio::{sync::Notify, task::JoinHandle, time::timeout};

use super::{alarm::Alarm, sqlite::Dialer};

/// Number of pages in the log, one mebibyte, from which they are moved. Batches wait longer for the disk while pages are
/// moved, and a quarter of the pages take a quarter of the time.
const PAGES: i64 = 250;
/// Number of commits between two looks at the log.
const COMMITS: u32 = 8;
/// Pause after a look, and after a failure.
const PAUSE: Duration = Duration::from_millis(20);
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// The task that moves pages. It opens its connection when it is first needed.
#[derive(Debug)]
pub(super) struct Checkpoints {
    commits: AtomicU32,
    signals: Arc<Signals>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Signals {
    look: Notify,
    stop: Notify,
}

impl Checkpoints {
    pub(super) fn start(dialer: Dialer) -> Self {
        let signals = Arc::<Signals>::default();
        let task = tokio::spawn(run(dialer, Arc::clone(&signals)));
        Self { commits: AtomicU32::new(0), signals, task: Mutex::new(Some(task)) }
    }

    /// Notes a commit.
    pub(super) fn committed(&self) {
        if self.commits.fetch_add(1, Relaxed) % COMMITS == COMMITS - 1 {
            self.signals.look.notify_one();
        }
    }

    /// Ends the task, and waits until its connection is closed: the last connection of all removes the log.
    pub(super) async fn close(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.signals.stop.notify_one();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "checkpoints ended with an error");
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.signals.stop.notify_one();
    }
}

async fn run(dialer: Dialer, signals: Arc<Signals>) {
    let mut connection = None;
    loop {
        tokio::select! {
            biased;
            () = signals.stop.notified() => break,
            () = signals.look.notified() => {}
        }
        let pause = match look(&dialer, &mut connection).await {
            Ok(()) => PAUSE,
            Err(error) => {
                // The commits move the pages then, and meet the same error if it matters.
                tracing::debug!(%error, "a checkpoint failed");
                connection = None;
                LONG_PAUSE
            }
        };
        if timeout(pause, signals.stop.notified()).await.is_ok() {
            break;
        }
    }
    if let Some(connection) = connection
        && let Err(error) = connection.close().await
    {
        tracing::debug!(%error, "the connection of checkpoints was not closed");
    }
}

async fn look(dialer: &Dialer, kept: &mut Option<SqliteConnection>) -> sqlx::Result<()> {
    let connection = match kept {
        Some(connection) => connection,
        None => kept.insert(dialer.clone().dial(Alarm::default()).await?),
    };
    if waiting(connection, "PRAGMA wal_checkpoint(NOOP)").await? >= PAGES {
        waiting(connection, "PRAGMA wal_checkpoint(PASSIVE)").await?;
    }
    Ok(())
}

/// Runs a checkpoint, and returns the number of pages in the log that are not yet in the database
/// (<https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>).
async fn waiting(connection: &mut SqliteConnection, pragma: &'static str) -> sqlx::Result<i64> {
    let (_, in_log, moved): (i64, i64, i64) = sqlx::query_as(pragma).fetch_one(connection).await?;
    Ok(in_log - moved)
}
