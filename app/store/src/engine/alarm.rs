//! Interrupts SQLite statements that run too long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Time at which a statement on an SQLite connection is interrupted. PostgreSQL's server has its own time limit.
#[derive(Clone, Debug)]
pub struct Alarm(Arc<Rings>);

#[derive(Debug)]
struct Rings {
    since: Instant,
    /// Microseconds after `since`.
    at: AtomicU64,
}

impl Default for Alarm {
    fn default() -> Self {
        Self(Arc::new(Rings { since: Instant::now(), at: AtomicU64::new(u64::MAX) }))
    }
}

impl Alarm {
    pub(super) fn set(&self, after: Duration) {
        self.0.at.store(self.micros().saturating_add(micros(after)), Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.0.at.store(u64::MAX, Ordering::Relaxed);
    }

    pub(super) fn ring(&self) {
        self.0.at.store(0, Ordering::Relaxed);
    }

    pub(super) fn rings(&self) -> bool {
        self.micros() >= self.0.at.load(Ordering::Relaxed)
    }

    fn micros(&self) -> u64 {
        micros(self.0.since.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
