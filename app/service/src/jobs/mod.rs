//! Jobs: one act on up to 10,000 licenses, done in the background.
//!
//! Each item runs the ordinary act. Up to 100 items share a transaction, which also writes their states, so a crash at any
//! time repeats nothing and loses nothing.

mod input;
mod result;
mod run;
mod start;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use licensing::{EventKind, SubjectKind};
use serde_json::json;
use store::{
    Engine, Store, Tx,
    jobs::{Job, JobState},
};
use tokio::sync::Notify;
use uuid::Uuid;

pub use input::BulkAct;
use input::JobInput;
pub use result::JobResult;

use crate::{
    Actor, Clock, Error, Licenses, Result,
    audit::{Record, Subject},
    base::Base,
    retry::retried,
};

/// Maximum number of licenses of a job.
pub const MOST_ITEMS: usize = 10_000;

/// Acts on many licenses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs {
    store: Store,
    clock: Clock,
    licenses: Licenses,
    /// Identifies this process among the workers.
    worker: Uuid,
    started: Arc<Notify>,
}

impl Jobs {
    pub(crate) fn new(base: &Base, licenses: Licenses) -> Self {
        let Base { store, clock, .. } = base.clone();
        let worker = clock.id();
        Self { store, clock, licenses, worker, started: Arc::default() }
    }

    /// Cancels a job. Items that are done stay done.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the job does not run.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn cancel(&self, id: Uuid, actor: &Actor) -> Result<()> {
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let job = tx.lock_job(id).await?.ok_or(Error::NotFound("job"))?;
            if job.state != JobState::Running {
                return Err(Error::Conflict("This job is no longer running.".to_owned()));
            }
            tx.update_job(&Job { state: JobState::Cancelled, finished_at: Some(now), ..job.clone() }).await?;
            record(&job, EventKind::JobCancelled, actor, &mut tx, now).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Continues a cancelled job, and tries failed and skipped items again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the job is running, or if nothing is left to do.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn resume(&self, id: Uuid, actor: &Actor) -> Result<()> {
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let job = tx.lock_job(id).await?.ok_or(Error::NotFound("job"))?;
            if job.state == JobState::Running || job.done == job.total {
                return Err(Error::Conflict("Nothing of this job is left to resume.".to_owned()));
            }
            tx.retry_job_items(id).await?;
            let resumed =
                Job { state: JobState::Running, failed: 0, skipped: 0, error: None, finished_at: None, ..job };
            tx.update_job(&resumed).await?;
            record(&resumed, EventKind::JobResumed, actor, &mut tx, now).await?;
            Ok(tx.commit().await?)
        })
        .await?;
        self.started.notify_one();
        Ok(())
    }

    /// Returns when a job was started or resumed in this process since the last call.
    pub async fn started(&self) {
        self.started.notified().await;
    }

    /// Takes over the jobs of a process that was killed. Only SQLite can tell that it is gone, since it has one process; on
    /// PostgreSQL, its claim ends after a minute.
    pub async fn take_over(&self) -> Result<()> {
        if self.store.engine() == Engine::Sqlite {
            let mut tx = self.store.begin().await?;
            tx.end_claims().await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

fn subject(job: &Job) -> Subject {
    Subject::new(SubjectKind::Job, job.id, format!("{} {} licenses", job.act.name(), job.total))
}

/// Writes the event of a job that the server has finished or stopped.
async fn record_end(job: &Job, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    let end = json!({ "act": job.act.name(), "state": job.state.name(), "licenses": job.total, "done": job.done,
        "failed": job.failed, "skipped": job.skipped });
    let server = Actor::server();
    Record::new(&server, EventKind::JobFinished, subject(job))
        .made(&end)
        .because(job.error.clone())
        .write(tx, now)
        .await
}

/// Writes an event about a job.
async fn record(job: &Job, kind: EventKind, actor: &Actor, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    Record::new(actor, kind, subject(job))
        .made(&json!({ "act": job.act.name(), "licenses": job.total }))
        .write(tx, now)
        .await
}
