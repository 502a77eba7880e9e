//! Retention of decisions: a maximum number of refusals, and a maximum age.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Result, Tx, engine::run};

/// Smallest id of a decision or event made at this time or later (RFC 9562 §5.7).
pub(crate) fn floor(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis().max(0)).unwrap_or_default();
    Uuid::from_u128((millis & 0xFFFF_FFFF_FFFF) << 80)
}

impl Tx {
    /// Deletes the refusals of a license, or of codes that no license has, except the newest `most`. Returns the number
    /// deleted.
    pub async fn trim_refusals(&mut self, license_id: Option<Uuid>, most: i64) -> Result<u64> {
        // Each uses an index: that of refusals, or that of the license's refusals.
        const UNKNOWN: &str = "DELETE FROM decisions WHERE license_id IS NULL AND outcome <> 'granted' AND id < \
             (SELECT id FROM decisions WHERE license_id IS NULL AND outcome <> 'granted' \
              ORDER BY id DESC LIMIT 1 OFFSET $1)";
        const OF_LICENSE: &str = "DELETE FROM decisions WHERE license_id = $2 AND outcome <> 'granted' AND id < \
             (SELECT id FROM decisions WHERE license_id = $2 AND outcome <> 'granted' \
              ORDER BY id DESC LIMIT 1 OFFSET $1)";
        let youngest = (most - 1).max(0);
        Ok(run!(self.on(), |c| match license_id {
            None => sqlx::query(UNKNOWN).bind(youngest),
            Some(id) => sqlx::query(OF_LICENSE).bind(youngest).bind(id),
        }
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
    }

    /// Deletes at most `most` decisions made before `before`, oldest first. Returns the number deleted.
    pub async fn delete_old_decisions(&mut self, before: DateTime<Utc>, most: i64) -> Result<u64> {
        const SQL: &str =
            "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE id < $1 ORDER BY id LIMIT $2)";
        Ok(run!(self.on(), |c| sqlx::query(SQL)
            .bind(floor(before))
            .bind(most)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }
}
