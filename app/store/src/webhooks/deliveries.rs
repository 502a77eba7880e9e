//! Deliveries.

use chrono::{DateTime, Utc};
use licensing::webhook::{CHALLENGE, DeliveryState};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result, Tx,
    decisions::floor,
    desk::padded,
    engine::run,
    error::affected_one,
    insert::{columns, insert},
    window,
};

/// A message to a subscription.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Delivery {
    /// Id.
    pub id: Uuid,
    /// Subscription.
    pub subscription_id: Uuid,
    /// Id of the message, by which receivers recognize repeats: that of the event.
    pub message_id: Uuid,
    /// Type of the message.
    pub event_type: String,
    /// Body: a CloudEvent in JSON, byte for byte as sent.
    pub body: String,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    /// Number of attempts.
    pub attempts: i64,
    /// Number of failed attempts since it was created or replayed.
    pub failed: i64,
    /// Time of the next attempt.
    pub due_at: Option<DateTime<Utc>>,
    /// Time until which an instance has claimed it.
    pub claimed_until: Option<DateTime<Utc>>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time at which it was delivered or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Filter for deliveries of a subscription. Each part that is set narrows the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter<'a> {
    /// Only deliveries in this state.
    pub state: Option<DeliveryState>,
    /// Only messages of this type.
    pub event_type: Option<&'a str>,
    /// Only deliveries created from this time on.
    pub since: Option<DateTime<Utc>>,
}

pub(super) const COLUMNS: &str = "id, subscription_id, message_id, event_type, body, state, attempts, failed, due_at, \
     claimed_until, created_at, finished_at";

/// Adds the parts of a filter to a query.
macro_rules! filtered {
    ($sql:ident, $subscription:expr, $filter:expr) => {
        $sql.push(" FROM deliveries WHERE subscription_id = ").push_bind($subscription);
        if let Some(state) = $filter.state {
            $sql.push(" AND state = ").push_bind(state.name());
        }
        if let Some(event_type) = $filter.event_type {
            $sql.push(" AND event_type = ").push_bind(event_type);
        }
        if let Some(since) = $filter.since {
            $sql.push(" AND id >= ").push_bind(floor(since));
        }
    };
}

impl Connection<'_> {
    /// Returns the delivery with this id.
    pub async fn delivery(&mut self, id: Uuid) -> Result<Option<Delivery>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM deliveries WHERE id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns a page of the deliveries of a subscription, newest first.
    pub async fn deliveries(
        &mut self,
        subscription: Uuid,
        filter: DeliveryFilter<'_>,
        paging: Paging,
        size: usize,
    ) -> Result<Page<Delivery>> {
        let (place, direction) = window::order(paging);
        let rows: Vec<Delivery> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS);
            filtered!(sql, subscription, filter);
            if let Some((place, side)) = place {
                sql.push(" AND id").push(side).push_bind(place.id);
            }
            sql.push(" ORDER BY id").push(direction).push(" LIMIT ");
            sql.push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.created_at, id: row.id }))
    }

    /// Returns the ids of at most `most` deliveries of a subscription, oldest first.
    pub async fn delivery_ids(
        &mut self,
        subscription: Uuid,
        filter: DeliveryFilter<'_>,
        most: i64,
    ) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id");
            filtered!(sql, subscription, filter);
            sql.push(" ORDER BY id LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }
}

columns!(Delivery, "deliveries", |d| {
    id: d.id,
    subscription_id: d.subscription_id,
    message_id: d.message_id,
    event_type: d.event_type.as_str(),
    body: d.body.as_str(),
    state: d.state.name(),
    attempts: d.attempts,
    failed: d.failed,
    due_at: d.due_at,
    claimed_until: d.claimed_until,
    created_at: d.created_at,
    finished_at: d.finished_at,
});

impl Tx {
    /// Inserts deliveries.
    pub async fn insert_deliveries(&mut self, rows: &[Delivery]) -> Result<()> {
        insert::<Delivery, _>(self.on(), rows).await
    }

    /// Returns the delivery with this id, locked until the transaction ends.
    pub async fn lock_delivery(&mut self, id: Uuid) -> Result<Option<Delivery>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM deliveries WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(c).await?;
        }
        self.on().delivery(id).await
    }

    /// Updates the progress of a delivery.
    pub async fn update_delivery(&mut self, row: &Delivery) -> Result<()> {
        const SQL: &str = "UPDATE deliveries SET state = $2, attempts = $3, failed = $4, due_at = $5, claimed_until = $6, \
             finished_at = $7 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(row.id)
            .bind(row.state.name())
            .bind(row.attempts)
            .bind(row.failed)
            .bind(row.due_at)
            .bind(row.claimed_until)
            .bind(row.finished_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "deliveries", row.id)
    }

    /// Makes these deliveries of a subscription due again, with a new schedule. Those that are pending stay as they are, and so do
    /// challenges, each of which is valid once. Returns the number that are due again.
    pub async fn replay_deliveries(&mut self, subscription: Uuid, ids: &[Uuid], now: DateTime<Utc>) -> Result<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        Ok(run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("UPDATE deliveries SET state = 'pending', failed = 0, due_at = ");
            sql.push_bind(now).push(", claimed_until = NULL, finished_at = NULL WHERE subscription_id = ");
            sql.push_bind(subscription).push(" AND state <> 'pending' AND event_type <> ").push_bind(CHALLENGE);
            sql.push(" AND id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?)
    }

    /// Holds the pending deliveries of a subscription, which is not sent to for now.
    pub async fn hold_deliveries(&mut self, subscription: Uuid) -> Result<()> {
        const SQL: &str = "UPDATE deliveries SET state = 'held', due_at = NULL, claimed_until = NULL \
             WHERE subscription_id = $1 AND state = 'pending'";
        run!(self.on(), |c| sqlx::query(SQL).bind(subscription).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Deletes at most `most` deliveries created before this time, with their attempts. Returns the number deleted.
    pub async fn sweep_deliveries(&mut self, before: DateTime<Utc>, most: i64) -> Result<u64> {
        const OLD: &str = "SELECT id FROM deliveries WHERE id < $1 ORDER BY id LIMIT $2";
        let before = floor(before);
        let ids: Vec<Uuid> = run!(self.on(), |c| sqlx::query_scalar(OLD).bind(before).bind(most).fetch_all(c).await)?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut deleted = 0;
        for (table, column) in [("delivery_attempts", "delivery_id"), ("deliveries", "id")] {
            deleted = run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM ");
                sql.push(table).push(" WHERE ").push(column).push(" IN (");
                let mut list = sql.separated(", ");
                for id in padded(&ids) {
                    list.push_bind(*id);
                }
                sql.push(")");
                sql.build().execute(c).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(deleted)
    }
}
