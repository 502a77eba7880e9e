//! The status lists that were built last, in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::Clock;

/// Maximum age of a list that is answered without querying the database.
const FRESH: TimeDelta = TimeDelta::seconds(2);

/// A signed status list.
#[derive(Clone, Debug)]
pub struct PublishedList {
    /// The compact JWS.
    pub token: Arc<str>,
    /// Time of the statuses that it contains.
    pub at: DateTime<Utc>,
    /// End of its validity; it must not be served later.
    pub expires_at: DateTime<Utc>,
}

/// The lists that were built last, in memory.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    built: Mutex<HashMap<Uuid, Built>>,
    failed_at: Mutex<Option<Instant>>,
    /// Held by the builder, one at a time.
    pub(super) building: tokio::sync::Mutex<()>,
}

/// A list, and the elapsed time when it was built. A clock that was set back stands still, but later revocations must
/// still appear.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) list: PublishedList,
    pub(super) passed: TimeDelta,
}

impl Lists {
    pub(super) fn fresh(&self, id: Uuid, clock: &Clock) -> Option<PublishedList> {
        // A list from the future is not fresh either: the clock may have been set back.
        let (now, passed) = (clock.now(), clock.passed());
        let is_fresh = |built: &&Built| built.list.at <= now && passed - built.passed < FRESH;
        self.built().get(&id).filter(is_fresh).map(|built| built.list.clone())
    }

    pub(super) fn still_good(&self, id: Uuid, now: DateTime<Utc>) -> Option<PublishedList> {
        self.built().get(&id).filter(|built| built.list.expires_at > now).map(|built| built.list.clone())
    }

    pub(super) fn built(&self) -> MutexGuard<'_, HashMap<Uuid, Built>> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
