//! Kinds of events that subscriptions may want. Kept in memory and set by the service, so that an event that none wants costs
//! nothing.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Notify;

/// Kinds of events that subscriptions may want.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// `false` if there are none, which is the usual case.
    any: AtomicBool,
    kinds: Mutex<Arc<HashSet<&'static str>>>,
    /// Notified after the commit of a transaction with rows in the outbox.
    committed: Notify,
}

impl Wanted {
    pub(crate) fn set(&self, kinds: HashSet<&'static str>) {
        let any = !kinds.is_empty();
        *self.kinds.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(kinds);
        self.any.store(any, Ordering::Release);
    }

    /// The kinds; `None` if there are none.
    pub(crate) fn kinds(&self) -> Option<Arc<HashSet<&'static str>>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        Some(Arc::clone(&self.kinds.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    pub(crate) fn notify(&self) {
        self.committed.notify_one();
    }

    pub(crate) async fn notified(&self) {
        self.committed.notified().await;
    }
}
