//! The load of the activation desk.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Size of a batch that is only reached when requests queue for the desk.
const HIGH: usize = 8;
/// Time after such a batch for which the load counts as high.
const LASTS: Duration = Duration::from_millis(50);

/// Records when the load of one of the desks was last high.
#[derive(Debug, Default)]
pub(crate) struct DeskLoad(Mutex<Option<Instant>>);

impl DeskLoad {
    /// Notes the size of a batch that begins now.
    pub(super) fn note(&self, batch: usize) {
        if batch >= HIGH {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Returns `true` if requests are queueing for the desk.
    pub(crate) fn is_high(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < LASTS)
    }
}
