//! The setting for notices about ends of licenses.

use std::sync::{Arc, Mutex, PoisonError};

use licensing::webhook::EXPIRING_DAYS;

/// Days before the end of a license at which notices are sent. Cheap to clone; clones share the value.
#[derive(Clone, Debug)]
pub(super) struct ExpiringDays(Arc<Mutex<Vec<u32>>>);

impl Default for ExpiringDays {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(EXPIRING_DAYS.to_vec())))
    }
}

impl ExpiringDays {
    pub(super) fn set(&self, days: Vec<u32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = days;
    }

    pub(super) fn get(&self) -> Vec<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
