//! Permanent releases of seats, by devices or with tickets.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A permanent release of a seat.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SeatRelease {
    /// Id.
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// Activation that held the seat.
    pub activation_id: Uuid,
    /// Time of the release.
    pub at: DateTime<Utc>,
    /// `true` if it counts as a transfer: a token issued for the seat was still valid.
    #[sqlx(rename = "moves")]
    pub is_transfer: bool,
    /// Time at which support removed it from the transfer count.
    pub forgiven_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the releases of a license since this time, newest first.
    pub async fn releases(&mut self, license_id: Uuid, since: DateTime<Utc>) -> Result<Vec<SeatRelease>> {
        const SQL: &str = "SELECT id, license_id, activation_id, at, moves, forgiven_at FROM releases \
             WHERE license_id = $1 AND at >= $2 ORDER BY at DESC, id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(license_id).bind(since).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a release.
    pub async fn insert_release(&mut self, release: &SeatRelease) -> Result<()> {
        const SQL: &str = "INSERT INTO releases (id, license_id, activation_id, at, moves, forgiven_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(release.id)
            .bind(release.license_id)
            .bind(release.activation_id)
            .bind(release.at)
            .bind(release.is_transfer)
            .bind(release.forgiven_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Removes the transfers of a license since `since` from the count, at `now`. Returns their number.
    pub async fn reset_transfers(&mut self, license_id: Uuid, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "UPDATE releases SET forgiven_at = $3 \
             WHERE license_id = $1 AND at >= $2 AND moves AND forgiven_at IS NULL";
        Ok(run!(self.on(), |c| sqlx::query(SQL)
            .bind(license_id)
            .bind(since)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }
}
