//! Products: the list, and one of them.

pub mod acts;

use chrono::{DateTime, Utc};
use licensing::{
    CodeShape,
    feature::Feature,
    product::{Algorithm, Lifecycle, ProductRelease},
};
use uuid::Uuid;

use super::policies::PolicyLine;
use crate::{Error, admin::ReadName};

/// A product in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Licenses it has, in whatever state, once they are counted.
    pub licenses: Option<u64>,
}

/// A product on its own page.
#[derive(Clone, Debug, PartialEq)]
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
    /// Licenses it has, in whatever state, once they are counted.
    pub licenses: Option<u64>,
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

pub const LIST_PRODUCTS: ReadName = ReadName("products/list");

/// Every product, by name.
pub async fn list_products() -> Result<Vec<ProductLine>, Error> {
    use super::counted;

    super::guard_read(LIST_PRODUCTS)?;
    let service = super::service()?;
    let counts = service.counts().await?;
    let mut reading = service.store().read().await?;
    let products = reading.on().products().await?;
    let policies = reading.on().policies(None).await?;
    let line = |product: store::products::Product| {
        let store::products::Product { id, code, name, lifecycle, algorithm, .. } = product;
        let own: Vec<Uuid> =
            policies.iter().map(|row| &row.policy).filter(|it| it.product_id == id).map(|it| it.id).collect();
        let licenses = counts.as_ref().and_then(|counts| counts.of_policies(&own));
        ProductLine { id, code, name, lifecycle, algorithm, policies: counted(own.len()), licenses }
    };
    Ok(products.into_iter().map(line).collect())
}

pub const PRODUCT: ReadName = ReadName("products/product");

/// One product, with its policies.
pub async fn product(id: String) -> Result<ProductDetail, Error> {
    super::guard_read(PRODUCT)?;
    let (service, id) = (super::service()?, super::read_id(&id)?);
    let counts = service.counts().await?;
    let mut reading = service.store().read().await?;
    let product = reading.on().product(id).await?.ok_or(Error::NotFound)?;
    let policies = reading.on().policies(Some(id)).await?.into_iter();
    let policies: Vec<_> = policies.map(|row| PolicyLine::of(row, counts.as_deref())).collect();
    let ids: Vec<Uuid> = policies.iter().map(|policy| policy.id).collect();
    Ok(ProductDetail {
        id,
        code: product.code,
        name: product.name,
        lifecycle: product.lifecycle,
        algorithm: product.algorithm,
        code_shape: product.code_shape,
        features: product.features,
        releases: product.releases,
        licenses: counts.as_ref().and_then(|counts| counts.of_policies(&ids)),
        policies,
        revision: product.revision,
        created_at: product.created_at,
        updated_at: product.updated_at,
        issuer: service.issuer().to_owned(),
        now: service.clock().now(),
    })
}
