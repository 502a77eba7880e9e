//! Whether the activation desk has more to do than it can do at once.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Size of a batch from which its requests have waited for each other.
const CROWD: usize = 8;
/// Time after such a batch for which the desk counts as crowded.
const LASTS: Duration = Duration::from_millis(50);

/// Records when one of the desks was last crowded.
#[derive(Debug, Default)]
pub(crate) struct Crowd(Mutex<Option<Instant>>);

impl Crowd {
    /// Notes the size of a batch that begins now.
    pub(super) fn note(&self, batch: usize) {
        if batch >= CROWD {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Returns `true` if devices are waiting for each other.
    pub(crate) fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < LASTS)
    }
}
