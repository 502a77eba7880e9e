//! Policies: the list, and a single one.

pub mod acts;

use chrono::{DateTime, Utc};
use licensing::Terms;
use uuid::Uuid;

use crate::{Error, admin::ReadName};

/// A policy in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// The policy's id.
    pub id: Uuid,
    /// The policy's name.
    pub name: String,
    /// The policy's terms.
    pub terms: Terms,
    /// Number of licenses under it, in any state; `None` until they are counted.
    pub licenses: Option<u64>,
    /// Number of the last change.
    pub revision: i64,
}

impl PolicyLine {
    pub(super) fn of(row: store::policies::PolicyRow, counts: Option<&service::Counts>) -> Self {
        let store::policies::Policy { id, name, terms, revision, .. } = row.policy;
        Self { id, name, terms, revision, licenses: counts.and_then(|counts| counts.of_policies(&[id])) }
    }
}

/// The policies of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPolicies {
    /// The product's id.
    pub id: Uuid,
    /// The product's name.
    pub name: String,
    /// The product's policies, by name; may be empty.
    pub policies: Vec<PolicyLine>,
}

/// A policy on its own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDetail {
    /// The policy.
    pub policy: PolicyLine,
    /// The product's id.
    pub product_id: Uuid,
    /// The product's name.
    pub product: String,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The time of the last change.
    pub updated_at: DateTime<Utc>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

pub const LIST_POLICIES: ReadName = ReadName("policies/list");

/// Every product with its policies.
pub async fn list_policies() -> Result<Vec<ProductPolicies>, Error> {
    super::guard_read(LIST_POLICIES)?;
    let service = super::service()?;
    let counts = service.counter().counts().await?;
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter();
    let mut all: Vec<_> = products.map(|(id, name)| ProductPolicies { id, name, policies: Vec::new() }).collect();
    for row in reading.on().policies(None).await? {
        if let Some(product) = all.iter_mut().find(|product| product.id == row.policy.product_id) {
            product.policies.push(PolicyLine::of(row, counts.as_deref()));
        }
    }
    Ok(all)
}

pub const POLICY: ReadName = ReadName("policies/policy");

/// One policy.
pub async fn policy(id: String) -> Result<PolicyDetail, Error> {
    super::guard_read(POLICY)?;
    let (service, id) = (super::service()?, super::read_id(&id)?);
    let counts = service.counter().counts().await?;
    let mut reading = service.store().read().await?;
    let product_id = reading.on().policy(id).await?.ok_or(Error::NotFound)?.product_id;
    let mut rows = reading.on().policies(Some(product_id)).await?.into_iter();
    let row = rows.find(|row| row.policy.id == id).ok_or(Error::NotFound)?;
    Ok(PolicyDetail {
        product_id,
        product: row.product_name.clone(),
        created_at: row.policy.created_at,
        updated_at: row.policy.updated_at,
        policy: PolicyLine::of(row, counts.as_deref()),
        now: service.clock().now(),
    })
}

pub const NEW_POLICY: ReadName = ReadName("policies/new");

/// The choices for a new policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPolicy {
    /// The id and the name of every product that it can be for.
    pub products: Vec<(String, String)>,
    /// The policy that it is a copy of.
    pub original: Option<Original>,
}

/// A policy that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The product's id.
    pub product: String,
    /// The policy's name.
    pub name: String,
    /// The policy's terms.
    pub terms: Terms,
}

/// The choices for a new policy, which may be a copy of the one with the id `copy`.
pub async fn new_policy(copy: String) -> Result<NewPolicy, Error> {
    super::guard_read(NEW_POLICY)?;
    let service = super::service()?;
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter().map(|(id, name)| (id.to_string(), name));
    let original = match copy.parse() {
        Ok(id) => reading.on().policy(id).await?,
        Err(_) => None,
    };
    let original = original.map(|it| Original { product: it.product_id.to_string(), name: it.name, terms: it.terms });
    Ok(NewPolicy { products: products.collect(), original })
}
