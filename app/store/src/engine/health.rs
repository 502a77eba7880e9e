//! Whether writes succeed, as far as is known from those that were made.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    Store, Tx,
    faults::{code, sqlite_code},
    run,
};
use crate::{Error, Result};

/// How long a failed write counts against the database before another one is tried.
const FRESH: Duration = Duration::from_secs(2);
/// After so many commits in a row whose sync failed, nothing on that disk can be relied on.
const HOPELESS: u32 = 2;

/// What the last writes came to.
#[derive(Debug)]
pub(super) struct Health {
    /// When a write failed last, while none has succeeded since.
    failed: Mutex<Option<Instant>>,
    failed_syncs: AtomicU32,
    hopeless: watch::Sender<bool>,
}

impl Default for Health {
    fn default() -> Self {
        Self { failed: Mutex::default(), failed_syncs: AtomicU32::new(0), hopeless: watch::Sender::new(false) }
    }
}

impl Health {
    pub(super) fn write_succeeded(&self) {
        *self.failed() = None;
        self.failed_syncs.store(0, Ordering::Relaxed);
    }

    pub(super) fn write_failed(&self) {
        *self.failed() = Some(Instant::now());
    }

    /// Whether this commit is the last one that the disk is trusted with.
    fn sync_failed(&self) {
        if self.failed_syncs.fetch_add(1, Ordering::Relaxed) + 1 >= HOPELESS {
            self.hopeless.send_replace(true);
        }
    }

    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Whether the database answers and takes writes. Where the last write failed, one is tried; where that was only just
    /// now, it is taken for an answer.
    pub async fn ready(&self) -> Result<()> {
        self.for_api().ping().await?;
        let failed = *self.pools.health.failed();
        match failed {
            None => Ok(()),
            Some(failed) if failed.elapsed() < FRESH => Err(Error::Failing),
            Some(_) => self.try_write().await,
        }
    }

    /// Notes that a write failed which this store has not seen fail: one that was called off, or took too long.
    pub fn write_failed(&self) {
        self.pools.health.write_failed();
    }

    /// Returns once commits could not be synced to the disk again and again, also by a connection that was opened anew. What
    /// the disk holds is then unknown, and the process should end.
    pub async fn hopeless(&self) {
        let mut hopeless = self.pools.health.hopeless.subscribe();
        if hopeless.wait_for(|hopeless| *hopeless).await.is_err() {
            // The store is gone, and with it what could fail.
            std::future::pending::<()>().await;
        }
    }

    /// Writes something and takes it away again, in one transaction that is synced as any other.
    async fn try_write(&self) -> Result<()> {
        const WRITE: &str = "INSERT INTO server_settings (name, value, updated_at) \
             VALUES ('write_test', '', '2000-01-01T00:00:00Z') ON CONFLICT (name) DO NOTHING";
        const UNDO: &str = "DELETE FROM server_settings WHERE name = 'write_test'";
        let mut tx = self.for_api().begin().await?;
        run!(tx.on(), |c| sqlx::query(WRITE).execute(c).await.map(drop))?;
        run!(tx.on(), |c| sqlx::query(UNDO).execute(c).await.map(drop))?;
        tx.commit().await
    }

    /// Follows up a commit whose sync failed. The kernel may have dropped what it could not write, so the connection is not
    /// used again; one that is opened anew must get a commit of its own to the disk.
    pub(super) fn follow_up(&self, error: &Error) {
        let (Error::Unconfirmed(error) | Error::Database(error)) = error else { return };
        // IOERR_FSYNC and IOERR_DIR_FSYNC.
        if !code(error).and_then(|code| sqlite_code(&code)).is_some_and(|n| matches!(n, 1034 | 1290)) {
            return;
        }
        tracing::error!(%error, "a commit could not be synced to the disk: it is not confirmed, and the file is opened anew");
        self.pools.health.sync_failed();
        if !*self.pools.health.hopeless.borrow() {
            let store = self.clone();
            tokio::spawn(async move {
                if let Err(error) = store.try_write().await {
                    tracing::error!(%error, "nor could the next one");
                }
            });
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.is_doubtful() {
            self.store.write_failed();
        }
    }
}
