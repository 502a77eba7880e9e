//! Creating and changing policies.

use licensing::{EventKind, Invalid, SubjectKind, Terms, text};
use store::{policies::Policy, products::Product};
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result, Stale,
    audit::{Record, Subject},
};

/// Input for creating or changing a policy.
#[derive(Clone, Debug, Default)]
pub struct PolicyForm {
    /// Name, 1–80 characters, unique within the product.
    pub name: String,
    /// Terms.
    pub terms: Terms,
}

impl PolicyForm {
    pub(super) fn read(self, product: &Product, old: Policy) -> Result<Policy, Invalid> {
        let mut wrong = Invalid::default();
        let name = wrong.keep("name", text::name(&self.name, text::LONGEST_NAME)).unwrap_or_default();
        for checked in [self.terms.check(), self.terms.check_features(&product.features)] {
            if let Err(Invalid(errors)) = checked {
                wrong.0.extend(errors);
            }
        }
        wrong.or(Policy { name, terms: self.terms, ..old })
    }
}

impl Licenses {
    /// Creates a policy for a product.
    ///
    /// # Errors
    /// `NotFound` if there is no such product; `Invalid` with the field `name` and those of [`Terms::check`] and
    /// [`Terms::check_features`].
    #[tracing::instrument(skip_all, fields(%product_id))]
    pub async fn create_policy(&self, product_id: Uuid, form: PolicyForm, actor: &Actor) -> Result<Policy> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let blank = Policy {
            id: self.clock.id(),
            product_id,
            name: String::new(),
            terms: Terms::default(),
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        let product = tx.on().product(product_id).await?.ok_or(Error::NotFound("product"))?;
        let policy = form.read(&product, blank)?;
        tx.insert_policy(&policy).await?;
        let subject = Subject::new(SubjectKind::Policy, policy.id, &policy.name);
        Record::new(actor, EventKind::PolicyCreated, subject).made(&policy).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(policy)
    }

    /// Changes a policy. It applies to each device from its next renewal; no device loses its seat.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` as for [`create_policy`](Self::create_policy).
    pub async fn change_policy(&self, id: Uuid, form: PolicyForm, actor: &Actor) -> Result<Policy> {
        self.save_policy(id, None, form, None, actor).await
    }

    /// Like [`change_policy`](Self::change_policy), for a form opened at revision `opened`. `reason` is recorded in the
    /// audit log.
    ///
    /// # Errors
    /// Also `Stale` if another change came first.
    pub async fn save_policy(
        &self,
        id: Uuid,
        opened: Option<i64>,
        form: PolicyForm,
        reason: Option<String>,
        actor: &Actor,
    ) -> Result<Policy> {
        self.edit_policy(id, opened, reason, actor, |_| Ok(form.clone())).await
    }

    /// Like [`save_policy`](Self::save_policy), with a form that `edit` makes of the policy as read under its lock, so
    /// that no change made meanwhile is lost.
    ///
    /// # Errors
    /// Also those of `edit`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn edit_policy(
        &self,
        id: Uuid,
        opened: Option<i64>,
        reason: Option<String>,
        actor: &Actor,
        edit: impl Fn(&Policy) -> Result<PolicyForm> + Sync,
    ) -> Result<Policy> {
        let mut tx = self.store.begin().await?;
        let old = tx.lock_policy(id).await?.ok_or(Error::NotFound("policy"))?;
        let form = edit(&old)?;
        let now = self.clock.now();
        let product = tx.on().product(old.product_id).await?.ok_or(Error::NotFound("product"))?;
        let new = Policy { updated_at: now, revision: old.revision + 1, ..form.read(&product, old.clone())? };
        Stale::check(opened, old.revision, (&old, &new))?;
        tx.update_policy(&new).await?;
        let subject = Subject::new(SubjectKind::Policy, id, &new.name);
        Record::new(actor, EventKind::PolicyChanged, subject)
            .changed(&old, &new)
            .because(reason)
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(new)
    }
}
