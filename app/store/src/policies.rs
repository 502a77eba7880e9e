//! Policies: named terms of a product's licenses.

use chrono::{DateTime, Utc};
use licensing::Terms;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// A policy.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Policy {
    /// Id.
    pub id: Uuid,
    /// Product.
    pub product_id: Uuid,
    /// Name, unique within the product.
    pub name: String,
    /// Terms.
    #[sqlx(json)]
    pub terms: Terms,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Revision, raised by every change that users make; starts at 1.
    #[serde(skip)]
    pub revision: i64,
}

/// A policy in a list.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PolicyRow {
    /// Policy.
    #[sqlx(flatten)]
    pub policy: Policy,
    /// Name of the product.
    pub product_name: String,
}

impl Connection<'_> {
    /// Returns the policy with this id.
    pub async fn policy(&mut self, id: Uuid) -> Result<Option<Policy>> {
        const SQL: &str =
            "SELECT id, product_id, name, terms, created_at, updated_at, revision FROM policies WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns every policy, or every policy of one product, ordered by product and name.
    pub async fn policies(&mut self, product_id: Option<Uuid>) -> Result<Vec<PolicyRow>> {
        const SQL: &str = "SELECT o.id, o.product_id, o.name, o.terms, o.created_at, o.updated_at, o.revision, \
             p.name AS product_name FROM policies o JOIN products p ON p.id = o.product_id \
             WHERE $1 IS NULL OR o.product_id = $1 ORDER BY LOWER(p.name), LOWER(o.name), o.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(product_id).fetch_all(&mut **c).await)?)
    }

    /// Returns the id, product name and name of every policy, or of every policy of one product, ordered by both names.
    pub async fn policy_names(&mut self, product_id: Option<Uuid>) -> Result<Vec<(Uuid, String, String)>> {
        const SQL: &str = "SELECT o.id, p.name, o.name FROM policies o JOIN products p ON p.id = o.product_id \
             WHERE $1 IS NULL OR o.product_id = $1 ORDER BY LOWER(p.name), LOWER(o.name), o.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(product_id).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Returns the policy with this id, locked until the transaction ends. Every change to a policy starts here.
    pub async fn lock_policy(&mut self, id: Uuid) -> Result<Option<Policy>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM policies WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(c).await?;
        }
        self.on().policy(id).await
    }

    /// Inserts a policy. Returns `Conflict(PolicyName)` if the product already has a policy with this name.
    pub async fn insert_policy(&mut self, policy: &Policy) -> Result<()> {
        const SQL: &str = "INSERT INTO policies (id, product_id, name, terms, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(policy.id)
            .bind(policy.product_id)
            .bind(&policy.name)
            .bind(Json(&policy.terms))
            .bind(policy.created_at)
            .bind(policy.updated_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Updates a policy's name and terms. Returns `Conflict(PolicyName)` if the product has another policy with this
    /// name.
    pub async fn update_policy(&mut self, policy: &Policy) -> Result<()> {
        const SQL: &str = "UPDATE policies SET name = $2, terms = $3, updated_at = $4, revision = $5 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(policy.id)
            .bind(&policy.name)
            .bind(Json(&policy.terms))
            .bind(policy.updated_at)
            .bind(policy.revision)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "policies", policy.id)
    }
}
