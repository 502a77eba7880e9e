//! Recent failed sign-ins.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

/// Failed sign-ins under one key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FailedSignIns {
    /// Keyed hash of what is counted.
    pub key: Vec<u8>,
    /// Number of failures, each within the retention time of the one before.
    pub failures: i64,
    /// Time of the last failure.
    pub failed_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the failures under these two keys since `since`.
    pub async fn failed_sign_ins(&mut self, keys: [&[u8]; 2], since: DateTime<Utc>) -> Result<Vec<FailedSignIns>> {
        const SQL: &str = "SELECT key, failures, failed_at FROM failed_sign_ins \
             WHERE (key = $1 OR key = $2) AND failed_at > $3";
        let [one, other] = keys;
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(one).bind(other).bind(since).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Counts a failure at `now`. Earlier failures count only if the last of them is after `forgotten`.
    pub async fn count_failed_sign_in(
        &mut self,
        key: &[u8],
        now: DateTime<Utc>,
        forgotten: DateTime<Utc>,
    ) -> Result<()> {
        const SQL: &str = "INSERT INTO failed_sign_ins (key, failures, failed_at) VALUES ($1, 1, $2) \
             ON CONFLICT (key) DO UPDATE SET failed_at = $2, \
             failures = CASE WHEN failed_sign_ins.failed_at > $3 THEN failed_sign_ins.failures + 1 ELSE 1 END";
        run!(self.on(), |c| sqlx::query(SQL).bind(key).bind(now).bind(forgotten).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Deletes the failures under a key.
    pub async fn forget_failed_sign_ins(&mut self, key: &[u8]) -> Result<()> {
        const SQL: &str = "DELETE FROM failed_sign_ins WHERE key = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(key).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Deletes the failures up to `forgotten`. Returns the number of keys deleted.
    pub async fn sweep_failed_sign_ins(&mut self, forgotten: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM failed_sign_ins WHERE failed_at <= $1";
        let swept =
            run!(self.on(), |c| sqlx::query(SQL).bind(forgotten).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(swept)
    }
}
