//! Starting jobs.

use licensing::{EventKind, Invalid};
use serde_json::Value;
use store::jobs::{Job, JobState};
use uuid::Uuid;

use super::{BulkAct, JobInput, Jobs, MOST_ITEMS, record};
use crate::{Actor, Error, LicenseForm, Result};

/// Maximum number of errors in the forms of a job that are reported at once.
const MOST_ERRORS: usize = 100;

/// Items of a new job.
#[derive(Debug, Default)]
struct Items {
    total: usize,
    /// Licenses that it changes.
    licenses: Vec<Uuid>,
    /// Forms of those that it creates, if they differ.
    inputs: Vec<Value>,
    /// Product of all licenses; `None` if they have several.
    product_id: Option<Uuid>,
}

impl Jobs {
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
        let product = self.licenses.check_form(policy_id, form.clone()).await?;
        let items = Items { total: count, product_id: Some(product), ..Items::default() };
        self.start(JobInput::Create { policy_id, form: Box::new(form) }, items, actor).await
    }

    /// Starts a job that creates a license with a generated code for each form. Each carries the job's id.
    ///
    /// # Errors
    /// `NotFound` if there is no such policy; `Invalid` with the field `items` if there are none or more than 10,000, or
    /// with the fields of the forms, such as `items/3/email`.
    #[tracing::instrument(skip_all, fields(%policy_id, licenses = forms.len()))]
    pub async fn create_different_licenses(
        &self,
        policy_id: Uuid,
        forms: Vec<LicenseForm>,
        actor: &Actor,
    ) -> Result<Uuid> {
        if !(1..=MOST_ITEMS).contains(&forms.len()) {
            return Err(Invalid::one("items", "must be 1 to 10,000").into());
        }
        let mut wrong = Invalid::default();
        let (product, faults) = self.licenses.check_forms(policy_id, &forms).await?;
        for (n, Invalid(errors)) in faults {
            for error in errors {
                wrong.add(format!("items/{n}/{}", error.field), error.message);
            }
        }
        wrong.0.truncate(MOST_ERRORS);
        wrong.or(())?;
        let inputs = forms.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(Error::defect)?;
        let items = Items { total: forms.len(), inputs, product_id: Some(product), ..Items::default() };
        self.start(JobInput::CreateDifferent { policy_id }, items, actor).await
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
        let mut products = self.store.read().await?.on().license_products(&licenses).await?.into_iter();
        let first = products.next().map(|(_, product)| product);
        let product_id = first.filter(|first| products.all(|(_, product)| product == *first));
        let items = Items { total: licenses.len(), licenses, product_id, ..Items::default() };
        self.start(JobInput::Change(act.read()?), items, actor).await
    }

    async fn start(&self, input: JobInput, items: Items, actor: &Actor) -> Result<Uuid> {
        let now = self.clock.now();
        let job = Job {
            id: self.clock.id(),
            act: input.act(),
            state: JobState::Running,
            input: serde_json::to_value(&input).map_err(Error::defect)?,
            total: i64::try_from(items.total).map_err(Error::defect)?,
            done: 0,
            failed: 0,
            skipped: 0,
            error: None,
            actor_kind: Some(actor.kind.name().to_owned()),
            actor_id: actor.id(),
            actor_name: actor.name.clone(),
            permission: actor.permission.map(|permission| permission.name().to_owned()),
            address: actor.origin.address.clone(),
            request_id: actor.origin.request_id.clone(),
            product_id: items.product_id,
            created_at: now,
            finished_at: None,
        };
        let mut tx = self.store.begin().await?;
        tx.insert_job(&job, &items.licenses, &items.inputs).await?;
        record(&job, EventKind::JobStarted, actor, &mut tx, now).await?;
        tx.commit().await?;
        self.started.notify_one();
        Ok(job.id)
    }
}
