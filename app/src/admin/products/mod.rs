//! Products: the list, and one of them.

pub mod acts;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{
    CodeShape,
    feature::Feature,
    product::{Algorithm, Lifecycle, ProductRelease},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::policies::PolicyLine;
use crate::Error;

/// A product in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductLine {
    /// Its id.
    pub id: Uuid,
    /// Its short name, the tokens' audience.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// How its tokens are signed.
    pub algorithm: Algorithm,
    /// Policies it has.
    pub policies: u64,
    /// Licenses it has, in whatever state.
    pub licenses: u64,
}

/// A product on its own page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductDetail {
    /// Its id.
    pub id: Uuid,
    /// Its short name, the tokens' audience.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// How its tokens are signed.
    pub algorithm: Algorithm,
    /// How its generated codes look.
    pub code_shape: CodeShape,
    /// Its features.
    pub features: Vec<Feature>,
    /// The versions that were released of it.
    pub releases: Vec<ProductRelease>,
    /// Its policies, by name.
    pub policies: Vec<PolicyLine>,
    /// Licenses it has, in whatever state.
    pub licenses: u64,
    /// Number of the last change.
    pub revision: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The tokens' issuer: this server's public address, without a slash at its end.
    pub issuer: String,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Every product, by name.
#[server(endpoint = "products/list")]
pub async fn list_products() -> Result<Vec<ProductLine>, Error> {
    use super::counted;

    super::guard::<ListProducts>()?;
    let rows = super::service()?.store().read().await?.on().products().await?;
    let line = |row: store::products::ProductRow| {
        let store::products::Product { id, code, name, lifecycle, algorithm, .. } = row.product;
        let (policies, licenses) = (counted(row.policies), counted(row.licenses));
        ProductLine { id, code, name, lifecycle, algorithm, policies, licenses }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// One product, with its policies.
#[server(endpoint = "products/product")]
pub async fn product(#[server(default)] id: String) -> Result<ProductDetail, Error> {
    super::guard::<Product>()?;
    let (service, id) = (super::service()?, super::read_id(&id)?);
    let mut reading = service.store().read().await?;
    let product = reading.on().product(id).await?.ok_or(Error::NotFound)?;
    let policies: Vec<_> = reading.on().policies(Some(id)).await?.into_iter().map(PolicyLine::of).collect();
    Ok(ProductDetail {
        id,
        code: product.code,
        name: product.name,
        lifecycle: product.lifecycle,
        algorithm: product.algorithm,
        code_shape: product.code_shape,
        features: product.features,
        releases: product.releases,
        licenses: policies.iter().map(|policy| policy.licenses).sum(),
        policies,
        revision: product.revision,
        created_at: product.created_at,
        updated_at: product.updated_at,
        issuer: service.issuer().to_owned(),
        now: service.clock().now(),
    })
}
