//! Jobs: acts on many licenses, done in the background, and their items.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result, Tx,
    desk::{padded, pieces},
    engine::run,
    error::affected_one,
};

/// A job.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Job {
    /// Id.
    pub id: Uuid,
    /// Act that each item runs.
    #[sqlx(try_from = "String")]
    pub act: JobAct,
    /// State of the job.
    #[sqlx(try_from = "String")]
    pub state: JobState,
    /// Input of the act. Holds no secret.
    #[sqlx(json)]
    pub input: serde_json::Value,
    /// Number of items.
    pub total: i64,
    /// Number of items that are done.
    pub done: i64,
    /// Number of items that failed.
    pub failed: i64,
    /// Number of items that were skipped, because the act does not apply to their licenses.
    pub skipped: i64,
    /// Reason why the server stopped the job, if it did.
    pub error: Option<String>,
    /// Kind of the actor that started it. `None` in rows of earlier versions.
    pub actor_kind: Option<String>,
    /// Account or API token that started it; `None` for a command.
    pub actor_id: Option<Uuid>,
    /// Name of the actor, for the audit log.
    pub actor_name: String,
    /// Permission that admitted the actor.
    pub permission: Option<String>,
    /// Network address of the request that started it.
    pub address: Option<String>,
    /// Id of that request.
    pub request_id: Option<String>,
    /// Product of all its licenses; `None` if they have several.
    pub product_id: Option<Uuid>,
    /// Time of the start.
    pub created_at: DateTime<Utc>,
    /// Time at which it finished or was cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Act of a job on each license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum JobAct {
    /// Creates it.
    Create,
    /// Suspends it.
    Suspend,
    /// Reinstates it.
    Reinstate,
    /// Revokes it.
    Revoke,
    /// Moves its end.
    Extend,
    /// Adds a tag.
    Tag,
    /// Removes a tag.
    Untag,
}

/// State of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum JobState {
    /// Some items are waiting.
    Running,
    /// Stopped by a user or the server before its end.
    Cancelled,
    /// No item is waiting.
    Finished,
}

/// State of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum ItemState {
    /// Not done yet.
    Waiting,
    /// Done.
    Done,
    /// Failed; its error says why.
    Failed,
    /// Skipped: the act does not apply to the license, as its error says.
    Skipped,
}

licensing::stored_names!(JobAct, JobState, ItemState);

/// An item of a job.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct JobItem {
    /// Number within the job, from 1.
    pub n: i64,
    /// State of the item.
    #[sqlx(try_from = "String")]
    pub state: ItemState,
    /// License that it changes or created.
    pub license_id: Option<Uuid>,
    /// Reason why it failed or was skipped: a sentence.
    pub error: Option<String>,
    /// Form of the license that it creates, until it is done. Holds no secret.
    #[sqlx(json(nullable))]
    pub input: Option<serde_json::Value>,
}

/// Filter for jobs. Each part that is set narrows the list.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Only jobs with this act.
    pub act: Option<JobAct>,
    /// Only jobs in this state.
    pub state: Option<JobState>,
    /// Only jobs whose licenses are all of one of these products; empty for all.
    pub products: Vec<Uuid>,
    /// Besides those, the jobs that this actor started.
    pub or_of_actor: Option<Uuid>,
}

const COLUMNS: &str = "id, act, state, input, total, done, failed, skipped, error, actor_kind, actor_id, actor_name, \
     permission, address, request_id, product_id, created_at, finished_at";

impl Connection<'_> {
    /// Returns the job with this id.
    pub async fn job(&mut self, id: Uuid) -> Result<Option<Job>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM jobs WHERE id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns the `most` newest jobs, newest first.
    pub async fn jobs(&mut self, most: i64) -> Result<Vec<Job>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM jobs ORDER BY created_at DESC, id DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns a page of jobs, newest first.
    pub async fn job_page(&mut self, filter: &JobFilter, paging: Paging, size: usize) -> Result<Page<Job>> {
        let rows: Vec<Job> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM jobs WHERE 1 = 1");
            if let Some(act) = filter.act {
                sql.push(" AND act = ").push_bind(act.name());
            }
            if let Some(state) = filter.state {
                sql.push(" AND state = ").push_bind(state.name());
            }
            if !filter.products.is_empty() {
                sql.push(" AND (actor_id = ").push_bind(filter.or_of_actor).push(" OR product_id IN (");
                let mut list = sql.separated(", ");
                for id in padded(&filter.products) {
                    list.push_bind(*id);
                }
                sql.push("))");
            }
            let order = match paging {
                Paging::First => " ORDER BY created_at DESC, id DESC LIMIT ",
                Paging::After(place) => {
                    sql.push(" AND (created_at, id) < (").push_bind(place.at).push(", ").push_bind(place.id);
                    ") ORDER BY created_at DESC, id DESC LIMIT "
                }
                Paging::Before(place) => {
                    sql.push(" AND (created_at, id) > (").push_bind(place.at).push(", ").push_bind(place.id);
                    ") ORDER BY created_at, id LIMIT "
                }
            };
            sql.push(order).push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |job| Cursor { at: job.created_at, id: job.id }))
    }

    /// Returns at most `most` items of a job with a number greater than `after`, in order.
    pub async fn job_items_after(
        &mut self,
        job: Uuid,
        state: Option<ItemState>,
        after: i64,
        most: i64,
    ) -> Result<Vec<JobItem>> {
        Ok(run!(self, |c| {
            let mut sql =
                QueryBuilder::<Db>::new("SELECT n, state, license_id, error, input FROM job_items WHERE job_id = ");
            sql.push_bind(job).push(" AND n > ").push_bind(after);
            if let Some(state) = state {
                sql.push(" AND state = ").push_bind(state.name());
            }
            sql.push(" ORDER BY n LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns at most `most` items of a job in this state, in order.
    pub async fn job_items(&mut self, job: Uuid, state: ItemState, most: i64) -> Result<Vec<JobItem>> {
        const SQL: &str = "SELECT n, state, license_id, error, input FROM job_items WHERE job_id = $1 AND state = $2 \
             ORDER BY n LIMIT $3";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(job).bind(state.name()).bind(most).fetch_all(&mut **c).await)?)
    }

    /// Returns `true` if there is a job that nobody works on, or that this worker does.
    pub async fn has_job(&mut self, worker: Uuid, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'running' \
             AND (claimed_until IS NULL OR claimed_until < $2 OR claimed_by = $1))";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(worker).bind(now).fetch_one(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a job with its `total` items. `licenses` are those that it changes, and `inputs` the forms of those that it
    /// creates, if they differ.
    pub async fn insert_job(&mut self, job: &Job, licenses: &[Uuid], inputs: &[serde_json::Value]) -> Result<()> {
        const SQL: &str = "INSERT INTO jobs (id, act, state, input, total, done, failed, skipped, error, actor_kind, \
             actor_id, actor_name, permission, address, request_id, product_id, created_at, finished_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(job.id)
            .bind(job.act.name())
            .bind(job.state.name())
            .bind(Json(&job.input))
            .bind(job.total)
            .bind(job.done)
            .bind(job.failed)
            .bind(job.skipped)
            .bind(&job.error)
            .bind(&job.actor_kind)
            .bind(job.actor_id)
            .bind(&job.actor_name)
            .bind(&job.permission)
            .bind(&job.address)
            .bind(&job.request_id)
            .bind(job.product_id)
            .bind(job.created_at)
            .bind(job.finished_at)
            .execute(c)
            .await
            .map(drop))?;
        let (mut licenses, mut inputs) = (licenses.iter().copied(), inputs.iter());
        let items: Vec<_> = (1..=job.total).map(|n| (n, licenses.next(), inputs.next())).collect();
        for piece in pieces(&items) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO job_items (job_id, n, state, license_id, input) ");
                sql.push_values(piece, |mut row, (n, license, input)| {
                    row.push_bind(job.id).push_bind(*n).push_bind(ItemState::Waiting.name()).push_bind(*license);
                    row.push_bind(input.map(Json));
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Claims the oldest job that nobody works on, or that this worker does, until `until`. The job is locked until the
    /// transaction ends.
    pub async fn claim_job(&mut self, worker: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<Uuid>> {
        // PostgreSQL checks the outer condition again if it had to wait for another worker's transaction.
        const SQL: &str = "UPDATE jobs SET claimed_by = $1, claimed_until = $3 WHERE state = 'running' \
             AND (claimed_until IS NULL OR claimed_until < $2 OR claimed_by = $1) \
             AND id = (SELECT id FROM jobs WHERE state = 'running' \
             AND (claimed_until IS NULL OR claimed_until < $2 OR claimed_by = $1) ORDER BY created_at, id LIMIT 1) \
             RETURNING id";
        Ok(run!(self.on(), |c| sqlx::query_scalar(SQL).bind(worker).bind(now).bind(until).fetch_optional(c).await)?)
    }

    /// Ends all claims, for a database that only one process uses.
    pub async fn end_claims(&mut self) -> Result<()> {
        const SQL: &str = "UPDATE jobs SET claimed_by = NULL, claimed_until = NULL WHERE claimed_until IS NOT NULL";
        run!(self.on(), |c| sqlx::query(SQL).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Returns the job with this id, locked until the transaction ends.
    pub async fn lock_job(&mut self, id: Uuid) -> Result<Option<Job>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM jobs WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(c).await?;
        }
        self.on().job(id).await
    }

    /// Updates the progress and the state of a job.
    pub async fn update_job(&mut self, job: &Job) -> Result<()> {
        const SQL: &str = "UPDATE jobs SET state = $2, done = $3, failed = $4, skipped = $5, error = $6, finished_at = $7 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(job.id)
            .bind(job.state.name())
            .bind(job.done)
            .bind(job.failed)
            .bind(job.skipped)
            .bind(&job.error)
            .bind(job.finished_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "jobs", job.id)
    }

    /// Updates the state of an item. One that is done no longer needs its input.
    pub async fn update_job_item(&mut self, job: Uuid, item: &JobItem) -> Result<()> {
        const SQL: &str = "UPDATE job_items SET state = $3, license_id = $4, error = $5, \
             input = CASE WHEN $3 = 'done' THEN NULL ELSE input END WHERE job_id = $1 AND n = $2";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(job)
            .bind(item.n)
            .bind(item.state.name())
            .bind(item.license_id)
            .bind(&item.error)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "job_items", job)
    }

    /// Makes failed and skipped items wait again.
    pub async fn retry_job_items(&mut self, job: Uuid) -> Result<()> {
        const SQL: &str =
            "UPDATE job_items SET state = 'waiting', error = NULL WHERE job_id = $1 AND state IN ('failed', 'skipped')";
        run!(self.on(), |c| sqlx::query(SQL).bind(job).execute(c).await.map(drop))?;
        Ok(())
    }
}
