//! Audit log: the actor, subject, origin and reason of every act. Only the retention sweep deletes rows.

use chrono::{DateTime, Utc};
use licensing::EventKind;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result, Tx,
    decisions::floor,
    desk::padded,
    engine::run,
    insert::{columns, insert},
    search::like,
    webhooks::OutboxRow,
    window::{self, LOOKED_THROUGH},
};

/// An event of the audit log.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// Id, which also orders events of the same time.
    pub id: Uuid,
    /// Time.
    pub at: DateTime<Utc>,
    /// Kind of actor: `account`, `api_token`, `device`, `setup`, `command`, `anonymous` or `server`.
    pub actor_kind: String,
    /// Id of the actor, if it has one.
    pub actor_id: Option<Uuid>,
    /// Name of the actor at the time.
    pub actor_name: String,
    /// Name of the [`EventKind`], such as `license.suspended`. Text, because another version may have written it.
    #[sqlx(rename = "act")]
    pub kind: String,
    /// Name of the [`SubjectKind`](licensing::SubjectKind), such as `license`.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: Option<Uuid>,
    /// Name of the subject at the time.
    pub subject_name: String,
    /// License that it concerns. The events of a license are found by it.
    pub license_id: Option<Uuid>,
    /// Changed values before the act: a JSON object. (SQLite would not return a bare number unchanged.)
    #[sqlx(json(nullable))]
    pub before: Option<serde_json::Value>,
    /// Changed values after the act: a JSON object.
    #[sqlx(json(nullable))]
    pub after: Option<serde_json::Value>,
    /// Reason that the actor gave.
    pub reason: Option<String>,
    /// Network address of the request.
    pub address: Option<String>,
    /// Id of the HTTP request.
    pub request_id: Option<String>,
}

/// Filter for events. Each part that is set narrows the list.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only events of this license.
    pub license_id: Option<Uuid>,
    /// Only events whose subject has this id.
    pub subject_id: Option<Uuid>,
    /// Only acts by these actors.
    pub by: Option<EventActors>,
    /// Only events from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only events about these products, their policies and their licenses; empty for all.
    pub products: Vec<Uuid>,
    /// Only kinds of events with this prefix, such as `license.`, in any case.
    pub kind: Option<String>,
    /// Only events whose request came from this network address.
    pub address: Option<String>,
    /// Only events whose actor's or subject's name contains this text, both folded ([`licensing::fold()`]).
    pub text: Option<String>,
    /// `true` to exclude e-mail addresses from the search, for accounts that may not see them and could otherwise guess
    /// one letter by letter.
    pub without_email: bool,
}

/// A group of actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventActors {
    /// The actor with this id: an account, an API token, a device.
    Id(Uuid),
    /// Devices.
    Devices,
    /// People, the command line, and the server itself.
    Others,
}

impl EventFilter {
    /// Returns `true` if any part that is set has no index.
    const fn is_unindexed(&self) -> bool {
        self.subject_id.is_some()
            || self.kind.is_some()
            || self.address.is_some()
            || self.text.is_some()
            || !self.products.is_empty()
    }
}

/// Adds the `WHERE` of a query of events by the parts of the filter that have an index, and the order by id, up to the
/// number after `LIMIT`.
macro_rules! indexed {
    ($sql:ident, $filter:expr, $paging:expr) => {
        let (place, direction) = window::order($paging);
        $sql.push(" FROM events WHERE 1 = 1");
        if let Some(id) = $filter.license_id {
            $sql.push(" AND license_id = ").push_bind(id);
        }
        match $filter.by {
            Some(EventActors::Id(id)) => {
                $sql.push(" AND actor_id = ").push_bind(id);
            }
            Some(EventActors::Devices) => {
                $sql.push(" AND actor_kind = 'device'");
            }
            Some(EventActors::Others) => {
                $sql.push(" AND actor_kind <> 'device'");
            }
            None if $filter.license_id.is_none() && $filter.kind.as_deref().is_some_and(is_not_of_devices) => {
                $sql.push(" AND actor_kind <> 'device'");
            }
            None => {}
        }
        if let Some(since) = $filter.since {
            $sql.push(" AND id >= ").push_bind(floor(since));
        }
        if let Some(until) = $filter.until {
            $sql.push(" AND id < ").push_bind(floor(until));
        }
        if let Some((place, side)) = place {
            $sql.push(" AND id").push(side).push_bind(place.id);
        }
        // Ids are UUIDv7 from one clock, so their order is chronological and needs no index of its own.
        $sql.push(" ORDER BY id").push(direction).push(" LIMIT ");
    };
}

/// Narrows a query of `recent` events to those about these products, their policies and their licenses.
macro_rules! of_products {
    ($sql:ident, $products:expr) => {
        let parts = [
            (" AND (EXISTS (SELECT 1 FROM licenses l WHERE l.id = recent.license_id AND l.product_id IN (", "))"),
            (
                " OR (recent.license_id IS NULL AND recent.subject_kind = 'policy' AND EXISTS (SELECT 1 FROM policies o \
                 WHERE o.id = recent.subject_id AND o.product_id IN (",
                ")))",
            ),
            (" OR (recent.license_id IS NULL AND recent.subject_kind = 'product' AND recent.subject_id IN (", ")))"),
        ];
        for (before, after) in parts {
            $sql.push(before);
            let mut list = $sql.separated(", ");
            for id in padded($products) {
                list.push_bind(*id);
            }
            $sql.push(after);
        }
    };
}

/// Returns `true` if no event of devices has a kind with this prefix. All of those begin with `device.`.
fn is_not_of_devices(prefix: &str) -> bool {
    let (prefix, theirs) = (prefix.to_ascii_lowercase(), "device.");
    !theirs.starts_with(&prefix) && !prefix.starts_with(theirs)
}

const COLUMNS: &str = "id, at, actor_kind, actor_id, actor_name, act, subject_kind, subject_id, subject_name, \
     license_id, before, after, reason, address, request_id";

impl Connection<'_> {
    /// Returns a page of events, newest first. A filter on more than the license searches only 2,000 events, and
    /// reports in `partial` if there are more.
    pub async fn events(&mut self, filter: &EventFilter, paging: Paging, size: usize) -> Result<Page<Event>> {
        let most = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let cursor = |e: &Event| Cursor { at: e.at, id: e.id };
        if !filter.is_unindexed() {
            let rows: Vec<Event> = run!(self, |c| {
                let mut sql = QueryBuilder::<Db>::new("SELECT ");
                sql.push(COLUMNS);
                indexed!(sql, filter, paging);
                sql.push_bind(most).build_query_as().fetch_all(&mut **c).await
            })?;
            return Ok(Page::of(rows, size, paging, cursor));
        }
        let ids = self.event_ids(filter, paging, size + 1).await?;
        let horizon = if ids.len() > size { None } else { self.event_horizon(filter, paging).await? };
        let mut rows = self.events_of_ids(&ids).await?;
        rows.sort_unstable_by_key(|event| event.id);
        if !matches!(paging, Paging::Before(_)) {
            rows.reverse();
        }
        Ok(Page::of(rows, size, paging, cursor).stopped_at(horizon, paging))
    }

    /// Returns the ids of at most `most` events in the window that match the filter.
    async fn event_ids(&mut self, filter: &EventFilter, paging: Paging, most: usize) -> Result<Vec<Uuid>> {
        let rows: Vec<(Uuid, Option<String>, Option<String>)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id, actor_name, subject_name FROM (");
            sql.push("SELECT id, act, address, license_id, subject_kind, subject_id, actor_name, subject_name");
            indexed!(sql, filter, paging);
            sql.push_bind(LOOKED_THROUGH).push(") AS recent WHERE 1 = 1");
            if let Some(subject_id) = filter.subject_id {
                sql.push(" AND subject_id = ").push_bind(subject_id);
            }
            if let Some(address) = &filter.address {
                sql.push(" AND address = ").push_bind(address.clone());
            }
            if !filter.products.is_empty() {
                of_products!(sql, &filter.products);
            }
            if let Some(prefix) = &filter.kind {
                sql.push(" AND act LIKE ").push_bind(format!("{}%", like(&prefix.to_ascii_lowercase())));
                sql.push(" ESCAPE '!'");
            }
            sql.push(" ORDER BY id").push(window::order(paging).1).push(" LIMIT ");
            sql.push_bind(match filter.text {
                Some(_) => LOOKED_THROUGH,
                None => i64::try_from(most).unwrap_or(i64::MAX),
            });
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(match &filter.text {
            None => rows.into_iter().map(|(id, ..)| id).collect(),
            Some(text) => {
                let rows = rows.into_iter().map(|(id, actor, subject)| (id, [actor, subject]));
                window::holding(rows.collect(), (text, filter.without_email), most)
            }
        })
    }

    /// Returns the last event of the window, if there are more after it.
    async fn event_horizon(&mut self, filter: &EventFilter, paging: Paging) -> Result<Option<Cursor>> {
        let last: Option<(DateTime<Utc>, Uuid)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT at, id");
            indexed!(sql, filter, paging);
            sql.push("1 OFFSET ").push_bind(LOOKED_THROUGH - 1);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?;
        Ok(last.map(|(at, id)| Cursor { at, id }))
    }

    /// Returns the event with this id.
    pub async fn event(&mut self, id: Uuid) -> Result<Option<Event>> {
        Ok(self.events_of_ids(&[id]).await?.pop())
    }

    /// Returns the events with these ids, in no order.
    pub(crate) async fn events_of_ids(&mut self, ids: &[Uuid]) -> Result<Vec<Event>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM events WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the times of the events of these kinds by this account since `since`: at most `most`, newest first.
    pub async fn times_of_acts(
        &mut self,
        actor: Uuid,
        kinds: &[EventKind],
        since: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<DateTime<Utc>>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT at FROM events WHERE actor_id = ");
            sql.push_bind(actor).push(" AND at > ").push_bind(since).push(" AND act IN (");
            let mut list = sql.separated(", ");
            for kind in kinds {
                list.push_bind(kind.name());
            }
            sql.push(") ORDER BY id DESC LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Examines `most` events after `from` and before `before`, and deletes those of these kinds. Returns the
    /// number deleted, and the last event examined; `None` if there is none.
    pub async fn sweep_events(
        &mut self,
        kinds: &[EventKind],
        (from, before): (Uuid, DateTime<Utc>),
        most: i64,
    ) -> Result<(u64, Option<Uuid>)> {
        // In the order of ids, which is chronological and needs no index of its own.
        const LOOK: &str = "SELECT id FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";
        let before = floor(before);
        let ids: Vec<Uuid> =
            run!(self.on(), |c| sqlx::query_scalar(LOOK).bind(from).bind(before).bind(most).fetch_all(c).await)?;
        let Some(last) = ids.last().copied() else { return Ok((0, None)) };
        let swept = run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("DELETE FROM events WHERE id > ");
            sql.push_bind(from).push(" AND id <= ").push_bind(last).push(" AND act IN (");
            let mut list = sql.separated(", ");
            for kind in kinds {
                list.push_bind(kind.name());
            }
            sql.push(")");
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        Ok((swept, Some(last)))
    }

    /// Inserts events, and puts those into the outbox that a subscription may want ([`Store::set_wanted`]).
    ///
    /// [`Store::set_wanted`]: crate::Store::set_wanted
    pub async fn insert_events(&mut self, events: &[Event]) -> Result<()> {
        insert::<Event, _>(self.on(), events).await?;
        let outbox = self.outbox_row(events);
        insert::<OutboxRow, _>(self.on(), outbox.as_slice()).await
    }

    /// Returns the outbox row of those of these events that a subscription may want, all in one; `None` if there are none.
    pub(crate) fn outbox_row(&mut self, events: &[Event]) -> Option<OutboxRow> {
        let wanted = self.select_wanted(events, |event| event.kind.as_str());
        OutboxRow::of(&wanted.into_iter().map(|event| event.id).collect::<Vec<_>>())
    }
}

columns!(Event, "events", |e| {
    id: e.id,
    at: e.at,
    actor_kind: e.actor_kind.as_str(),
    actor_id: e.actor_id,
    actor_name: e.actor_name.as_str(),
    act: e.kind.as_str(),
    subject_kind: e.subject_kind.as_str(),
    subject_id: e.subject_id,
    subject_name: e.subject_name.as_str(),
    license_id: e.license_id,
    before: e.before.as_ref().map(Json),
    after: e.after.as_ref().map(Json),
    reason: e.reason.as_deref(),
    address: e.address.as_deref(),
    request_id: e.request_id.as_deref(),
});
