//! Attempts at deliveries.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// An attempt at a delivery.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Attempt {
    /// Delivery.
    pub delivery_id: Uuid,
    /// Number within the delivery, from 1.
    pub n: i64,
    /// Time at which it began, also its `webhook-timestamp`.
    pub at: DateTime<Utc>,
    /// Duration in milliseconds.
    pub milliseconds: i64,
    /// Status of the response, if there was one.
    pub status: Option<i64>,
    /// Reason why there was none.
    pub error: Option<String>,
    /// Beginning of the response's body.
    pub response: Option<String>,
}

impl Connection<'_> {
    /// Returns the attempts at a delivery, oldest first.
    pub async fn attempts(&mut self, delivery: Uuid) -> Result<Vec<Attempt>> {
        const SQL: &str = "SELECT delivery_id, n, at, milliseconds, status, error, response FROM delivery_attempts \
             WHERE delivery_id = $1 ORDER BY n";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(delivery).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts an attempt.
    pub async fn insert_attempt(&mut self, row: &Attempt) -> Result<()> {
        const SQL: &str = "INSERT INTO delivery_attempts (delivery_id, n, at, milliseconds, status, error, response) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(row.delivery_id)
            .bind(row.n)
            .bind(row.at)
            .bind(row.milliseconds)
            .bind(row.status)
            .bind(&row.error)
            .bind(&row.response)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
