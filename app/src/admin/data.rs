//! The server's data: what is kept for how long, the size of the database, and running jobs.

use chrono::{DateTime, Utc};
use leptos::prelude::use_context;
use licensing::Span;
use service::store::Engine;

use super::jobs::JobLine;
use crate::{Error, admin::ReadName};

/// Retention, from the settings. The server provides it with every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Time for which decisions are kept.
    pub decisions: Span,
    /// Time for which the events of returning devices are kept.
    pub device_events: Span,
    /// Time for which deliveries of webhooks are kept.
    pub webhooks: Span,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPage {
    /// The database's software.
    pub engine: Engine,
    /// Size of the database in bytes.
    pub size: u64,
    /// Retention.
    pub retention: Retention,
    /// Running jobs, newest first; at most [`MOST_JOBS`].
    pub running: Vec<JobLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Maximum number of running jobs on the page.
pub const MOST_JOBS: usize = 10;

pub const DATA: ReadName = ReadName("data");

/// Reads the state of the server's data.
pub async fn data() -> Result<DataPage, Error> {
    use service::store::{
        jobs::{JobFilter, JobState},
        page::Paging,
    };

    super::guard_read(DATA)?;
    let service = super::service()?;
    let retention = use_context().ok_or_else(Error::internal)?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let size = super::counted(on.database_size().await?);
    let running = JobFilter { state: Some(JobState::Running), ..JobFilter::default() };
    let running = on.job_page(&running, Paging::First, MOST_JOBS).await?.rows;
    Ok(DataPage {
        engine: service.store().engine(),
        size,
        retention,
        running: running.into_iter().map(JobLine::from).collect(),
        now: service.clock().now(),
    })
}
