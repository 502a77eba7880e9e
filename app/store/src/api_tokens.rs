//! API tokens of the vendor's programs. Their secrets are stored hashed.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// An API token.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ApiToken {
    /// Id, part of the token's text.
    pub id: Uuid,
    /// Name that describes its use.
    pub name: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// SHA-256 of the previous secret, which stays valid for a while after a rotation.
    pub former_hash: Option<Vec<u8>>,
    /// End of the previous secret's validity.
    pub former_until: Option<DateTime<Utc>>,
    /// Names of its permissions: a JSON array of strings.
    #[sqlx(json)]
    pub scopes: Value,
    /// Ids of the products that it is limited to: a JSON array of strings. Empty for all products.
    #[sqlx(json)]
    pub products: Value,
    /// Networks that it may be used from: a JSON array of strings. Empty for all networks.
    #[sqlx(json)]
    pub networks: Value,
    /// Name of the account that created it, at the time.
    pub created_by: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// Time at which its secret was last replaced.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Approximate time of last use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Time of revocation.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Revision, raised by every rotation and revocation; 1 for a new token.
    pub revision: i64,
}

impl Connection<'_> {
    /// Returns the token with this id.
    pub async fn api_token(&mut self, id: Uuid) -> Result<Option<ApiToken>> {
        const SQL: &str = "SELECT id, name, secret_hash, former_hash, former_until, scopes, products, networks, \
             created_by, created_at, expires_at, rotated_at, last_used_at, revoked_at, revision FROM api_tokens WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns every token, newest first.
    pub async fn api_tokens(&mut self) -> Result<Vec<ApiToken>> {
        const SQL: &str = "SELECT id, name, secret_hash, former_hash, former_until, scopes, products, networks, \
             created_by, created_at, expires_at, rotated_at, last_used_at, revoked_at, revision FROM api_tokens ORDER BY id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Returns the token with this id. It can neither be revoked nor get a new secret until this transaction ends.
    pub async fn hold_api_token(&mut self, id: Uuid) -> Result<Option<ApiToken>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM api_tokens WHERE id = $1 FOR SHARE").bind(id).execute(c).await?;
        }
        self.on().api_token(id).await
    }

    /// Inserts a token.
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

    /// Replaces a token's secret; the current one stays valid until `former_until`. Returns `false` if the token was
    /// revoked, or if another request has replaced `hash` in the meantime.
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

    /// Revokes a token. Returns `false` if it was already revoked.
    pub async fn revoke_api_token(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str =
            "UPDATE api_tokens SET revoked_at = $2, revision = revision + 1 WHERE id = $1 AND revoked_at IS NULL";
        let revoked =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(revoked == 1)
    }

    /// Records the time of last use.
    pub async fn note_api_token_used(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1";
        let changed =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(changed, "api_tokens", id)
    }
}
