//! Products.

use chrono::{DateTime, Utc};
use licensing::{
    CodeShape,
    feature::Feature,
    product::{Algorithm, Lifecycle, ProductVersion},
};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// A product.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Product {
    /// Id.
    pub id: Uuid,
    /// Code, unique; the audience of its tokens.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// State.
    #[sqlx(try_from = "String")]
    pub lifecycle: Lifecycle,
    /// Signature algorithm of its tokens.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// Shape of its generated codes.
    #[sqlx(try_from = "String")]
    pub code_shape: CodeShape,
    /// Features, in the order in which users entered them.
    #[sqlx(json)]
    pub features: Vec<Feature>,
    /// Released versions, in the order in which users entered them.
    #[serde(rename = "releases")]
    #[sqlx(json, rename = "releases")]
    pub versions: Vec<ProductVersion>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Revision, raised by every change that users make; starts at 1.
    #[serde(skip)]
    pub revision: i64,
}

impl Connection<'_> {
    /// Returns the product with this id.
    pub async fn product(&mut self, id: Uuid) -> Result<Option<Product>> {
        const SQL: &str = "SELECT id, code, name, lifecycle, algorithm, code_shape, features, releases, created_at, updated_at, revision \
             FROM products WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns every product, ordered by name.
    pub async fn products(&mut self) -> Result<Vec<Product>> {
        const SQL: &str = "SELECT id, code, name, lifecycle, algorithm, code_shape, features, releases, created_at, updated_at, revision \
             FROM products ORDER BY LOWER(name), id";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }

    /// Returns the id and name of every product, ordered by name.
    pub async fn product_names(&mut self) -> Result<Vec<(Uuid, String)>> {
        const SQL: &str = "SELECT id, name FROM products ORDER BY LOWER(name), id";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }

    /// Returns the product with this code.
    pub async fn product_of_code(&mut self, code: &str) -> Result<Option<Product>> {
        const SQL: &str = "SELECT id, code, name, lifecycle, algorithm, code_shape, features, releases, created_at, updated_at, revision \
             FROM products WHERE code = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(code).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Returns the product with this id, locked until the transaction ends. Every change to a product starts here.
    pub async fn lock_product(&mut self, id: Uuid) -> Result<Option<Product>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM products WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(c).await?;
        }
        self.on().product(id).await
    }

    /// Returns the product with this id, and delays changes to it until the transaction ends. Other transactions may hold
    /// it at the same time. A license that sets feature values holds its product, so that none of these features is
    /// deleted in the meantime. Call this after locking licenses.
    pub async fn hold_product(&mut self, id: Uuid) -> Result<Option<Product>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM products WHERE id = $1 FOR SHARE").bind(id).execute(c).await?;
        }
        self.on().product(id).await
    }

    /// Inserts a product. Returns `Conflict(ProductCode)` if the code is taken.
    pub async fn insert_product(&mut self, product: &Product) -> Result<()> {
        const SQL: &str = "INSERT INTO products \
             (id, code, name, lifecycle, algorithm, code_shape, features, releases, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(product.id)
            .bind(&product.code)
            .bind(&product.name)
            .bind(product.lifecycle.name())
            .bind(product.algorithm.name())
            .bind(product.code_shape.name())
            .bind(Json(&product.features))
            .bind(Json(&product.versions))
            .bind(product.created_at)
            .bind(product.updated_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Updates a product, except its id, its code and its time of creation.
    pub async fn update_product(&mut self, product: &Product) -> Result<()> {
        const SQL: &str = "UPDATE products SET name = $2, lifecycle = $3, algorithm = $4, code_shape = $5, \
             features = $6, releases = $7, updated_at = $8, revision = $9 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(product.id)
            .bind(&product.name)
            .bind(product.lifecycle.name())
            .bind(product.algorithm.name())
            .bind(product.code_shape.name())
            .bind(Json(&product.features))
            .bind(Json(&product.versions))
            .bind(product.updated_at)
            .bind(product.revision)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "products", product.id)
    }
}
