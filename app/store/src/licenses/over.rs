//! Licenses that a smaller number of seats would put over their limit.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, engine::run};

/// Licenses over a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct OverLimit {
    /// Number of licenses.
    pub licenses: i64,
    /// Number of seats in use above the limit, on all of them.
    pub devices: i64,
}

impl Connection<'_> {
    /// Counts the licenses under a policy that have more than `limit` seats in use, without those that set their own
    /// number of seats. Looks at the oldest `most` licenses only.
    pub async fn licenses_over(
        &mut self,
        policy_id: Uuid,
        limit: i64,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<OverLimit> {
        const SQL: &str = "SELECT COUNT(*) AS licenses, CAST(COALESCE(SUM(held - $2), 0) AS BIGINT) AS devices FROM \
             (SELECT l.id, (SELECT COUNT(*) FROM activations a WHERE a.license_id = l.id AND a.hold_until > $4) AS held \
              FROM (SELECT id, overrides FROM licenses WHERE policy_id = $1 ORDER BY created_at, id LIMIT $3) AS l \
              WHERE CAST(l.overrides AS TEXT) NOT LIKE '%\"seats\":%') AS counted WHERE held > $2";
        Ok(run!(self, |c| sqlx::query_as(SQL)
            .bind(policy_id)
            .bind(limit)
            .bind(most)
            .bind(now)
            .fetch_one(&mut **c)
            .await)?)
    }
}
