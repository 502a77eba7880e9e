//! Named terms of a product's licenses.

use chrono::{DateTime, Utc};
use licensing::Terms;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A policy.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Policy {
    /// Its id.
    pub id: Uuid,
    /// The product whose licenses it is for.
    pub product_id: Uuid,
    /// Its name, unique within the product.
    pub name: String,
    /// What it says.
    #[sqlx(json)]
    pub terms: Terms,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Number of the change that people made last, from 1.
    #[serde(skip)]
    pub revision: i64,
}

/// A policy in the list of policies.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PolicyRow {
    /// The policy.
    #[sqlx(flatten)]
    pub policy: Policy,
    /// Its product's name.
    pub product_name: String,
}

impl Connection<'_> {
    /// The policy of that id.
    pub async fn policy(&mut self, id: Uuid) -> Result<Option<Policy>> {
        const SQL: &str =
            "SELECT id, product_id, name, terms, created_at, updated_at, revision FROM policies WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Every policy, or every policy of one product, by product and name.
    pub async fn policies(&mut self, product_id: Option<Uuid>) -> Result<Vec<PolicyRow>> {
        const SQL: &str = "SELECT o.id, o.product_id, o.name, o.terms, o.created_at, o.updated_at, o.revision, \
             p.name AS product_name FROM policies o JOIN products p ON p.id = o.product_id \
             WHERE $1 IS NULL OR o.product_id = $1 ORDER BY LOWER(p.name), LOWER(o.name), o.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(product_id).fetch_all(&mut **c).await)?)
    }

    /// Id, product's name and name of every policy, or of every policy of one product, by both names.
    pub async fn policy_names(&mut self, product_id: Option<Uuid>) -> Result<Vec<(Uuid, String, String)>> {
        const SQL: &str = "SELECT o.id, p.name, o.name FROM policies o JOIN products p ON p.id = o.product_id \
             WHERE $1 IS NULL OR o.product_id = $1 ORDER BY LOWER(p.name), LOWER(o.name), o.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(product_id).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// The policy of that id, locked until the transaction ends: whoever changes it asks here first.
    pub async fn lock_policy(&mut self, id: Uuid) -> Result<Option<Policy>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM policies WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(c).await?;
        }
        self.on().policy(id).await
    }

    /// Writes a new policy. `Conflict(PolicyName)` where the product has one of that name.
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

    /// Writes a policy's name and terms. `Conflict(PolicyName)` where the product has another of that name.
    pub async fn update_policy(&mut self, policy: &Policy) -> Result<()> {
        const SQL: &str = "UPDATE policies SET name = $2, terms = $3, updated_at = $4, revision = $5 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(policy.id)
            .bind(&policy.name)
            .bind(Json(&policy.terms))
            .bind(policy.updated_at)
            .bind(policy.revision)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
