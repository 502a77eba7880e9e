//! Health of the database, judged by recent writes.

use std::time::Duration;

use super::{
    connection::run,
    faults::{code, sqlite_code},
    store::Store,
};
use crate::{Error, Result};

/// Time for which a failed write counts against the database before another one is tried.
const FRESH: Duration = Duration::from_secs(2);

impl Store {
    /// Returns `Ok` if the database answers and accepts writes. If the last write failed, tries another one; if it
    /// failed only just now, returns an error at once.
    pub async fn ready(&self) -> Result<()> {
        self.for_api().ping().await?;
        let failed = *self.pools.health.failed();
        match failed {
            None => Ok(()),
            Some(failed) if failed.elapsed() < FRESH => Err(Error::Failing),
            Some(_) => self.try_write().await,
        }
    }

    /// Records a failed write that this store did not observe itself: one that was cancelled, or took too long.
    pub fn write_failed(&self) {
        self.pools.health.write_failed();
    }

    /// Returns once commits repeatedly could not be synced to disk, even on a newly opened connection. The contents of
    /// the disk are then unknown, and the process should end.
    pub async fn hopeless(&self) {
        let mut hopeless = self.pools.health.hopeless.subscribe();
        if hopeless.wait_for(|hopeless| *hopeless).await.is_err() {
            // The store was dropped, so nothing can fail any more.
            std::future::pending::<()>().await;
        }
    }

    /// Writes a row and deletes it again, in one transaction that is synced like any other.
    async fn try_write(&self) -> Result<()> {
        const WRITE: &str = "INSERT INTO server_settings (name, value, updated_at) \
             VALUES ('write_test', '', '2000-01-01T00:00:00Z') ON CONFLICT (name) DO NOTHING";
        const UNDO: &str = "DELETE FROM server_settings WHERE name = 'write_test'";
        let mut tx = self.for_api().begin().await?;
        run!(tx.on(), |c| sqlx::query(WRITE).execute(c).await.map(drop))?;
        run!(tx.on(), |c| sqlx::query(UNDO).execute(c).await.map(drop))?;
        tx.commit().await
    }

    /// Follows up a commit whose sync failed. The kernel may have dropped the data that it could not write, so the
    /// connection is not used again; a new one must get a commit of its own to the disk.
    pub(super) fn follow_up(&self, error: &Error) {
        let (Error::Unconfirmed(error) | Error::Database(error)) = error else { return };
        // IOERR_FSYNC and IOERR_DIR_FSYNC.
        if !code(error).and_then(|code| sqlite_code(&code)).is_some_and(|n| matches!(n, 1034 | 1290)) {
            return;
        }
        tracing::error!(%error, "a commit could not be synced to disk: it is not confirmed, and the file is reopened");
        self.pools.health.sync_failed();
        if !*self.pools.health.hopeless.borrow() {
            let store = self.clone();
            tokio::spawn(async move {
                if let Err(error) = store.try_write().await {
                    tracing::error!(%error, "the next commit failed too");
                }
            });
        }
    }
}
