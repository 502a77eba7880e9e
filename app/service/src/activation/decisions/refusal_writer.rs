//! Refusals are stored asynchronously: writing one delays neither its own answer nor any other. A refusal is lost if its
//! license or all unknown codes exceed their limit, if the queue is full because the disk is slow, or if writing it fails. Writing is tried
//! three times if the database is unavailable or busy.
//!
//! A refusal by the write desk is still answered only after its batch has committed. It may follow from a seat that the
//! same batch granted, and without the commit that seat would be free.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use licensing::EventKind;
use store::{Store, decisions::DecisionRow};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use uuid::Uuid;

use super::refusal_notices;
use crate::rate_limit::{Bucket, Limit, RateLimits};

/// Maximum number of refusals that wait to be written.
const QUEUE: usize = 4_096;
/// Maximum number of refusals in one transaction.
const BATCH: usize = 256;
/// Time for which more refusals are collected after the first.
const GATHERED: Duration = Duration::from_millis(200);
/// Interval for logging the number of lost refusals.
const LOG_INTERVAL: Duration = Duration::from_secs(60);
/// Number of attempts to write a batch, and the pause between them.
const TRIES: (u32, Duration) = (3, Duration::from_secs(1));
/// Maximum number of refusals kept for codes that no license has.
const UNKNOWN: i64 = 10_000;
/// Maximum number of refusals kept for one license.
const KEPT_PER_LICENSE: i64 = 1_000;
/// Number of written refusals of a license after which its oldest are trimmed.
const TRIM_AFTER: u32 = 100;

/// The handle to the task that writes refusals.
#[derive(Debug)]
pub(crate) struct RefusalWriter {
    queue: Mutex<Option<mpsc::Sender<DecisionRow>>>,
    limits: RateLimits,
    /// Number of refusals dropped since the last log entry, because they came too fast or could not be written.
    lost: Arc<AtomicU64>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl RefusalWriter {
    /// Starts the task.
    pub(crate) fn open(store: Store) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let lost = Arc::<AtomicU64>::default();
        let task = tokio::spawn(serve(waiting, store, Arc::clone(&lost)));
        Self {
            queue: Mutex::new(Some(queue)),
            limits: RateLimits::default(),
            lost,
            task: tokio::sync::Mutex::new(Some(task)),
        }
    }

    /// Counts a refusal of this license, or of an unknown code, against its limit. Returns `false` if the limit is
    /// reached; the refusal is then counted as lost.
    pub(crate) fn admits(&self, license: Option<Uuid>, at: DateTime<Utc>) -> bool {
        let admitted = match license {
            Some(license) => self.limits.take(Limit::RefusalOfLicense, Bucket::Id(license), at),
            None => self.limits.take(Limit::RefusalOfUnknown, Bucket::Shared, at),
        }
        .is_ok();
        if !admitted {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        admitted
    }

    /// Queues a refusal without waiting. If the queue is full, the refusal is lost.
    pub(crate) fn enqueue(&self, row: DecisionRow) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = queue.as_ref().is_some_and(|queue| queue.try_send(row).is_ok());
        if !kept {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Stops accepting refusals, and returns when all queued ones are written.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the task that writes refusals failed");
        }
    }
}

async fn serve(mut queue: mpsc::Receiver<DecisionRow>, store: Store, lost: Arc<AtomicU64>) {
    let mut writer = Writer { store, written_of: HashMap::new() };
    let mut minutes = interval(LOG_INTERVAL);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rows = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            n = queue.recv_many(&mut rows, BATCH) => if n == 0 { break },
            _ = minutes.tick() => {
                log_lost(&lost);
                continue;
            }
        }
        let gather = async {
            loop {
                let room = BATCH.saturating_sub(rows.len());
                if room == 0 || queue.recv_many(&mut rows, room).await == 0 {
                    break;
                }
            }
        };
        // On a timeout or a full batch alike, write what has been collected.
        drop(timeout(GATHERED, gather).await);
        if let Err(error) = writer.write_again(&rows).await {
            tracing::error!(%error, refusals = rows.len(), "refusals could not be written");
            lost.fetch_add(rows.len() as u64, Ordering::Relaxed);
        }
        rows.clear();
    }
    log_lost(&lost);
}

fn log_lost(lost: &AtomicU64) {
    match lost.swap(0, Ordering::Relaxed) {
        0 => {}
        refusals => tracing::warn!(
            refusals,
            "refusals were not stored: too many came at once, or the database was busy or away"
        ),
    }
}

struct Writer {
    store: Store,
    /// Refusals written per license since its oldest were last trimmed.
    written_of: HashMap<Uuid, u32>,
}

impl Writer {
    async fn write_again(&mut self, rows: &[DecisionRow]) -> store::Result<()> {
        let (tries, pause) = TRIES;
        for _ in 1..tries {
            match self.write(rows).await {
                Err(error) if error.is_unavailable() || error.is_retryable() => sleep(pause).await,
                done => return done,
            }
        }
        self.write(rows).await
    }

    async fn write(&mut self, rows: &[DecisionRow]) -> store::Result<()> {
        let due = self.due(rows);
        let mut tx = self.store.begin().await?;
        tx.insert_decisions(rows).await?;
        if rows.iter().any(|row| row.license_id.is_none()) {
            tx.trim_refusals(None, UNKNOWN).await?;
        }
        for license in due {
            tx.trim_refusals(Some(license), KEPT_PER_LICENSE).await?;
        }
        if self.store.is_wanted(EventKind::ActivationRefused) {
            refusal_notices::write(&mut tx, rows).await?;
        }
        tx.commit().await
    }

    /// Returns the licenses with enough new refusals that the oldest may have to be trimmed.
    fn due(&mut self, rows: &[DecisionRow]) -> HashSet<Uuid> {
        // Bounds the map. Licenses forgotten here are trimmed a little later.
        if self.written_of.len() > 10_000 {
            self.written_of.clear();
        }
        let mut due = HashSet::new();
        for license in rows.iter().filter_map(|row| row.license_id) {
            let written = self.written_of.entry(license).or_insert(0);
            *written += 1;
            if *written >= TRIM_AFTER {
                *written = 0;
                due.insert(license);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use licensing::Refusal;

    use super::*;
    use crate::{Declined, Origin, activation::decisions::blank};

    fn refusal(n: u128) -> DecisionRow {
        let declined = Declined {
            decision: Uuid::from_u128(n),
            rule: "code_known",
            refusal: Refusal::CodeNotFound { ended: false },
        };
        blank(&declined, "activate", &Origin::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap())
    }

    #[tokio::test]
    async fn a_full_queue_loses_and_counts_and_never_waits() {
        let (queue, mut waiting) = mpsc::channel(3);
        let refusal_writer = RefusalWriter {
            queue: Mutex::new(Some(queue)),
            limits: RateLimits::default(),
            lost: Arc::default(),
            task: tokio::sync::Mutex::default(),
        };
        // Nothing reads the queue, so a call that waited would wait forever.
        (0..10).for_each(|n| refusal_writer.enqueue(refusal(n)));
        assert_eq!(refusal_writer.lost.load(Ordering::Relaxed), 7);
        assert_eq!(waiting.recv().await.unwrap().id, Uuid::from_u128(0));
        refusal_writer.enqueue(refusal(10));
        assert_eq!(refusal_writer.lost.load(Ordering::Relaxed), 7, "there is room again");
        refusal_writer.close().await;
        refusal_writer.enqueue(refusal(11));
        assert_eq!(refusal_writer.lost.load(Ordering::Relaxed), 8, "nothing is accepted after closing");
    }
}
