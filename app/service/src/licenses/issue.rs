//! Issuing licenses, one at a time or many in one transaction.

use chrono::{DateTime, Utc};
use licensing::{ActivationCode, EventKind, Invalid, Overrides, feature::FeatureValues, license::State};
use serde_json::Map;
use store::{Tx, licenses::License, policies::Policy, products::Product};
use uuid::Uuid;

use crate::{
    Actor, Error, LicenseForm, Licenses, NewLicense, Result,
    audit::Record,
    crypto::vault::{Purpose, random},
    licenses::change::{AuditSnapshot, product_for},
};

impl Licenses {
    /// Issues a license and returns it with its code. Later, only accounts that may reveal codes can see it.
    ///
    /// # Errors
    /// `NotFound` if there is no such policy; `Invalid` with the fields of [`LicenseForm`], those of
    /// [`licensing::Terms::check`], and `code`.
    pub async fn create_license(&self, new: NewLicense, actor: &Actor) -> Result<(License, ActivationCode)> {
        let mut issued = self.issue(new.policy_id, [(new.code, new.form)], actor).await?;
        issued.pop().ok_or_else(|| Error::defect("a license that was not issued"))
    }

    /// Issues a license with a generated code for each form, all in one transaction.
    ///
    /// # Errors
    /// As for [`create_license`](Self::create_license), for the first invalid form; no license is issued then.
    #[tracing::instrument(skip_all, fields(%policy_id))]
    pub async fn create_licenses(
        &self,
        policy_id: Uuid,
        forms: Vec<LicenseForm>,
        actor: &Actor,
    ) -> Result<Vec<(License, ActivationCode)>> {
        self.issue(policy_id, forms.into_iter().map(|form| (String::new(), form)), actor).await
    }

    async fn issue(
        &self,
        policy_id: Uuid,
        forms: impl IntoIterator<Item = (String, LicenseForm)>,
        actor: &Actor,
    ) -> Result<Vec<(License, ActivationCode)>> {
        let mut tx = self.store.begin().await?;
        let issued = self.issue_within(&mut tx, policy_id, forms, None, actor).await?;
        tx.commit().await?;
        Ok(issued)
    }

    /// The same within a transaction, for the job `batch`. An error other than of the database leaves nothing written,
    /// except for `Forbidden`.
    pub(crate) async fn issue_within(
        &self,
        tx: &mut Tx,
        policy_id: Uuid,
        forms: impl IntoIterator<Item = (String, LicenseForm)>,
        batch: Option<Uuid>,
        actor: &Actor,
    ) -> Result<Vec<(License, ActivationCode)>> {
        let policy = tx.on().policy(policy_id).await?.ok_or(Error::NotFound("policy"))?;
        let forms: Vec<_> = forms.into_iter().collect();
        let sets_features = forms.iter().any(|(_, form)| !form.features.is_empty());
        let product = product_for(tx, policy.product_id, sets_features).await?;
        let now = self.clock.now();
        let (mut licenses, mut codes, mut tags) = (vec![], vec![], vec![]);
        for (code, form) in forms {
            let own = form.read_tags();
            let (license, code) = self.made(&code, form, (&product, &policy), now)?;
            tags.push(own?.unwrap_or_default());
            licenses.push(License { batch_id: batch, ..license });
            codes.push(code);
        }
        tx.insert_licenses(&licenses).await?;
        let tagged = licenses.iter().zip(&tags);
        let rows: Vec<_> =
            tagged.clone().flat_map(|(license, own)| own.iter().map(|tag| (license.id, tag.clone()))).collect();
        tx.add_tags(&rows).await?;
        let records = tagged.map(|(license, own)| created(license, own, (&product, &policy), actor));
        Record::write_all(records, tx, now).await?;
        Ok(licenses.into_iter().zip(codes).collect())
    }

    /// Checks the form of a new license under a policy. Returns the product.
    ///
    /// # Errors
    /// As for [`create_license`](Self::create_license).
    pub(crate) async fn check_form(&self, policy_id: Uuid, form: LicenseForm) -> Result<Uuid> {
        let (product, mut faults) = self.check_forms(policy_id, std::slice::from_ref(&form)).await?;
        faults.pop().map_or(Ok(product), |(_, wrong)| Err(wrong.into()))
    }

    /// Checks the forms of new licenses under a policy. Returns the product, and the errors of each invalid form with its
    /// place in the list.
    ///
    /// # Errors
    /// `NotFound` if there is no such policy.
    pub(crate) async fn check_forms(
        &self,
        policy_id: Uuid,
        forms: &[LicenseForm],
    ) -> Result<(Uuid, Vec<(usize, Invalid)>)> {
        let mut reading = self.store.read().await?;
        let policy = reading.on().policy(policy_id).await?.ok_or(Error::NotFound("policy"))?;
        let product = reading.on().product(policy.product_id).await?.ok_or(Error::NotFound("product"))?;
        drop(reading);
        let mut faults = vec![];
        for (n, form) in forms.iter().enumerate() {
            match self.made("", form.clone(), (&product, &policy), self.clock.now()) {
                Ok(_) => {}
                Err(Error::Invalid(wrong)) => faults.push((n, wrong)),
                Err(error) => return Err(error),
            }
        }
        Ok((product.id, faults))
    }

    /// Builds a new license and its code without storing them. An empty `code` requests a generated one.
    pub(crate) fn made(
        &self,
        code: &str,
        form: LicenseForm,
        (product, policy): (&Product, &Policy),
        now: DateTime<Utc>,
    ) -> Result<(License, ActivationCode)> {
        let imported = !code.trim().is_empty();
        let code = if imported {
            ActivationCode::import(code).map_err(|e| e.to_string())
        } else {
            Ok(ActivationCode::from_entropy(product.code_shape, &random()?))
        };
        let blank = License {
            id: self.clock.id(),
            product_id: product.id,
            policy_id: policy.id,
            code_hmac: vec![],
            code_sealed: vec![],
            code_tail: String::new(),
            code_imported: imported,
            state: State::Active,
            state_reason: None,
            overrides: Overrides::default(),
            features: FeatureValues::new(),
            customer: None,
            email: None,
            reference: None,
            notes: None,
            metadata: Map::new(),
            issued_at: now,
            first_activated_at: None,
            created_at: now,
            updated_at: now,
            revision: 1,
            ends_at: None,
            seat_limit: None,
            batch_id: None,
        };
        let (code, license) = match (code, form.read(product, policy, blank)) {
            (Ok(code), Ok(license)) => (code, license),
            (code, form) => {
                let mut wrong = form.err().unwrap_or_default();
                wrong.keep("code", code);
                return Err(wrong.into());
            }
        };
        let license = License {
            code_hmac: self.vault.code_hmac(&code).to_vec(),
            code_sealed: self.vault.seal(Purpose::Code, code.written().as_bytes())?,
            code_tail: code.tail(),
            ..license
        };
        Ok((license, code))
    }
}

/// The record of a new license.
pub(crate) fn created<'a>(
    license: &License,
    tags: &[String],
    (product, policy): (&Product, &Policy),
    actor: &'a Actor,
) -> Record<'a> {
    let snapshot = AuditSnapshot { license, product: &product.name, policy: &policy.name, tags };
    Record::new(actor, EventKind::LicenseCreated, snapshot.subject()).made(&snapshot.to_json())
}
