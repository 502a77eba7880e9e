//! Signing keys, with their private halves sealed.

use chrono::{DateTime, Utc};
use licensing::product::Algorithm;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// A signing key. Its role at a given time follows from its times and those of the other keys.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct KeyRow {
    /// Key id: the RFC 7638 thumbprint.
    pub kid: String,
    /// Signature algorithm.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// Product that it signs for; `None` for all products without a key of their own.
    pub product_id: Option<Uuid>,
    /// Code of that product. Read with the key, never written.
    pub product_code: Option<String>,
    /// Public key as a JWK (RFC 7517).
    #[sqlx(json)]
    pub public_jwk: serde_json::Value,
    /// Private key, sealed.
    pub sealed: Vec<u8>,
    /// Time of creation. It is published from then on.
    pub created_at: DateTime<Utc>,
    /// Time from which it signs, unless a newer key does.
    pub signs_from: DateTime<Utc>,
    /// Upper bound of the validity of the tokens that it has signed.
    pub tokens_until: DateTime<Utc>,
    /// Time from which it no longer signs.
    pub retired_at: Option<DateTime<Utc>>,
    /// Time at which it was removed from the key set.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Reason for the revocation, as entered by the user.
    pub revoked_because: Option<String>,
}

/// Number of devices that hold a token of a key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveTokens {
    /// Key.
    pub kid: String,
    /// Number of devices whose last token it signed and that is still valid.
    pub devices: i64,
}

impl Connection<'_> {
    /// Returns every signing key, oldest first.
    pub async fn signing_keys(&mut self) -> Result<Vec<KeyRow>> {
        const SQL: &str = "SELECT k.kid, k.algorithm, k.product_id, p.code AS product_code, k.public_jwk, k.sealed, \
             k.created_at, k.signs_from, k.tokens_until, k.retired_at, k.revoked_at, k.revoked_because \
             FROM signing_keys k LEFT JOIN products p ON p.id = k.product_id ORDER BY k.created_at, k.kid";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }

    /// Counts the devices that hold a valid token of each key, of the licenses after `after` up to `end`. Keys without any
    /// are left out.
    pub async fn live_tokens(&mut self, (after, end): (Uuid, Uuid), now: DateTime<Utc>) -> Result<Vec<LiveTokens>> {
        const SQL: &str = "SELECT kid, COUNT(*) AS devices FROM activations \
             WHERE license_id > $1 AND license_id <= $2 AND kid IS NOT NULL AND token_expires_at > $3 GROUP BY kid";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(after).bind(end).bind(now).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a signing key.
    pub async fn insert_signing_key(&mut self, key: &KeyRow) -> Result<()> {
        const SQL: &str = "INSERT INTO signing_keys (kid, algorithm, product_id, public_jwk, sealed, created_at, \
             signs_from, tokens_until, retired_at, revoked_at, revoked_because) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&key.kid)
            .bind(key.algorithm.name())
            .bind(key.product_id)
            .bind(Json(&key.public_jwk))
            .bind(&key.sealed)
            .bind(key.created_at)
            .bind(key.signs_from)
            .bind(key.tokens_until)
            .bind(key.retired_at)
            .bind(key.revoked_at)
            .bind(&key.revoked_because)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Updates what acts may change of a signing key: when it signs, and whether it was retired or revoked.
    pub async fn update_signing_key(&mut self, key: &KeyRow) -> Result<()> {
        const SQL: &str = "UPDATE signing_keys SET signs_from = $2, retired_at = $3, revoked_at = $4, \
             revoked_because = $5 WHERE kid = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(&key.kid)
            .bind(key.signs_from)
            .bind(key.retired_at)
            .bind(key.revoked_at)
            .bind(&key.revoked_because)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "signing_keys", &key.kid)
    }

    /// Postpones the time from which the key signs, unless that has passed. Never moves it earlier.
    pub async fn postpone_signing_key(&mut self, kid: &str, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str =
            "UPDATE signing_keys SET signs_from = $2 WHERE kid = $1 AND signs_from < $2 AND signs_from > $3";
        run!(self.on(), |c| sqlx::query(SQL).bind(kid).bind(until).bind(now).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Records that the key signs tokens that are valid until this time. Never moves it earlier.
    pub async fn extend_signing_key(&mut self, kid: &str, tokens_until: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE signing_keys SET tokens_until = $2 WHERE kid = $1 AND tokens_until < $2";
        run!(self.on(), |c| sqlx::query(SQL).bind(kid).bind(tokens_until).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Blocks every other transaction that creates or changes keys until this one ends. On SQLite the single writer is
    /// lock enough.
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
