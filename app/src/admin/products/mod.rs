//! Products: the list, and a single one.

pub mod acts;

use chrono::{DateTime, Utc};
use licensing::{
    CodeShape,
    feature::Feature,
    product::{Algorithm, Lifecycle, ProductVersion},
};
use uuid::Uuid;

use super::policies::PolicyLine;
use crate::{Error, admin::ReadName};

/// A product in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductLine {
    /// The product's id.
    pub id: Uuid,
    /// The product's code: the audience of its tokens.
    pub code: String,
    /// The product's name.
    pub name: String,
    /// Active or withdrawn.
    pub lifecycle: Lifecycle,
    /// The algorithm that signs its tokens.
    pub algorithm: Algorithm,
    /// Number of policies.
    pub policies: u64,
    /// Number of licenses, in any state; `None` until they are counted.
    pub licenses: Option<u64>,
}

/// A product on its own page.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductDetail {
    /// The product's id.
    pub id: Uuid,
    /// The product's code: the audience of its tokens.
    pub code: String,
    /// The product's name.
    pub name: String,
    /// Active or withdrawn.
    pub lifecycle: Lifecycle,
    /// The algorithm that signs its tokens.
    pub algorithm: Algorithm,
    /// The shape of its generated codes.
    pub code_shape: CodeShape,
    /// The features.
    pub features: Vec<Feature>,
    /// The released versions.
    pub versions: Vec<ProductVersion>,
    /// The policies, by name.
    pub policies: Vec<PolicyLine>,
    /// Number of licenses, in any state; `None` until they are counted.
    pub licenses: Option<u64>,
    /// Number of the last change.
    pub revision: i64,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The time of the last change.
    pub updated_at: DateTime<Utc>,
    /// The tokens' issuer: the server's public address, without a trailing slash.
    pub issuer: String,
    /// The public half of the key that signs its tokens now; `None` if there is none yet.
    pub key: Option<ProductKey>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The public half of a signing key.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductKey {
    /// The key in PEM (RFC 7468 §13).
    pub pem: String,
    /// The key as a JWK (RFC 7517).
    pub jwk: serde_json::Value,
}

pub const LIST_PRODUCTS: ReadName = ReadName("products/list");

/// Every product, by name.
pub async fn list_products() -> Result<Vec<ProductLine>, Error> {
    use super::counted;

    super::guard_read(LIST_PRODUCTS)?;
    let service = super::service()?;
    let counts = service.counter().counts().await?;
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

/// A single product, with its policies.
pub async fn product(id: String) -> Result<ProductDetail, Error> {
    super::guard_read(PRODUCT)?;
    let (service, id) = (super::service()?, super::read_id(&id)?);
    let counts = service.counter().counts().await?;
    let mut reading = service.store().read().await?;
    let product = reading.on().product(id).await?.ok_or(Error::NotFound)?;
    let policies = reading.on().policies(Some(id)).await?.into_iter();
    let policies: Vec<_> = policies.map(|row| PolicyLine::of(row, counts.as_deref())).collect();
    let key = service.keys().product_key(product.algorithm, &product.code).await?;
    let ids: Vec<Uuid> = policies.iter().map(|policy| policy.id).collect();
    Ok(ProductDetail {
        id,
        code: product.code,
        name: product.name,
        lifecycle: product.lifecycle,
        algorithm: product.algorithm,
        code_shape: product.code_shape,
        features: product.features,
        versions: product.versions,
        licenses: counts.as_ref().and_then(|counts| counts.of_policies(&ids)),
        policies,
        revision: product.revision,
        created_at: product.created_at,
        updated_at: product.updated_at,
        key: key.map(|key| ProductKey { pem: key.pem, jwk: key.jwk }),
        issuer: service.keys().issuer().to_owned(),
        now: service.clock().now(),
    })
}
