//! Outcome of the last writes.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use tokio::sync::watch;

/// Number of consecutive commits with a failed sync after which the disk is given up.
const HOPELESS: u32 = 2;

/// Outcome of the last writes.
#[derive(Debug)]
pub(super) struct Health {
    /// Time of the last failed write; `None` if one has succeeded since.
    failed: Mutex<Option<Instant>>,
    failed_syncs: AtomicU32,
    pub(super) hopeless: watch::Sender<bool>,
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

    /// Counts a commit whose sync failed, and gives up the disk after [`HOPELESS`] of them.
    pub(super) fn sync_failed(&self) {
        if self.failed_syncs.fetch_add(1, Ordering::Relaxed) + 1 >= HOPELESS {
            self.hopeless.send_replace(true);
        }
    }

    pub(super) fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
