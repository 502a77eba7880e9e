//! Claims of due deliveries: any number of instances may ask, and each delivery goes to one of them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::deliveries::{COLUMNS, Delivery};
use crate::{Connection, Result, Tx, engine::run};

/// Suffix of a query whose rows one instance takes. SQLite has one writer, which needs none.
pub(super) const fn skip_locked(on: &Connection<'_>) -> &'static str {
    match on {
        Connection::Sqlite(_) => "",
        Connection::Postgres(_) => " FOR UPDATE SKIP LOCKED",
    }
}

impl Tx {
    /// Claims up to `most` due deliveries of a subscription until `until`, those that are due longest first.
    pub async fn claim_deliveries(
        &mut self,
        subscription: Uuid,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
        most: i64,
    ) -> Result<Vec<Delivery>> {
        let mut on = self.on();
        let skip = skip_locked(&on);
        let mut claimed: Vec<Delivery> = run!(&mut on, |c| {
            let mut sql = QueryBuilder::<Db>::new("UPDATE deliveries SET claimed_until = ");
            sql.push_bind(until).push(" WHERE id IN (SELECT id FROM deliveries WHERE subscription_id = ");
            sql.push_bind(subscription).push(" AND state = 'pending' AND due_at <= ").push_bind(now);
            sql.push(" AND (claimed_until IS NULL OR claimed_until <= ").push_bind(now);
            sql.push(") ORDER BY due_at, id LIMIT ").push_bind(most).push(skip).push(") RETURNING ").push(COLUMNS);
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        claimed.sort_unstable_by_key(|delivery| (delivery.due_at, delivery.id));
        Ok(claimed)
    }

    /// Ends all claims, for a database that only one process uses.
    pub async fn end_delivery_claims(&mut self) -> Result<()> {
        const SQL: &str =
            "UPDATE deliveries SET claimed_until = NULL WHERE state = 'pending' AND claimed_until IS NOT NULL";
        run!(self.on(), |c| sqlx::query(SQL).execute(c).await.map(drop))?;
        Ok(())
    }
}
