//! Status lists, and the number of indexes reserved in each.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A status list.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct StatusList {
    /// Id, the last part of its URL.
    pub id: Uuid,
    /// Number of indexes.
    pub size: i64,
    /// Number of indexes that have been reserved.
    pub used: i64,
    /// Time at which it was opened.
    pub opened_at: DateTime<Utc>,
    /// Time from which no index is reserved in it any more.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the list with this id.
    pub async fn status_list(&mut self, id: Uuid) -> Result<Option<StatusList>> {
        const SQL: &str = "SELECT id, size, used, opened_at, closed_at FROM status_lists WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns the list in which indexes are reserved.
    pub async fn open_status_list(&mut self) -> Result<Option<StatusList>> {
        const SQL: &str = "SELECT id, size, used, opened_at, closed_at FROM status_lists WHERE closed_at IS NULL \
             ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Blocks every other transaction that opens lists or reserves indexes until this one ends. On SQLite the single
    /// writer is lock enough.
    pub async fn lock_status_lists(&mut self) -> Result<()> {
        match self.on() {
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => {
                sqlx::query("LOCK TABLE status_lists IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
            }
        }
        Ok(())
    }

    /// Opens a list, and closes the previous one.
    pub async fn insert_status_list(&mut self, list: &StatusList) -> Result<()> {
        const CLOSE: &str = "UPDATE status_lists SET closed_at = $1 WHERE closed_at IS NULL";
        const OPEN: &str =
            "INSERT INTO status_lists (id, size, used, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5)";
        run!(self.on(), |c| sqlx::query(CLOSE).bind(list.opened_at).execute(c).await.map(drop))?;
        run!(self.on(), |c| sqlx::query(OPEN)
            .bind(list.id)
            .bind(list.size)
            .bind(list.used)
            .bind(list.opened_at)
            .bind(list.closed_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Reserves `places` indexes of a list, and returns the number reserved so far: the new ones are the last before
    /// it. Returns `None`, without a reservation, if the list has too few left, is closed, or does not exist.
    pub async fn reserve_places(&mut self, list: Uuid, places: i64) -> Result<Option<i64>> {
        const SQL: &str = "UPDATE status_lists SET used = used + $2 \
             WHERE id = $1 AND closed_at IS NULL AND used + $2 <= size RETURNING used";
        Ok(run!(self.on(), |c| sqlx::query_scalar(SQL).bind(list).bind(places).fetch_optional(c).await)?)
    }
}
