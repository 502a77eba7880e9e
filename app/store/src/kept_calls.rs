//! What calls with an `Idempotency-Key` came to.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{QueryBuilder, types::Json};

use crate::{
    Connection, Error, Result, Tx, Unique,
    desk::{padded, pieces},
    engine::run,
};

/// A call that was done, and is not to be done again under the same key.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct KeptCall {
    /// What it is found by: a keyed hash of the key and of what that is bound to.
    pub key_hash: Vec<u8>,
    /// A keyed hash of what was asked.
    pub body_hash: Vec<u8>,
    /// What it came to.
    #[sqlx(json)]
    pub outcome: Value,
    /// Until when it is kept.
    pub kept_until: DateTime<Utc>,
}

impl Connection<'_> {
    /// Those of the calls that are kept at `now`, in any order.
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
    /// Keeps calls, in the place of those that are kept no more at `now`. No key may come twice.
    ///
    /// # Errors
    /// `Conflict` where one of them is kept already.
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

    /// Forgets calls that are kept no more; how many there were.
    pub async fn forget_calls(&mut self, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM kept_calls WHERE kept_until <= $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
