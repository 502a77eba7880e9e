//! The outbox: events whose deliveries are not created yet.

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::claims::skip_locked;
use crate::{
    Connection, Result, Tx,
    desk::padded,
    engine::run,
    events::Event,
    insert::{columns, insert},
};

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

/// Events of one transaction.
#[derive(FromRow)]
pub(crate) struct OutboxRow {
    event_id: Uuid,
    /// Ids of its other events, one after the other.
    more: Option<Vec<u8>>,
}

impl OutboxRow {
    fn of(events: &[Uuid]) -> Option<Self> {
        let (first, others) = events.split_first()?;
        let more: Vec<u8> = others.iter().flat_map(|id| id.into_bytes()).collect();
        Some(Self { event_id: *first, more: Some(more).filter(|more| !more.is_empty()) })
    }

    fn events(&self) -> impl Iterator<Item = Uuid> {
        let (others, _) = self.more.as_deref().unwrap_or_default().as_chunks();
        std::iter::once(self.event_id).chain(others.iter().map(|id| Uuid::from_bytes(*id)))
    }
}

columns!(OutboxRow, "outbox", |row| { event_id: row.event_id, more: row.more.as_deref() });

impl Tx {
    /// Returns the outbox row of those of these events that a subscription may want, all in one; `None` if there are none.
    pub(crate) fn outbox_row(&mut self, events: &[Event]) -> Option<OutboxRow> {
        let wanted = self.select_wanted(events, |event| event.kind.as_str());
        OutboxRow::of(&wanted.into_iter().map(|event| event.id).collect::<Vec<_>>())
    }

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
