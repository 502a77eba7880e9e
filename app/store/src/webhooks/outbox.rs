//! The outbox: events whose deliveries are not created yet.

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::claims::skip_locked;
use crate::{Connection, Result, Tx, desk::padded, engine::run, events::Event};

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
    /// Takes up to `most` of the oldest events out of the outbox. On PostgreSQL, other instances skip them.
    pub async fn take_outbox(&mut self, most: i64) -> Result<Vec<Event>> {
        let mut on = self.on();
        let skip = skip_locked(&on);
        let ids: Vec<Uuid> = run!(&mut on, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT event_id FROM outbox ORDER BY event_id LIMIT ");
            sql.push_bind(most).push(skip);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?;
        if ids.is_empty() {
            return Ok(vec![]);
        }
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("DELETE FROM outbox WHERE event_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(&ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        let mut events = self.on().events_of_ids(&ids).await?;
        events.sort_unstable_by_key(|event| event.id);
        Ok(events)
    }
}
