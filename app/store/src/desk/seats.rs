//! The seats of the licenses that a batch asks for.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::padded;
use crate::{Connection, Result, engine::run};

/// The seats of one license that are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldSeats {
    /// The license.
    pub license_id: Uuid,
    /// How many.
    pub used: i64,
    /// When the first of them ends by itself.
    pub next_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// The seats held at `now`, by license; a license without any is left out.
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
}
