//! Tokens of the vendor's own systems. Their secrets are stored hashed.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A token.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ApiToken {
    /// Its id, which is part of its text.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
    /// SHA-256 of the secret before, which is good for a while longer.
    pub former_hash: Option<Vec<u8>>,
    /// Until when.
    pub former_until: Option<DateTime<Utc>>,
    /// The names of the permissions that it has: a JSON list of texts.
    #[sqlx(json)]
    pub scopes: Value,
    /// The ids of the products that it is for, all where there is none: a JSON list of texts.
    #[sqlx(json)]
    pub products: Value,
    /// The networks that it may be used from, all where there is none: a JSON list of texts.
    #[sqlx(json)]
    pub networks: Value,
    /// Who made it: the name at the time.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When its secret was last replaced.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it was last used, coarsely.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Number of the last rotation or revocation; 1 after it was made.
    pub revision: i64,
}

impl Connection<'_> {
    /// The token of that id.
    pub async fn api_token(&mut self, id: Uuid) -> Result<Option<ApiToken>> {
        const SQL: &str = "SELECT id, name, secret_hash, former_hash, former_until, scopes, products, networks, \
             created_by, created_at, expires_at, rotated_at, last_used_at, revoked_at, revision FROM api_tokens WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Every token, the youngest first.
    pub async fn api_tokens(&mut self) -> Result<Vec<ApiToken>> {
        const SQL: &str = "SELECT id, name, secret_hash, former_hash, former_until, scopes, products, networks, \
             created_by, created_at, expires_at, rotated_at, last_used_at, revoked_at, revision FROM api_tokens ORDER BY id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes a new token.
    pub async fn insert_api_token(&mut self, token: &ApiToken) -> Result<()> {
        const SQL: &str = "INSERT INTO api_tokens (id, name, secret_hash, former_hash, former_until, scopes, products, \
             networks, created_by, created_at, expires_at, rotated_at, last_used_at, revoked_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(token.id)
            .bind(&token.name)
            .bind(&token.secret_hash)
            .bind(&token.former_hash)
            .bind(token.former_until)
            .bind(Json(&token.scopes))
            .bind(Json(&token.products))
            .bind(Json(&token.networks))
            .bind(&token.created_by)
            .bind(token.created_at)
            .bind(token.expires_at)
            .bind(token.rotated_at)
            .bind(token.last_used_at)
            .bind(token.revoked_at)
            .bind(token.revision)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Gives a token another secret; the one that it has is good until `former_until`. `false` where it was revoked, or
    /// somebody else replaced `hash` meanwhile.
    pub async fn rotate_api_token(
        &mut self,
        id: Uuid,
        (hash, fresh): (&[u8], &[u8]),
        former_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        const SQL: &str = "UPDATE api_tokens SET secret_hash = $3, former_hash = $2, former_until = $4, rotated_at = $5, \
             revision = revision + 1 WHERE id = $1 AND secret_hash = $2 AND revoked_at IS NULL";
        let rotated = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(hash)
            .bind(fresh)
            .bind(former_until)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rotated == 1)
    }

    /// Revokes a token. `false` where it was revoked before.
    pub async fn revoke_api_token(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str =
            "UPDATE api_tokens SET revoked_at = $2, revision = revision + 1 WHERE id = $1 AND revoked_at IS NULL";
        let revoked =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(revoked == 1)
    }

    /// Notes when a token was used.
    pub async fn note_api_token_used(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(drop))?;
        Ok(())
    }
}
