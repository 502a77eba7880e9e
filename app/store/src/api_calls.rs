//! Writing calls of the management API that carried an `Idempotency-Key`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Error, Result, Tx, Unique, engine::run};

/// A completed call, which must not be repeated under the same key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiCallRow {
    /// Keyed hash of the idempotency key, the token, the method and the path. The call is found by it.
    pub key_hash: Vec<u8>,
    /// Keyed hash of the request.
    pub body_hash: Vec<u8>,
    /// Attempt that completed it. An act may record several events, and each of them stores the call.
    pub attempt: Uuid,
    /// Subject of the call's last event: for a call that creates something, its id.
    pub subject_id: Option<Uuid>,
    /// The call's last event.
    pub event_id: Uuid,
    /// Time until which it is kept.
    pub kept_until: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the call, if it is kept at `now`.
    pub async fn api_call(&mut self, key_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<ApiCallRow>> {
        const SQL: &str = "SELECT key_hash, body_hash, attempt, subject_id, event_id, kept_until FROM api_calls \
             WHERE key_hash = $1 AND kept_until > $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(key_hash.as_slice()).bind(now).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a call, or replaces it if it has expired at `now` or belongs to the same attempt.
    ///
    /// # Errors
    /// Returns `Conflict` if another attempt has completed the call.
    pub async fn keep_api_call(&mut self, call: &ApiCallRow, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO api_calls (key_hash, body_hash, attempt, subject_id, event_id, kept_until) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, \
             attempt = excluded.attempt, subject_id = excluded.subject_id, event_id = excluded.event_id, \
             kept_until = excluded.kept_until WHERE api_calls.kept_until <= $7 OR api_calls.attempt = excluded.attempt";
        let kept = run!(self.on(), |c| sqlx::query(SQL)
            .bind(&call.key_hash)
            .bind(&call.body_hash)
            .bind(call.attempt)
            .bind(call.subject_id)
            .bind(call.event_id)
            .bind(call.kept_until)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if kept == 1 { Ok(()) } else { Err(Error::Conflict(Unique::Id)) }
    }

    /// Deletes calls that have expired. Returns the number deleted.
    pub async fn forget_api_calls(&mut self, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM api_calls WHERE kept_until <= $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
