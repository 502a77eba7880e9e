//! Jobs: one act on up to 10,000 licenses, done in the background.
//!
//! Each item runs the ordinary act. Up to 100 items share a transaction, which also writes their states, so a crash at any
//! time repeats nothing and loses nothing.

mod input;
mod run;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use licensing::{EventKind, Invalid, SubjectKind};
use serde_json::json;
use store::{
    Engine, Store, Tx,
    jobs::{Job, JobState},
};
use tokio::sync::Notify;
use uuid::Uuid;

pub use input::BulkAct;
use input::JobInput;

use crate::{
    Actor, Clock, Error, LicenseForm, Licenses, Result,
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

    /// Starts a job that creates `count` licenses with generated codes, all with the same form. Each carries the job's id.
    ///
    /// # Errors
    /// `NotFound` if there is no such policy; `Invalid` with the field `quantity` or those of the form.
    #[tracing::instrument(skip_all, fields(%policy_id, count))]
    pub async fn create_licenses(
        &self,
        policy_id: Uuid,
        count: usize,
        form: LicenseForm,
        actor: &Actor,
    ) -> Result<Uuid> {
        if !(1..=MOST_ITEMS).contains(&count) {
            return Err(Invalid::one("quantity", "must be a number from 1 to 10,000").into());
        }
        self.licenses.check_form(policy_id, form.clone()).await?;
        self.start(JobInput::Create { policy_id, form: Box::new(form) }, count, &[], actor).await
    }

    /// Starts a job that runs an act on each of these licenses.
    ///
    /// # Errors
    /// `Invalid` with the fields of the act, or `licenses` if there are none or more than 10,000.
    #[tracing::instrument(skip_all, fields(licenses = licenses.len()))]
    pub async fn change_licenses(&self, act: BulkAct, mut licenses: Vec<Uuid>, actor: &Actor) -> Result<Uuid> {
        licenses.sort_unstable();
        licenses.dedup();
        if !(1..=MOST_ITEMS).contains(&licenses.len()) {
            return Err(Invalid::one("licenses", "must be 1 to 10,000: narrow the filter").into());
        }
        self.start(JobInput::Change(act.read()?), licenses.len(), &licenses, actor).await
    }

    async fn start(&self, input: JobInput, total: usize, licenses: &[Uuid], actor: &Actor) -> Result<Uuid> {
        let now = self.clock.now();
        let job = Job {
            id: self.clock.id(),
            act: input.act(),
            state: JobState::Running,
            input: serde_json::to_value(&input).map_err(Error::defect)?,
            total: i64::try_from(total).map_err(Error::defect)?,
            done: 0,
            failed: 0,
            error: None,
            actor_id: actor.id(),
            actor_name: actor.name.clone(),
            permission: actor.permission.map(|permission| permission.name().to_owned()),
            address: actor.origin.address.clone(),
            request_id: actor.origin.request_id.clone(),
            created_at: now,
            finished_at: None,
        };
        let mut tx = self.store.begin().await?;
        tx.insert_job(&job, licenses).await?;
        record(&job, EventKind::JobStarted, actor, &mut tx, now).await?;
        tx.commit().await?;
        self.started.notify_one();
        Ok(job.id)
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

    /// Continues a cancelled job, and tries failed items again.
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
            let resumed = Job { state: JobState::Running, failed: 0, error: None, finished_at: None, ..job };
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

/// Writes an event about a job.
async fn record(job: &Job, kind: EventKind, actor: &Actor, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    let subject = Subject::new(SubjectKind::Job, job.id, format!("{} {} licenses", job.act.name(), job.total));
    Record::new(actor, kind, subject)
        .made(&json!({ "act": job.act.name(), "licenses": job.total }))
        .write(tx, now)
        .await
}
