//! Seats that were given up for good, by devices or with tickets.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A seat that was given up for good.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SeatRelease {
    /// Its id.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// The activation that held the seat.
    pub activation_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it counts as a move: a token for it still ran.
    pub moves: bool,
    /// When support lifted it from the count of moves.
    pub forgiven_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// The releases of a license since then, youngest first.
    pub async fn releases(&mut self, license_id: Uuid, since: DateTime<Utc>) -> Result<Vec<SeatRelease>> {
        const SQL: &str = "SELECT id, license_id, activation_id, at, moves, forgiven_at FROM releases \
             WHERE license_id = $1 AND at >= $2 ORDER BY at DESC, id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(license_id).bind(since).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes a release down.
    pub async fn insert_release(&mut self, release: &SeatRelease) -> Result<()> {
        const SQL: &str = "INSERT INTO releases (id, license_id, activation_id, at, moves, forgiven_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(release.id)
            .bind(release.license_id)
            .bind(release.activation_id)
            .bind(release.at)
            .bind(release.moves)
            .bind(release.forgiven_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Lifts the moves of a license since then from the count, at `now`; how many there were.
    pub async fn forgive_moves(&mut self, license_id: Uuid, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
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
