//! Jobs in JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::store::jobs::{Job, JobItem};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A job: one act on many licenses, done in the background.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedJob)]
pub(in crate::api::manage) struct JobJson {
    /// Id. Licenses that the job creates have it as `batch`.
    id: Uuid,
    #[schema(inline, value_type = choice::JobAct)]
    kind: &'static str,
    #[schema(inline, value_type = choice::JobState)]
    state: &'static str,
    /// Number of items.
    total: i64,
    /// Number of items that are done.
    done: i64,
    /// Number of items that failed. A resumed job tries them again.
    failed: i64,
    /// Number of items that were skipped, because the act does not apply to their licenses: one is already suspended, for
    /// example.
    skipped: i64,
    /// The reason why the server stopped the job, if it did.
    error: Option<String>,
    by: JobActor,
    /// Id of the product of all licenses; null if they have several.
    product: Option<Uuid>,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// The actor that started a job.
#[derive(Serialize, ToSchema)]
pub(in crate::api::manage) struct JobActor {
    #[schema(inline, value_type = choice::StarterKind)]
    kind: String,
    id: Option<Uuid>,
    name: String,
}

/// An item of a job.
#[derive(Serialize, ToSchema)]
#[schema(as = ManagedJobItem)]
pub(in crate::api::manage) struct JobItemJson {
    /// Number within the job, from 1.
    n: i64,
    #[schema(inline, value_type = choice::ItemState)]
    state: &'static str,
    /// Id of the license that it changes or created.
    license: Option<Uuid>,
    /// Reason why it failed or was skipped.
    error: Option<String>,
}

impl From<Job> for JobJson {
    fn from(job: Job) -> Self {
        let kind = job.actor_kind.unwrap_or_else(|| {
            // Earlier versions stored only the id.
            if job.actor_id.is_some() { "account".to_owned() } else { "command".to_owned() }
        });
        Self {
            id: job.id,
            kind: job.act.name(),
            state: job.state.name(),
            total: job.total,
            done: job.done,
            failed: job.failed,
            skipped: job.skipped,
            error: job.error,
            by: JobActor { kind, id: job.actor_id, name: job.actor_name },
            product: job.product_id,
            started_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

impl From<JobItem> for JobItemJson {
    fn from(item: JobItem) -> Self {
        Self { n: item.n, state: item.state.name(), license: item.license_id, error: item.error }
    }
}
