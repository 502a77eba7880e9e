//! Running jobs: some items at a time, in one transaction.

use licensing::{Permission, Span};
use store::{
    Tx,
    jobs::{ItemState, Job, JobItem, JobState},
};
use uuid::Uuid;

use super::{BulkAct, JobInput, Jobs, record_end};
use crate::{Actor, ActorKind, Error, LicenseForm, Origin, Result, TagChange, retry::retried};

/// Maximum number of items in one transaction.
const PART: i64 = 100;
/// Time for which a worker claims a job. It is claimed again with each part.
const CLAIM: Span = Span::minutes(1);

impl Jobs {
    /// Runs up to 100 items of the oldest job that no other process works on. Returns `false` if there is none.
    ///
    /// # Errors
    /// `Unavailable`; nothing of the part is done then.
    pub async fn run_some(&self) -> Result<bool> {
        let now = self.clock.now();
        if !self.store.read().await?.on().has_job(self.worker, now).await? {
            return Ok(false);
        }
        let claimed = retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let Some(id) = tx.claim_job(self.worker, now, CLAIM.after(now)).await? else { return Ok(None) };
            let job = tx.on().job(id).await?.ok_or(Error::NotFound("job"))?;
            match self.run_part(&mut tx, &job).await {
                Ok(is_finished) => {
                    tx.commit().await?;
                    match is_finished {
                        true => {
                            tracing::info!(job = %id, act = job.act.name(), licenses = job.total, "a job is finished")
                        }
                        false => tracing::debug!(job = %id, "a part of a job is done"),
                    }
                    Ok(None)
                }
                // Whatever the act had written is rolled back with the transaction.
                Err(error) if is_final(&error) => Ok(Some((job, error.to_string()))),
                Err(error) => Err(error),
            }
        });
        if let Some((job, why)) = claimed.await? {
            self.stop(&job, why).await?;
        }
        Ok(true)
    }

    /// Runs the next items of a claimed job, and writes their states and the job's progress. Returns `true` if it is
    /// finished.
    async fn run_part(&self, tx: &mut Tx, job: &Job) -> Result<bool> {
        let input: JobInput = serde_json::from_value(job.input.clone()).map_err(Error::defect)?;
        let items = tx.on().job_items(job.id, ItemState::Waiting, PART).await?;
        let actor = actor(job);
        let items = match &input {
            JobInput::Create { policy_id, form } => {
                let forms = items.iter().map(|_| (String::new(), form.as_ref().clone()));
                let issued = self.licenses.issue_within(tx, *policy_id, forms, Some(job.id), &actor).await?;
                let licenses = issued.into_iter().map(|(license, _)| license.id);
                items.into_iter().zip(licenses).map(|(item, id)| created(item, id)).collect()
            }
            JobInput::CreateDifferent { policy_id } => {
                self.create_different(tx, (job.id, *policy_id), items, &actor).await?
            }
            JobInput::Change(act) => {
                let mut ids: Vec<Uuid> = items.iter().filter_map(|item| item.license_id).collect();
                ids.sort_unstable();
                tx.lock_licenses(&ids).await?;
                let mut changed = Vec::with_capacity(items.len());
                for item in items {
                    changed.push(self.change(tx, item, act, &actor).await?);
                }
                changed
            }
        };
        let count = |state| i64::try_from(items.iter().filter(|item| item.state == state).count()).unwrap_or_default();
        let (done, failed) = (job.done + count(ItemState::Done), job.failed + count(ItemState::Failed));
        let skipped = job.skipped + count(ItemState::Skipped);
        for item in &items {
            tx.update_job_item(job.id, item).await?;
        }
        let is_finished = done + failed + skipped >= job.total || items.is_empty();
        let (state, finished_at) = match is_finished {
            true => (JobState::Finished, Some(self.clock.now())),
            false => (JobState::Running, None),
        };
        let job = Job { done, failed, skipped, state, finished_at, ..job.clone() };
        tx.update_job(&job).await?;
        if let Some(now) = finished_at {
            record_end(&job, tx, now).await?;
        }
        Ok(is_finished)
    }

    /// Creates the license of each item. If the form of one is no longer valid, that item fails alone.
    async fn create_different(
        &self,
        tx: &mut Tx,
        (batch, policy_id): (Uuid, Uuid),
        items: Vec<JobItem>,
        actor: &Actor,
    ) -> Result<Vec<JobItem>> {
        let mut forms = Vec::with_capacity(items.len());
        for item in &items {
            let form = item.input.clone().ok_or_else(|| Error::defect("an item without a form"))?;
            let form: LicenseForm = serde_json::from_value(form).map_err(Error::defect)?;
            forms.push((String::new(), form));
        }
        match self.licenses.issue_within(tx, policy_id, forms.clone(), Some(batch), actor).await {
            Ok(issued) => {
                let done = items.into_iter().zip(issued);
                return Ok(done.map(|(item, (license, _))| created(item, license.id)).collect());
            }
            // Nothing was written. The others are issued one by one.
            Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
        let mut tried = Vec::with_capacity(items.len());
        for (item, form) in items.into_iter().zip(forms) {
            let issued = self.licenses.issue_within(tx, policy_id, [form], Some(batch), actor).await;
            tried.push(match issued {
                Ok(issued) => match issued.first() {
                    Some((license, _)) => created(item, license.id),
                    None => return Err(Error::defect("a license that was not issued")),
                },
                Err(error @ Error::Invalid(_)) => {
                    JobItem { state: ItemState::Failed, error: Some(sentence(error)), ..item }
                }
                Err(error) => return Err(error),
            });
        }
        Ok(tried)
    }

    /// Runs the act on one license. One to which it does not apply is skipped: nothing has been written then.
    async fn change(&self, tx: &mut Tx, item: JobItem, act: &BulkAct, actor: &Actor) -> Result<JobItem> {
        let id = item.license_id.ok_or_else(|| Error::defect("an item without a license"))?;
        let result = match act {
            BulkAct::ChangeState { change, reason } => {
                self.licenses.change_state_within(tx, id, *change, reason, actor).await.map(drop)
            }
            BulkAct::Extend { extension, reason } => {
                self.licenses.extend_within(tx, id, *extension, reason, actor).await.map(drop)
            }
            BulkAct::Tag(tag) => self.licenses.tag_within(tx, id, &TagChange::Add(tag.clone()), actor).await.map(drop),
            BulkAct::Untag(tag) => {
                self.licenses.tag_within(tx, id, &TagChange::Remove(tag.clone()), actor).await.map(drop)
            }
        };
        match result {
            Ok(()) => Ok(JobItem { state: ItemState::Done, error: None, ..item }),
            Err(error @ (Error::Conflict(_) | Error::NotFound(_) | Error::Invalid(_))) => {
                Ok(JobItem { state: ItemState::Skipped, error: Some(sentence(error)), ..item })
            }
            Err(error) => Err(error),
        }
    }

    /// Stops a job that cannot go on. It can be resumed once the cause is gone.
    async fn stop(&self, job: &Job, why: String) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        if let Some(job) = tx.lock_job(job.id).await?.filter(|job| job.state == JobState::Running) {
            let stopped = Job { state: JobState::Cancelled, error: Some(why), finished_at: Some(now), ..job };
            tx.update_job(&stopped).await?;
            record_end(&stopped, &mut tx, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Returns `true` for an error that a repetition would meet again, whichever items run.
const fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::Forbidden(_)
            | Error::InvalidToken(_)
            | Error::NotFound(_)
            | Error::Invalid(_)
            | Error::Conflict(_)
            | Error::Internal(_)
    )
}

/// The first error of an invalid act, as a sentence.
fn sentence(error: Error) -> String {
    match error {
        Error::Invalid(invalid) => match invalid.0.into_iter().next() {
            Some(first) => format!("{} {}.", first.field, first.message),
            None => String::new(),
        },
        error => error.to_string(),
    }
}

fn created(item: JobItem, license: Uuid) -> JobItem {
    JobItem { state: ItemState::Done, license_id: Some(license), ..item }
}

/// The actor that started the job. Its permission, or its token, is checked again in each transaction.
fn actor(job: &Job) -> Actor {
    let origin = Origin { address: job.address.clone(), request_id: job.request_id.clone() };
    let permission = job.permission.as_deref().and_then(Permission::from_name);
    let is_program = job.actor_kind.as_deref() == Some(ActorKind::ApiToken(Uuid::nil()).name());
    match job.actor_id {
        Some(id) if is_program => Actor::api_token(id, job.actor_name.clone(), origin),
        Some(id) => {
            let actor = Actor::account(id, job.actor_name.clone(), origin);
            Actor { permission, ..actor }
        }
        None => Actor { kind: ActorKind::Command, name: job.actor_name.clone(), origin, ..Actor::command() },
    }
}
