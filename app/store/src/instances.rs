//! Processes that serve the same database, as recorded by each of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A process that publishes the key set.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Instance {
    /// Id, generated at each start.
    pub id: Uuid,
    /// Time of the last record.
    pub seen_at: DateTime<Utc>,
    /// Keys that it publishes, each with the time from which every key set it returns contains the key.
    #[sqlx(json)]
    pub serves: BTreeMap<String, DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the instances seen since this time.
    pub async fn instances(&mut self, since: DateTime<Utc>) -> Result<Vec<Instance>> {
        const SQL: &str = "SELECT id, seen_at, serves FROM instances WHERE seen_at >= $1 ORDER BY id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(since).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts or updates the record of an instance.
    pub async fn see_instance(&mut self, instance: &Instance) -> Result<()> {
        const SQL: &str = "INSERT INTO instances (id, seen_at, serves) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, serves = excluded.serves";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(instance.id)
            .bind(instance.seen_at)
            .bind(Json(&instance.serves))
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes the instances not seen since this time.
    pub async fn forget_instances(&mut self, since: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "DELETE FROM instances WHERE seen_at < $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(since).execute(c).await.map(drop))?;
        Ok(())
    }
}
