//! Counts of tables that grow without bound. No request should wait for one of them unless
//! [`is_small`](Connection::is_small) returns `true`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, engine::run};

impl Connection<'_> {
    /// Returns `true` if there are at most `most` licenses and at most `most` activations.
    pub async fn is_small(&mut self, most: i64) -> Result<bool> {
        const LICENSES: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM licenses LIMIT $1) AS capped";
        const ACTIVATIONS: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM activations LIMIT $1) AS capped";
        for sql in [LICENSES, ACTIVATIONS] {
            let found: i64 = run!(&mut *self, |c| sqlx::query_scalar(sql).bind(most + 1).fetch_one(&mut **c).await)?;
            if found > most {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the last of the next `size` licenses after `after`, in the order of their ids. `None` after the last one.
    pub async fn end_of_licenses(&mut self, after: Uuid, size: i64) -> Result<Option<Uuid>> {
        const SQL: &str = "SELECT id FROM (SELECT id FROM licenses WHERE id > $1 ORDER BY id LIMIT $2) AS next \
             ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(after).bind(size).fetch_optional(&mut **c).await)?)
    }

    /// Counts the licenses of each policy, in any state, among those after `after` up to `end`. Policies without any are
    /// left out.
    pub async fn count_licenses_by_policy(&mut self, after: Uuid, end: Uuid) -> Result<Vec<(Uuid, i64)>> {
        const SQL: &str =
            "SELECT policy_id, COUNT(*) FROM licenses WHERE id > $1 AND id <= $2 GROUP BY policy_id ORDER BY policy_id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(after).bind(end).fetch_all(&mut **c).await)?)
    }

    /// Returns `true` if a product has any license, in any state.
    pub async fn has_licenses_of(&mut self, product_id: Uuid) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM licenses WHERE product_id = $1)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(product_id).fetch_one(&mut **c).await)?)
    }

    /// Counts the licenses that are suspended or revoked.
    pub async fn count_licenses_not_active(&mut self) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM licenses WHERE state <> 'active'";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// Counts the seats held at `now` on the licenses after `after` up to `end`.
    pub async fn count_held_seats(&mut self, after: Uuid, end: Uuid, now: DateTime<Utc>) -> Result<i64> {
        const SQL: &str =
            "SELECT COUNT(*) FROM activations WHERE license_id > $1 AND license_id <= $2 AND hold_until > $3";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(after).bind(end).bind(now).fetch_one(&mut **c).await)?)
    }
}
