//! How much there is of what grows without bound. None of these counts is for a request to wait for, unless
//! [`is_small`](Connection::is_small) says so.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, engine::run};

impl Connection<'_> {
    /// Whether there are no more than `most` licenses, and no more activations.
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

    /// How many licenses each policy has, in whatever state; one without any is left out.
    pub async fn count_licenses_by_policy(&mut self) -> Result<Vec<(Uuid, i64)>> {
        const SQL: &str = "SELECT policy_id, COUNT(*) FROM licenses GROUP BY policy_id";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }

    /// How many licenses there are under a policy, in whatever state; counted up to `most`.
    pub async fn count_licenses_under(&mut self, policy_id: Uuid, most: i64) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM licenses WHERE policy_id = $1 LIMIT $2) AS capped";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(policy_id).bind(most).fetch_one(&mut **c).await)?)
    }

    /// Whether a product has any license, in whatever state.
    pub async fn has_licenses_of(&mut self, product_id: Uuid) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM licenses WHERE product_id = $1)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(product_id).fetch_one(&mut **c).await)?)
    }

    /// How many licenses are suspended or revoked.
    pub async fn count_licenses_not_active(&mut self) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM licenses WHERE state <> 'active'";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// How many seats are held at `now`, in all.
    pub async fn count_held_seats(&mut self, now: DateTime<Utc>) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM activations WHERE hold_until > $1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(&mut **c).await)?)
    }
}
