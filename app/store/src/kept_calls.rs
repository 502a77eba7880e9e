//! Outcomes of calls with an `Idempotency-Key`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{QueryBuilder, types::Json};

use crate::{
    Connection, Error, Result, Tx, Unique,
    desk::{padded, pieces},
    engine::run,
};

/// A completed call, which must not be repeated under the same key.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct KeptCall {
    /// Keyed hash of the idempotency key and of what it is bound to. The call is found by it.
    pub key_hash: Vec<u8>,
    /// Keyed hash of the request.
    pub body_hash: Vec<u8>,
    /// Outcome of the call.
    #[sqlx(json)]
    pub outcome: Value,
    /// Time until which it is kept.
    pub kept_until: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns those of the calls that are kept at `now`, in any order.
    pub async fn kept_calls(&mut self, key_hashes: &[[u8; 32]], now: DateTime<Utc>) -> Result<Vec<KeptCall>> {
        if key_hashes.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT key_hash, body_hash, outcome, kept_until FROM kept_calls WHERE kept_until > ",
            );
            sql.push_bind(now).push(" AND key_hash IN (");
            let mut list = sql.separated(", ");
            for hash in padded(key_hashes) {
                list.push_bind(hash.as_slice());
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Inserts calls, replacing those that have expired at `now`. No key may occur twice.
    ///
    /// # Errors
    /// Returns `Conflict` if one of them is already kept.
    pub async fn keep_calls(&mut self, calls: &[KeptCall], now: DateTime<Utc>) -> Result<()> {
        for piece in pieces(calls) {
            let kept = run!(self.on(), |c| {
                let mut sql =
                    QueryBuilder::<Db>::new("INSERT INTO kept_calls (key_hash, body_hash, outcome, kept_until) ");
                sql.push_values(piece, |mut row, call| {
                    row.push_bind(call.key_hash.as_slice())
                        .push_bind(call.body_hash.as_slice())
                        .push_bind(Json(&call.outcome))
                        .push_bind(call.kept_until);
                });
                sql.push(
                    " ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, \
                     outcome = excluded.outcome, kept_until = excluded.kept_until WHERE kept_calls.kept_until <= ",
                );
                sql.push_bind(now).build().execute(c).await.map(|done| done.rows_affected())
            })?;
            if kept != piece.len() as u64 {
                return Err(Error::Conflict(Unique::Id));
            }
        }
        Ok(())
    }

    /// Deletes calls that have expired. Returns the number deleted.
    pub async fn forget_calls(&mut self, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM kept_calls WHERE kept_until <= $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
