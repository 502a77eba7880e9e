//! Creating and changing licenses.

use leptos::prelude::*;
use licensing::{Terms, feature::Feature};
use live::PolicyChoice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, guard, guard_read, read_id, service},
    feature_values,
    http::done::Done,
    terms_form::TermsFields,
};

/// A license's details as typed, without its terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicenseFields {
    /// The customer's name.
    pub customer: String,
    /// The customer's e-mail address.
    pub email: String,
    /// The vendor's own reference.
    pub reference: String,
    /// Internal notes.
    pub notes: String,
    /// The license's feature values: see [`crate::feature_values`].
    pub features: String,
    /// A JSON object.
    pub metadata: String,
}

/// The data of the page for a new license.
#[derive(Clone, Debug, PartialEq)]
pub struct NewLicense {
    /// `true` if there is any product.
    pub any_product: bool,
    /// Every policy, by product and name.
    pub policies: Vec<PolicyChoice>,
    /// The policy in the address, if it exists.
    pub chosen: Option<Uuid>,
}

/// The data of the form that changes a license.
#[derive(Clone, Debug, PartialEq)]
pub struct LicenseEdit {
    /// The license's id.
    pub id: Uuid,
    /// The license's name.
    pub name: String,
    /// The license's policy.
    pub policy: PolicyChoice,
    /// Number of the last change.
    pub revision: i64,
    /// `true` if it was revoked and can no longer be changed.
    pub revoked: bool,
    /// The details.
    pub about: LicenseFields,
    /// The license's exceptions to the policy's terms.
    pub terms: TermsFields,
}

pub const OFFER_LICENSE: ReadName = ReadName("licenses/new");

/// The data of the page for a new license. `policy` is the id of the policy that is selected initially.
pub async fn offer_license(policy: String) -> Result<NewLicense, Error> {
    guard_read(OFFER_LICENSE)?;
    let service = service()?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let products = on.products().await?;
    let policies = on.policies(None).await?.into_iter().map(|row| {
        let features = products.iter().find(|it| it.id == row.policy.product_id);
        let features = features.map(|it| it.features.clone()).unwrap_or_default();
        choice(row.policy, row.product_name, features)
    });
    let policies: Vec<_> = policies.collect();
    let chosen = policy.parse().ok().filter(|id| policies.iter().any(|policy| policy.id == *id));
    Ok(NewLicense { any_product: !products.is_empty(), policies, chosen })
}

/// Creates a license under the policy, and opens its page, which shows the code this once. Several licenses are created by
/// a job, whose page opens instead.
#[server(endpoint = "licenses/create")]
pub async fn create_license(
    #[server(default)] policy: String,
    #[server(default)] code: String,
    #[server(default)] quantity: String,
    #[server(flatten)] about: LicenseFields,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = guard::<CreateLicense>()?;
    let service = service()?;
    let mut reading = service.store().read().await?;
    let policy = match policy.parse() {
        Ok(id) => reading.on().policy(id).await?,
        Err(_) => None,
    };
    let policy = policy.ok_or_else(|| Error::field("policy", "no longer exists: choose another"))?;
    let product = reading.on().product(policy.product_id).await?.ok_or(Error::NotFound)?;
    drop(reading);
    let form = read(about, &terms, &policy.terms, &product.features)?;
    let count = match quantity.trim() {
        "" => 1,
        text => {
            crate::number::read(text).ok_or_else(|| Error::field("quantity", "must be a number from 1 to 10,000"))?
        }
    };
    if count != 1 {
        if !code.trim().is_empty() {
            return Err(Error::field("code", "must be empty for more than one license: each gets its own"));
        }
        let job = service.jobs().create_licenses(policy.id, count, form, &actor).await?;
        Done::JobStarted.at(&format!("/jobs/{job}"));
        return Ok(());
    }
    let new = service::NewLicense { policy_id: policy.id, code, form };
    let (license, code) = service.licenses().create_license(new, &actor).await?;
    super::code::keep(license.id, code.written().to_owned(), true).await?;
    crate::admin::first_run::keep(&service, license.id, code.written()).await?;
    crate::http::address::go(&format!("/licenses/{}", license.id));
    Ok(())
}

pub const EDIT_LICENSE: ReadName = ReadName("licenses/edit");

/// The data of the form that changes a license.
pub async fn edit_license(id: String) -> Result<LicenseEdit, Error> {
    guard_read(EDIT_LICENSE)?;
    let row = service()?.licenses().license(read_id(&id)?).await?;
    let mut reading = service()?.store().read().await?;
    let product = reading.on().product(row.license.product_id).await?.ok_or(Error::NotFound)?;
    let policy = reading.on().policy(row.license.policy_id).await?.ok_or(Error::NotFound)?;
    Ok(LicenseEdit::of(row.license, choice(policy, product.name, product.features)))
}

/// Changes a license's details, and its own terms and feature values.
#[server(endpoint = "licenses/change")]
pub async fn change_license(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] about: LicenseFields,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = guard::<ChangeLicense>()?;
    let (service, id, opened) = (service()?, read_id(&id)?, crate::form::read_revision(&revision)?);
    let row = service.licenses().license(id).await?;
    let mut reading = service.store().read().await?;
    let product = reading.on().product(row.license.product_id).await?.ok_or(Error::NotFound)?;
    drop(reading);
    let form = read(about, &terms, &row.policy_terms, &product.features)?;
    service.licenses().save_license(id, opened, form, &actor).await?;
    Done::LicenseChanged.at(&format!("/licenses/{id}"));
    Ok(())
}

/// Reads the fields, for that policy and those features.
fn read(
    about: LicenseFields,
    terms: &TermsFields,
    policy: &Terms,
    features: &[Feature],
) -> Result<service::LicenseForm, licensing::Invalid> {
    let mut wrong = licensing::Invalid::default();
    let mut good = |invalid: licensing::Invalid| wrong.0.extend(invalid.0);
    let overrides = terms.read_overrides_for(policy, features).map_err(&mut good).unwrap_or_default();
    let features = feature_values::read(&about.features, features).map_err(&mut good).unwrap_or_default();
    let LicenseFields { customer, email, reference, notes, metadata, .. } = about;
    wrong.or(service::LicenseForm { overrides, features, customer, email, reference, notes, metadata, tags: None })
}

fn choice(policy: service::store::policies::Policy, product: String, features: Vec<Feature>) -> PolicyChoice {
    PolicyChoice { id: policy.id, name: policy.name, product, terms: policy.terms, features }
}

impl LicenseEdit {
    fn of(license: service::store::licenses::License, policy: PolicyChoice) -> Self {
        Self {
            id: license.id,
            name: super::name_of(&license),
            policy,
            revision: license.revision,
            revoked: license.state == licensing::license::State::Revoked,
            terms: TermsFields::of_overrides(&license.overrides),
            about: LicenseFields {
                customer: license.customer.unwrap_or_default(),
                email: license.email.unwrap_or_default(),
                reference: license.reference.unwrap_or_default(),
                notes: license.notes.unwrap_or_default(),
                features: feature_values::print(&license.features),
                metadata: super::printed(&license.metadata),
            },
        }
    }
}
