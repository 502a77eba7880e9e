//! Seats of the licenses in a batch.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::padded;
use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// Number of held seats of a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldSeats {
    /// License.
    pub license_id: Uuid,
    /// Number of held seats.
    pub used: i64,
    /// Earliest end of a hold.
    pub next_at: Option<DateTime<Utc>>,
}

/// A floating seat whose lease has ended, and which another device may take over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LapsedSeat {
    /// Activation.
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Name of the device.
    pub device_name: Option<String>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// End of the token.
    pub token_expires_at: DateTime<Utc>,
    /// End of the hold: until then it counts against the limit.
    pub hold_until: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the number of seats held at `now` for each license. Licenses without any are left out.
    pub async fn held_seats(&mut self, licenses: &[Uuid], now: DateTime<Utc>) -> Result<Vec<HeldSeats>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT license_id, COUNT(*) AS used, MIN(hold_until) AS next_at FROM activations WHERE hold_until > ",
            );
            sql.push_bind(now).push(" AND license_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(") GROUP BY license_id");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the license and the end of each hold of these licenses that ended after `since` and by `now`.
    pub async fn ended_holds(
        &mut self,
        licenses: &[Uuid],
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT license_id, hold_until FROM activations WHERE hold_until > ");
            sql.push_bind(since).push(" AND hold_until <= ").push_bind(now).push(" AND license_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns at most `most` seats of a license that are held at `now` although their lease has ended, in the order of
    /// the leases' ends.
    pub async fn lapsed_seats(&mut self, license: Uuid, now: DateTime<Utc>, most: i64) -> Result<Vec<LapsedSeat>> {
        const SQL: &str = "SELECT id, license_id, fingerprint_hash, device_name, lease_ends_at, token_expires_at, \
             hold_until FROM activations WHERE license_id = $1 AND hold_until > $2 AND lease_ends_at <= $2 \
             AND revoked_at IS NULL AND released_at IS NULL ORDER BY lease_ends_at, id LIMIT $3";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(license).bind(now).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Ends the hold of these seats at `now`. Each id comes with the end of its last token.
    pub async fn end_holds(&mut self, seats: &[(Uuid, DateTime<Utc>)], now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE activations SET hold_until = $2, token_expires_at = $3 WHERE id = $1";
        for (id, tokens_end) in seats {
            let changed = run!(self.on(), |c| sqlx::query(SQL)
                .bind(id)
                .bind(now)
                .bind(tokens_end)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))?;
            affected_one(changed, "activations", id)?;
        }
        Ok(())
    }
}
