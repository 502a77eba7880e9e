//! Licenses: changing them, and revealing their codes.

use chrono::{DateTime, Utc};
use licensing::{
    Email, EventKind, Invalid, Overrides, SubjectKind, feature, feature::FeatureValues, license::State,
    terms::EmailTerm, text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{
    Tx,
    licenses::{License, LicenseRow, LicenseWithTerms},
    policies::Policy,
    products::Product,
};
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result, Stale,
    audit::{Record, Subject},
    licenses::{
        hints::hints,
        tag_list::{read_tags, replace_tags},
        token_room::fits_token,
    },
    retry::retried,
};

/// Maximum size of a license's metadata, in bytes of JSON.
const MOST_METADATA_BYTES: usize = 4096;
/// Maximum length of a license's notes, in characters.
const LONGEST_NOTES: usize = 4000;

/// Input for creating or changing a license.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LicenseForm {
    /// Terms that override the policy's.
    pub overrides: Overrides,
    /// Feature values that override the product's defaults.
    pub features: FeatureValues,
    /// Customer name; at most 100 characters, may be empty.
    pub customer: String,
    /// Customer e-mail address; may be empty unless the policy compares it.
    pub email: String,
    /// Vendor's reference; at most 100 characters, may be empty.
    pub reference: String,
    /// Notes for colleagues; at most 4,000 characters, may be empty.
    pub notes: String,
    /// Metadata: a JSON object of at most 4 KiB; may be empty.
    pub metadata: String,
    /// All tags; `None` to leave them as they are.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

/// Change of a license, made of the license as read under its lock.
#[derive(Clone, Debug)]
pub struct LicenseEdit {
    /// The new values.
    pub form: LicenseForm,
    /// Another policy of the same product; `None` to keep the present one.
    pub policy_id: Option<Uuid>,
}

/// Input for issuing a license.
#[derive(Clone, Debug)]
pub struct NewLicense {
    /// Policy, which also determines the product.
    pub policy_id: Uuid,
    /// Activation code to import; empty for a generated one.
    pub code: String,
    /// All other fields.
    pub form: LicenseForm,
}

impl LicenseForm {
    pub(crate) fn read(self, product: &Product, policy: &Policy, old: License) -> Result<License, Invalid> {
        let mut wrong = Invalid::default();
        let customer = wrong.keep("customer", text::line(&self.customer, 100)).flatten();
        let reference = wrong.keep("reference", text::line(&self.reference, 100)).flatten();
        let notes = wrong.keep("notes", text::note(&self.notes, LONGEST_NOTES)).flatten();
        let email = match self.email.trim() {
            "" => None,
            given => wrong.keep("email", Email::read(given)).map(|e| e.to_string()),
        };
        let metadata = wrong.keep("metadata", read_metadata(&self.metadata)).unwrap_or_default();
        wrong.0.extend(self.read_tags().err().unwrap_or_default().0);
        let terms = policy.terms.with(&self.overrides);
        let checks = [
            terms.check(),
            terms.check_features(&product.features),
            feature::check_values(&product.features, &self.features),
        ];
        for checked in checks {
            if let Err(Invalid(errors)) = checked {
                wrong.0.extend(errors);
            }
        }
        wrong.keep("features", fits_token(&self.features));
        if terms.email == EmailTerm::MustMatch && self.email.trim().is_empty() {
            wrong.add("email", "is required: the terms compare it with the address that a device sends");
        }
        let (ends_at, seat_limit) = hints(&terms, old.issued_at, old.first_activated_at);
        let Self { overrides, features, .. } = self;
        wrong.or(License {
            customer,
            reference,
            notes,
            email,
            metadata,
            overrides,
            features,
            ends_at,
            seat_limit,
            ..old
        })
    }
}

impl LicenseForm {
    /// Reads the tags; `None` to leave them as they are.
    pub(crate) fn read_tags(&self) -> Result<Option<Vec<String>>, Invalid> {
        self.tags.as_deref().map(read_tags).transpose()
    }
}

impl From<LicenseForm> for LicenseEdit {
    fn from(form: LicenseForm) -> Self {
        Self { form, policy_id: None }
    }
}

/// Returns the product of a license that is written. If the license sets feature values, none of the product's features is
/// deleted until the transaction ends.
pub(super) async fn product_for(tx: &mut Tx, id: Uuid, sets_features: bool) -> Result<Product> {
    let found = if sets_features { tx.hold_product(id).await? } else { tx.on().product(id).await? };
    found.ok_or(Error::NotFound("product"))
}

fn read_metadata(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    if text.len() > MOST_METADATA_BYTES {
        return Err(format!("takes more than {MOST_METADATA_BYTES} bytes"));
    }
    if text.contains("\\u0000") {
        return Err("contains the character U+0000".to_owned());
    }
    serde_json::from_str(text).map_err(|_| "is not a JSON object, such as {\"seats_sold_by\": \"Ingrid\"}".to_owned())
}

impl Licenses {
    /// Changes a license: its own terms and feature values, and the customer's data.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license is revoked; `Invalid` as for [`create_license`](Self::create_license).
    pub async fn change_license(&self, id: Uuid, form: LicenseForm, actor: &Actor) -> Result<License> {
        self.save_license(id, None, form, actor).await
    }

    /// Like [`change_license`](Self::change_license), for a form opened at revision `opened`.
    ///
    /// # Errors
    /// Also `Stale` if another change came first.
    pub async fn save_license(
        &self,
        id: Uuid,
        opened: Option<i64>,
        form: LicenseForm,
        actor: &Actor,
    ) -> Result<License> {
        self.edit_license(id, opened, actor, |_, _| Ok(form.clone().into())).await
    }

    /// Like [`save_license`](Self::save_license), with a change that `edit` makes of the license and its tags as read under
    /// the license's lock, so that no other change is lost.
    ///
    /// # Errors
    /// Also those of `edit`, and `Invalid` with the field `policy` if the license cannot move to that policy.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn edit_license(
        &self,
        id: Uuid,
        opened: Option<i64>,
        actor: &Actor,
        edit: impl Fn(&LicenseWithTerms, &[String]) -> Result<LicenseEdit> + Sync,
    ) -> Result<License> {
        let edit = &edit;
        retried(|| async move {
            let mut tx = self.store.begin().await?;
            let (locked, now) = self.lock(&mut tx, id).await?;
            let old_tags = tx.on().tags(id).await?;
            let old_end = locked.ends_at();
            let LicenseEdit { form, policy_id } = edit(&locked, &old_tags)?;
            let (old, old_policy) = (locked.license, locked.policy_name);
            if old.state == State::Revoked {
                return Err(Error::Conflict("This license was revoked and can no longer be changed.".to_owned()));
            }
            let policy = match policy_id.filter(|id| *id != old.policy_id) {
                Some(id) => target_policy(&mut tx, id, old.product_id).await?,
                None => tx.on().policy(old.policy_id).await?.ok_or(Error::NotFound("policy"))?,
            };
            let product = product_for(&mut tx, old.product_id, !form.features.is_empty()).await?;
            let tags = form.read_tags();
            let read = form.read(&product, &policy, old.clone())?;
            let tags = tags?.unwrap_or_else(|| old_tags.clone());
            let new = License { policy_id: policy.id, updated_at: now, revision: old.revision + 1, ..read };
            let product = product.name.as_str();
            let before = AuditSnapshot { license: &old, product, policy: &old_policy, tags: &old_tags };
            let after = AuditSnapshot { license: &new, product, policy: &policy.name, tags: &tags };
            Stale::check(opened, old.revision, (&before.to_json(), &after.to_json()))?;
            tx.update_license(&new).await?;
            replace_tags(&mut tx, id, &old_tags, &tags).await?;
            Record::new(actor, EventKind::LicenseChanged, after.subject())
                .changed(&before.to_json(), &after.to_json())
                .write(&mut tx, now)
                .await?;
            self.notice_move(&mut tx, id, (old_end, new.ends_at), now).await?;
            tx.commit().await?;
            Ok(new)
        })
        .await
    }

    /// Changes the internal notes of a license, in any state, from a form opened at revision `opened`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `notes`; `Stale` if another change came first.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn save_notes(&self, id: Uuid, opened: Option<i64>, notes: &str, actor: &Actor) -> Result<()> {
        let notes = text::note(notes, LONGEST_NOTES).map_err(|why| Invalid::one("notes", why.to_string()))?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (LicenseWithTerms { license: old, .. }, now) = self.lock(&mut tx, id).await?;
            let (before, after) = (json!({ "notes": old.notes }), json!({ "notes": notes }));
            Stale::check(opened, old.revision, (&before, &after))?;
            let new = License { notes: notes.clone(), updated_at: now, revision: old.revision + 1, ..old };
            tx.update_license(&new).await?;
            Record::new(actor, EventKind::LicenseChanged, subject(&new))
                .changed(&before, &after)
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// Returns the whole code of a license. Revealing it is recorded as an event.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn reveal_code(&self, id: Uuid, actor: &Actor) -> Result<String> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let license = tx.on().license_with_terms(id).await?.ok_or(Error::NotFound("license"))?.license;
        let code = self.unseal_code(&license.code_sealed)?;
        Record::new(actor, EventKind::LicenseCodeRevealed, subject(&license)).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Locks the license. Every change to it or to its devices starts here. Returns the license as read under the lock,
    /// and the time for all decisions in this transaction.
    pub(crate) async fn lock(&self, tx: &mut Tx, id: Uuid) -> Result<(LicenseWithTerms, DateTime<Utc>)> {
        tx.lock_license(id).await?;
        let now = self.clock.synchronized(&mut tx.on()).await?;
        Ok((tx.on().license_with_terms(id).await?.ok_or(Error::NotFound("license"))?, now))
    }

    /// The license with its seats at present, for pages.
    pub async fn license(&self, id: Uuid) -> Result<LicenseRow> {
        let now = self.clock.now();
        self.store.read().await?.on().license(id, now).await?.ok_or(Error::NotFound("license"))
    }
}

/// Returns the policy to which a license of this product moves.
async fn target_policy(tx: &mut Tx, id: Uuid, product_id: Uuid) -> Result<Policy> {
    let found = tx.on().policy(id).await?.filter(|policy| policy.product_id == product_id);
    Ok(found.ok_or_else(|| Invalid::one("policy", "must be a policy of the license's product"))?)
}

pub(crate) fn subject(license: &License) -> Subject {
    Subject::new(SubjectKind::License, license.id, called(license)).of_license(license.id)
}

/// The name of a license in the audit log.
pub(crate) fn called(license: &License) -> String {
    name_of(license.customer.as_deref(), license.email.as_deref(), &license.code_tail)
}

pub(crate) fn name_of(customer: Option<&str>, email: Option<&str>, code_tail: &str) -> String {
    customer.or(email).map_or_else(|| format!("license with the code …{code_tail}"), str::to_owned)
}

/// A license's state for the audit log, without secrets.
pub(crate) struct AuditSnapshot<'a> {
    pub(crate) license: &'a License,
    pub(crate) product: &'a str,
    pub(crate) policy: &'a str,
    pub(crate) tags: &'a [String],
}

impl AuditSnapshot<'_> {
    pub(crate) fn subject(&self) -> Subject {
        subject(self.license)
    }

    pub(crate) fn to_json(&self) -> Value {
        let l = self.license;
        let mut snapshot = json!({
            "product": self.product,
            "policy": self.policy,
            "code_tail": l.code_tail,
            "overrides": l.overrides,
            "features": l.features,
            "customer": l.customer,
            "email": l.email,
            "reference": l.reference,
            "notes": l.notes,
            "metadata": l.metadata,
        });
        if let (Some(members), false) = (snapshot.as_object_mut(), self.tags.is_empty()) {
            members.insert("tags".to_owned(), self.tags.join(", ").into());
        }
        snapshot
    }
}
