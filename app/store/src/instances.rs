//! The processes that serve one database, as each says of itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A process that publishes the key set.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Instance {
    /// Made anew at each start.
    pub id: Uuid,
    /// When it last said so.
    pub seen_at: DateTime<Utc>,
    /// The keys it publishes, each with the moment since when it answers no key set without it.
    #[sqlx(json)]
    pub serves: BTreeMap<String, DateTime<Utc>>,
}

impl Connection<'_> {
    /// The instances seen since then.
    pub async fn instances(&mut self, since: DateTime<Utc>) -> Result<Vec<Instance>> {
        const SQL: &str = "SELECT id, seen_at, serves FROM instances WHERE seen_at >= $1 ORDER BY id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(since).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes what an instance says of itself, in place of what it said before.
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

    /// Removes the instances not seen since then.
    pub async fn forget_instances(&mut self, since: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "DELETE FROM instances WHERE seen_at < $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(since).execute(c).await.map(drop))?;
        Ok(())
    }
}
