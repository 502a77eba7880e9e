//! Counts of licenses and seats: taken on request while that is cheap, otherwise from time to time in the background.
//!
//! Counting a million licenses and three million devices takes several seconds. Acts do not maintain counters: that
//! would cost each activation a write, and a counter could drift.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use store::Store;
use uuid::Uuid;

use crate::{
    Clock, Result,
    base::Base,
    overview::{Overview, PART, PastDays},
};

/// Maximum number of licenses, and of activations, up to which they are counted on request.
const COUNTED_AT_ONCE: i64 = 10_000;
/// Counting takes at most one part in this many of the time.
const SHARE: u32 = 100;

/// Counts at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Time of the count.
    pub at: DateTime<Utc>,
    /// Licenses in every state.
    pub licenses: u64,
    /// Active licenses.
    pub active: u64,
    /// Seats in use.
    pub seats: u64,
    /// `true` if counted for the request that it answers.
    is_live: bool,
    by_policy: HashMap<Uuid, u64>,
}

impl Counts {
    /// Returns the number of licenses under these policies, in every state. `None` if there were none at the last count
    /// but there may be some now.
    pub fn of_policies(&self, policies: &[Uuid]) -> Option<u64> {
        let licenses: u64 = policies.iter().filter_map(|policy| self.by_policy.get(policy)).sum();
        (licenses > 0 || self.is_live).then_some(licenses)
    }
}

/// Counts licenses and seats. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Counter {
    store: Store,
    clock: Clock,
    last: Arc<LastCounts>,
    past_days: Arc<PastDays>,
}

/// The last counts of a large database.
#[derive(Debug, Default)]
struct LastCounts(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: Option<Arc<Counts>>,
    overview: Option<Arc<Overview>>,
    /// Time from which they may be counted again.
    due: Option<Instant>,
    /// `true` if the counts were requested since.
    asked: bool,
}

impl LastCounts {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter {
    pub(crate) fn new(base: &Base) -> Self {
        let Base { store, clock, .. } = base.clone();
        Self { store, clock, last: Arc::default(), past_days: Arc::default() }
    }

    /// Returns the current counts if the database is small, otherwise the last ones. `None` if a large database has not
    /// been counted yet.
    pub async fn counts(&self) -> Result<Option<Arc<Counts>>> {
        let last = {
            let mut state = self.last.state();
            state.asked = true;
            state.counts.clone()
        };
        if last.is_some() {
            return Ok(last);
        }
        if self.is_small().await? { Ok(Some(Arc::new(self.count(true).await?))) } else { Ok(None) }
    }

    /// Returns the current overview if the database is small, otherwise the last one. `None` if a large database has not
    /// been counted yet.
    pub async fn overview(&self) -> Result<Option<Arc<Overview>>> {
        let last = {
            let mut state = self.last.state();
            state.asked = true;
            state.overview.clone()
        };
        if last.is_some() {
            return Ok(last);
        }
        if self.is_small().await? { Ok(Some(Arc::new(self.look_over().await?))) } else { Ok(None) }
    }

    async fn look_over(&self) -> Result<Overview> {
        Overview::read(&self.store, &self.clock, &self.past_days).await
    }

    /// Returns `true` if the database may be counted on request.
    async fn is_small(&self) -> Result<bool> {
        Ok(self.store.read().await?.on().is_small(COUNTED_AT_ONCE).await?)
    }

    /// Counts a large database again if the counts were requested since the last time and that was long enough ago.
    /// Must be called every few seconds.
    pub async fn refresh_counts(&self) -> Result<()> {
        let is_due = {
            let state = self.last.state();
            state.due.is_none_or(|due| state.asked && due <= Instant::now())
        };
        if is_due { self.count_again().await } else { Ok(()) }
    }

    /// Counts a large database now, for later requests; forgets the counts of a small one.
    pub async fn count_again(&self) -> Result<()> {
        let is_small = self.is_small().await?;
        let began = Instant::now();
        let (counts, overview) = match is_small {
            true => (None, None),
            false => {
                let counts = Arc::new(self.count(false).await?);
                (Some(counts), Some(Arc::new(self.look_over().await?)))
            }
        };
        let rest = (began.elapsed() * SHARE).max(Duration::from_secs(10));
        *self.last.state() = State { counts, overview, due: Some(Instant::now() + rest), asked: false };
        Ok(())
    }

    async fn count(&self, is_live: bool) -> Result<Counts> {
        let at = self.clock.now();
        let (mut by_policy, mut seats, mut after) = (HashMap::<Uuid, i64>::new(), 0, Uuid::nil());
        // In parts, so that no query exceeds its time limit, and others can use the connection in between.
        loop {
            let mut reading = self.store.read().await?;
            let Some(end) = reading.on().end_of_licenses(after, PART).await? else { break };
            for (policy, licenses) in reading.on().count_licenses_by_policy(after, end).await? {
                *by_policy.entry(policy).or_default() += licenses;
            }
            seats += reading.on().count_held_seats(after, end, at).await?;
            after = end;
        }
        let not_active = self.store.read().await?.on().count_licenses_not_active().await?;
        let licenses: i64 = by_policy.values().sum();
        let counted = |n: i64| u64::try_from(n).unwrap_or_default();
        Ok(Counts {
            at,
            licenses: counted(licenses),
            active: counted(licenses - not_active),
            seats: counted(seats),
            is_live,
            by_policy: by_policy.into_iter().map(|(policy, licenses)| (policy, counted(licenses))).collect(),
        })
    }
}
