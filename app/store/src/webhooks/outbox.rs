//! The outbox: events whose deliveries are not created yet.

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{OutboxRow, claims::skip_locked};
use crate::{Connection, Result, Tx, desk::padded, engine::run, events::Event, insert::insert};

/// The members of a license by which receivers route messages.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RoutedLicense {
    /// Id.
    pub id: Uuid,
    /// Product.
    pub product_id: Uuid,
    /// Code of the product.
    pub product_code: String,
    /// Policy.
    pub policy_id: Uuid,
    /// The vendor's own reference.
    pub reference: Option<String>,
}

impl Connection<'_> {
    /// Returns `true` if the outbox has rows.
    pub async fn has_outbox(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM outbox)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// Returns the routing members of these licenses.
    pub async fn routed_licenses(&mut self, ids: &[Uuid]) -> Result<Vec<RoutedLicense>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT licenses.id, licenses.product_id, products.code AS product_code, licenses.policy_id, \
                 licenses.reference FROM licenses JOIN products ON products.id = licenses.product_id \
                 WHERE licenses.id IN (",
            );
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Takes up to `most` events out of the outbox, beginning with the oldest row. On PostgreSQL, other instances skip these
    /// rows.
    pub async fn take_outbox(&mut self, most: usize) -> Result<Vec<Event>> {
        let mut on = self.on();
        let skip = skip_locked(&on);
        let rows: Vec<OutboxRow> = run!(&mut on, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT event_id, more FROM outbox ORDER BY event_id LIMIT ");
            sql.push_bind(i64::try_from(most).unwrap_or(i64::MAX)).push(skip);
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        let (mut done, mut ids) = (vec![], vec![]);
        for row in rows {
            if ids.len() >= most {
                break;
            }
            done.push(row.event_id);
            ids.extend(row.events());
        }
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let rest = ids.split_off(ids.len().min(most));
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("DELETE FROM outbox WHERE event_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(&done) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        insert::<OutboxRow, _>(self.on(), OutboxRow::of(&rest).as_slice()).await?;
        let mut events = self.on().events_of_ids(&ids).await?;
        events.sort_unstable_by_key(|event| event.id);
        Ok(events)
    }
}
