//! Decisions: grants that changed something and refusals, each explained rule by rule with the facts of that time.

mod decision;
mod refusal_notices;
mod refusal_writer;
mod release;
mod row;
mod unknown_code;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use licensing::{EventKind, Span};
use store::{Store, decisions::DecisionRow};
use tokio::sync::Mutex;
use uuid::Uuid;

pub use decision::{Decision, Traced};
pub(crate) use refusal_writer::RefusalWriter;
pub(crate) use row::{blank, masked, purpose_name};

use crate::{Clock, Error, Result, base::Base};

/// Number of rows that one transaction of a sweep removes, so that no activation waits for long.
const SWEPT: i64 = 1_000;

/// Events of routine device activity, swept because of their number.
const COMING_BACK: [EventKind; 3] = [EventKind::DeviceRenewed, EventKind::DeviceCheckedIn, EventKind::DeviceCheckedOut];

/// The acts on decisions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Decisions {
    store: Store,
    clock: Clock,
    refusal_writer: Arc<RefusalWriter>,
    /// The last event that the sweep of device events has visited.
    swept_events: Arc<Mutex<Uuid>>,
}

impl Decisions {
    pub(crate) fn new(base: &Base, refusal_writer: Arc<RefusalWriter>) -> Self {
        let Base { store, clock, .. } = base.clone();
        Self { store, clock, refusal_writer, swept_events: Arc::default() }
    }

    /// Returns the decision with that id, explained from the facts on which it was made. A refusal may appear only a
    /// moment after it was answered.
    ///
    /// # Errors
    /// `NotFound` if there is no such decision, or it has been swept.
    pub async fn decision(&self, id: Uuid) -> Result<Decision> {
        let found = self.store.read().await?.on().decision(id).await?;
        found.map(Decision::of).ok_or(Error::NotFound("decision"))
    }

    /// Removes decisions older than `keep`. Returns their number.
    pub async fn sweep_decisions(&self, keep: Span) -> Result<u64> {
        let before = keep.before(self.clock.now());
        let mut swept = 0;
        loop {
            let mut tx = self.store.begin().await?;
            let some = tx.delete_old_decisions(before, SWEPT).await?;
            tx.commit().await?;
            swept += some;
            if some == 0 {
                return Ok(swept);
            }
        }
    }

    /// Removes events of returning devices older than `keep`: renewals, check-ins and check-outs. Events of staff, and
    /// those of first taking and releasing a seat, stay. Returns the number of events.
    pub async fn sweep_device_events(&self, keep: Span) -> Result<u64> {
        let before = keep.before(self.clock.now());
        // The position only moves forward in the life of a process, since no event is ever added before existing ones.
        let mut from = self.swept_events.lock().await;
        let mut swept = 0;
        loop {
            let mut tx = self.store.begin().await?;
            let (some, last) = tx.sweep_events(&COMING_BACK, (*from, before), SWEPT).await?;
            tx.commit().await?;
            swept += some;
            let Some(last) = last else { return Ok(swept) };
            *from = last;
        }
    }

    /// Records a refusal that was not made by a desk.
    pub(crate) fn keep_refusal(&self, row: DecisionRow, at: DateTime<Utc>) {
        let refusal_writer = &self.refusal_writer;
        if refusal_writer.admits(row.license_id, at) {
            refusal_writer.enqueue(row);
        }
    }
}

/// Purposes of a session's requests that do not pass the desk: reading its state, releasing its seat, and checking out.
pub(crate) const STATUS: &str = "standing";
pub(crate) const RELEASE: &str = "release";
pub(crate) const CHECK_OUT: &str = "check_out";
