//! Private keys that sign tokens, sealed.

use chrono::{DateTime, Utc};
use licensing::product::Algorithm;
use sqlx::types::Json;

use crate::{Connection, Result, Tx, engine::run};

/// A signing key.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyRow {
    /// Its name: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs with.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// `active` or `retired`.
    pub state: String,
    /// The public half, as a JWK (RFC 7517).
    #[sqlx(json)]
    pub public_jwk: serde_json::Value,
    /// The private half, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it signed for the last time.
    pub retired_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Every signing key, oldest first.
    pub async fn signing_keys(&mut self) -> Result<Vec<KeyRow>> {
        const SQL: &str = "SELECT kid, algorithm, state, public_jwk, sealed, created_at, retired_at \
             FROM signing_keys ORDER BY created_at, kid";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes a new signing key.
    pub async fn insert_signing_key(&mut self, key: &KeyRow) -> Result<()> {
        const SQL: &str = "INSERT INTO signing_keys (kid, algorithm, state, public_jwk, sealed, created_at, retired_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&key.kid)
            .bind(key.algorithm.name())
            .bind(&key.state)
            .bind(Json(&key.public_jwk))
            .bind(&key.sealed)
            .bind(key.created_at)
            .bind(key.retired_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Keeps every other transaction that makes first keys waiting until this one ends. SQLite's one writer is lock enough.
    pub async fn lock_signing_keys(&mut self) -> Result<()> {
        match self.on() {
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => {
                sqlx::query("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
            }
        }
        Ok(())
    }
}
