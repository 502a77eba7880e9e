//! Jobs: acts on many licenses, done in the background.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, guard, guard_read, read_id, service},
    http::done::Done,
};

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// The job's id.
    pub id: Uuid,
    /// The act, as a title: `Create 250 licenses`.
    pub title: String,
    /// The state.
    pub state: JobStatus,
    /// Number of items.
    pub total: u64,
    /// Number of items that are done.
    pub done: u64,
    /// Number of items that failed.
    pub failed: u64,
    /// Number of items that were skipped, because the act does not apply to their licenses.
    pub skipped: u64,
    /// The reason why the server stopped it.
    pub error: Option<String>,
    /// The name of the account that started it.
    pub by: String,
    /// `true` if the job creates its licenses.
    pub creates: bool,
    /// The time of the start.
    pub started_at: DateTime<Utc>,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// Some licenses are waiting.
    Running,
    /// Stopped before its end.
    Cancelled,
    /// Finished, but some licenses failed.
    Failed,
    /// Everything is done or skipped.
    Done,
}

/// The newest jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jobs {
    /// The jobs, newest first.
    pub lines: Vec<JobLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A job with the licenses that it did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDetail {
    /// The job.
    pub line: JobLine,
    /// The first items that failed.
    pub failures: Vec<Undone>,
    /// The first items that were skipped.
    pub skipped: Vec<Undone>,
    /// The state that the page shows, for following its changes.
    pub seen: service::PageVersion,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// An item that failed or was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The item's number in the job.
    pub number: u64,
    /// The license's id and name, if there is one.
    pub license: Option<(Uuid, String)>,
    /// The reason; a sentence.
    pub reason: String,
}

/// Number of jobs in the list.
const IN_SIGHT: i64 = 50;
/// Number of failed, and of skipped items on a job's page.
const MOST_UNDONE: i64 = 100;

pub const LIST_JOBS: ReadName = ReadName("jobs");

/// The newest jobs.
pub async fn list_jobs() -> Result<Jobs, Error> {
    guard_read(LIST_JOBS)?;
    let service = service()?;
    let jobs = service.store().read().await?.on().jobs(IN_SIGHT).await?;
    Ok(Jobs { lines: jobs.into_iter().map(JobLine::from).collect(), now: service.clock().now() })
}

pub const JOB: ReadName = ReadName("jobs/detail");

/// The data of a job's page.
pub async fn job(id: String) -> Result<JobDetail, Error> {
    use std::collections::HashMap;

    use service::store::jobs::{ItemState, JobItem};

    use super::licenses::name_from;

    guard_read(JOB)?;
    let (service, id) = (service()?, read_id(&id)?);
    let seen = service.live().seen(service::Topic::Job(id)).await?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let line = JobLine::from(on.job(id).await?.ok_or(Error::NotFound)?);
    let failed = on.job_items(id, ItemState::Failed, MOST_UNDONE).await?;
    let skipped = on.job_items(id, ItemState::Skipped, MOST_UNDONE).await?;
    let ids: Vec<Uuid> = failed.iter().chain(&skipped).filter_map(|item| item.license_id).collect();
    let names: HashMap<_, _> = on.license_names(&ids).await?.into_iter().map(|it| (it.0, it)).collect();
    let undone = |item: JobItem| {
        let named = item.license_id.and_then(|id| names.get(&id));
        let named = named.map(|(id, customer, email, tail)| (*id, name_from(customer.clone(), email.clone(), tail)));
        Undone { number: number(item.n), license: named, reason: item.error.unwrap_or_default() }
    };
    let failures = failed.into_iter().map(undone).collect();
    let skipped = skipped.into_iter().map(undone).collect();
    Ok(JobDetail { line, failures, skipped, seen, now: service.clock().now() })
}

/// Stops a job. What is done stays done.
#[server(endpoint = "jobs/cancel")]
pub async fn cancel_job(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<CancelJob>()?;
    let id = read_id(&id)?;
    service()?.jobs().cancel(id, &actor).await?;
    Done::JobCancelled.at(&format!("/jobs/{id}"));
    Ok(())
}

/// Continues a cancelled job, and tries again what failed.
#[server(endpoint = "jobs/resume")]
pub async fn resume_job(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<ResumeJob>()?;
    let id = read_id(&id)?;
    service()?.jobs().resume(id, &actor).await?;
    Done::JobResumed.at(&format!("/jobs/{id}"));
    Ok(())
}

fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

impl From<service::store::jobs::Job> for JobLine {
    fn from(job: service::store::jobs::Job) -> Self {
        use service::store::jobs::{JobAct, JobState};

        let total = number(job.total);
        let verb = match job.act {
            JobAct::Create => "Create",
            JobAct::Suspend => "Suspend",
            JobAct::Reinstate => "Reinstate",
            JobAct::Revoke => "Revoke",
            JobAct::Extend => "Extend",
            JobAct::Tag => "Tag",
            JobAct::Untag => "Remove a tag from",
        };
        Self {
            id: job.id,
            title: format!("{verb} {}", crate::text::words::count(total, "license")),
            state: match job.state {
                JobState::Running => JobStatus::Running,
                JobState::Cancelled => JobStatus::Cancelled,
                JobState::Finished if job.failed > 0 => JobStatus::Failed,
                JobState::Finished => JobStatus::Done,
            },
            total,
            done: number(job.done),
            failed: number(job.failed),
            skipped: number(job.skipped),
            error: job.error,
            by: job.actor_name,
            creates: job.act == JobAct::Create,
            started_at: job.created_at,
        }
    }
}
