//! The audit log: who did what to what, from where, and why. Rows are only ever added.

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result, Tx,
    decisions::floor,
    desk::{padded, pieces},
    engine::run,
    window::{self, LOOKED_THROUGH},
};

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// Its id, which also orders events of one moment.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What kind of actor: `account`, `device`, `setup`, `command` or `server`.
    pub actor_kind: String,
    /// Which one, where it has an id.
    pub actor_id: Option<Uuid>,
    /// Its name at the time.
    pub actor_name: String,
    /// What was done, such as `license.suspended`.
    pub act: String,
    /// What kind of thing it was done to, such as `license`.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// Its name at the time.
    pub subject_name: String,
    /// The license that it concerns, so that a license can tell its story.
    pub license_id: Option<Uuid>,
    /// What it was before, as far as it changed: a JSON object. (SQLite would not give a bare number back.)
    #[sqlx(json(nullable))]
    pub before: Option<serde_json::Value>,
    /// What it became: a JSON object.
    #[sqlx(json(nullable))]
    pub after: Option<serde_json::Value>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

/// Which events are wanted. Every part that is given narrows the list.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only this license's.
    pub license_id: Option<Uuid>,
    /// Only what was done to the thing of this id.
    pub subject_id: Option<Uuid>,
    /// Only acts that begin like this, such as `license.`, in whatever case.
    pub act: Option<String>,
    /// Only where the actor's or the subject's name holds this, both folded ([`licensing::fold()`]).
    pub text: Option<String>,
    /// Whether the search leaves out e-mail addresses: for somebody from whom they are hidden, and who could otherwise
    /// find one out letter by letter.
    pub without_email: bool,
}

impl EventFilter {
    /// Whether it narrows by anything that no index serves.
    const fn is_unindexed(&self) -> bool {
        self.subject_id.is_some() || self.act.is_some() || self.text.is_some()
    }
}

/// The `WHERE` of a query of events by what indexes serve, and its order by id, up to the number after `LIMIT`.
macro_rules! indexed {
    ($sql:ident, $filter:expr, $paging:expr) => {
        let (place, direction) = window::order($paging);
        $sql.push(" FROM events WHERE 1 = 1");
        if let Some(id) = $filter.license_id {
            $sql.push(" AND license_id = ").push_bind(id);
        } else if $filter.act.as_deref().is_some_and(is_not_of_devices) {
            $sql.push(" AND actor_kind <> 'device'");
        }
        if let Some((place, side)) = place {
            $sql.push(" AND id").push(side).push_bind(place.id);
        }
        // Ids are UUIDv7 from one clock, so that their order is the order of time and needs no index of its own.
        $sql.push(" ORDER BY id").push(direction).push(" LIMIT ");
    };
}

/// Whether devices do no act that begins like this: all of theirs begin with `device.`.
fn is_not_of_devices(act: &str) -> bool {
    let (act, theirs) = (act.to_ascii_lowercase(), "device.");
    !theirs.starts_with(&act) && !act.starts_with(theirs)
}

const COLUMNS: &str = "id, at, actor_kind, actor_id, actor_name, act, subject_kind, subject_id, subject_name, \
     license_id, before, after, reason, address, request_id";

impl Connection<'_> {
    /// A page of events, youngest first. One that is narrowed by more than the license looks through so many events and no
    /// more, and says so in `partial`.
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

    /// The ids of the events in the window that the filter leaves, at most `most`.
    async fn event_ids(&mut self, filter: &EventFilter, paging: Paging, most: usize) -> Result<Vec<Uuid>> {
        let rows: Vec<(Uuid, Option<String>, Option<String>)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id, actor_name, subject_name FROM (");
            sql.push("SELECT id, act, subject_id, actor_name, subject_name");
            indexed!(sql, filter, paging);
            sql.push_bind(LOOKED_THROUGH).push(") AS recent WHERE 1 = 1");
            if let Some(subject_id) = filter.subject_id {
                sql.push(" AND subject_id = ").push_bind(subject_id);
            }
            if let Some(act) = &filter.act {
                sql.push(" AND act LIKE ").push_bind(format!("{}%", like(&act.to_ascii_lowercase())));
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

    /// The last event of the window, if there are more behind it.
    async fn event_horizon(&mut self, filter: &EventFilter, paging: Paging) -> Result<Option<Cursor>> {
        let last: Option<(DateTime<Utc>, Uuid)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT at, id");
            indexed!(sql, filter, paging);
            sql.push("1 OFFSET ").push_bind(LOOKED_THROUGH - 1);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?;
        Ok(last.map(|(at, id)| Cursor { at, id }))
    }

    async fn events_of_ids(&mut self, ids: &[Uuid]) -> Result<Vec<Event>> {
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
}

impl Connection<'_> {
    /// When that account did one of these acts last, the youngest first, since `since`; at most `most`.
    pub async fn times_of_acts(
        &mut self,
        actor: Uuid,
        acts: &[&str],
        since: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<DateTime<Utc>>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT at FROM events WHERE actor_id = ");
            sql.push_bind(actor).push(" AND at > ").push_bind(since).push(" AND act IN (");
            let mut list = sql.separated(", ");
            for act in acts {
                list.push_bind((*act).to_owned());
            }
            sql.push(") ORDER BY id DESC LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Looks at `most` events from `from` on, those made before `before`, and removes those of these acts. Returns how many it
    /// removed, and the last event that it looked at; `None` where there is none.
    pub async fn sweep_events(
        &mut self,
        acts: &[&str],
        (from, before): (Uuid, DateTime<Utc>),
        most: i64,
    ) -> Result<(u64, Option<Uuid>)> {
        // In the order of their ids, which is that of time, and needs no index of its own.
        const LOOK: &str = "SELECT id FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";
        let before = floor(before);
        let ids: Vec<Uuid> =
            run!(self.on(), |c| sqlx::query_scalar(LOOK).bind(from).bind(before).bind(most).fetch_all(c).await)?;
        let Some(last) = ids.last().copied() else { return Ok((0, None)) };
        let swept = run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("DELETE FROM events WHERE id > ");
            sql.push_bind(from).push(" AND id <= ").push_bind(last).push(" AND act IN (");
            let mut list = sql.separated(", ");
            for act in acts {
                list.push_bind((*act).to_owned());
            }
            sql.push(")");
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        Ok((swept, Some(last)))
    }

    /// Adds events.
    pub async fn insert_events(&mut self, events: &[Event]) -> Result<()> {
        for piece in pieces(events) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO events (");
                sql.push(COLUMNS).push(") ");
                sql.push_values(piece, |mut row, e| {
                    row.push_bind(e.id)
                        .push_bind(e.at)
                        .push_bind(&e.actor_kind)
                        .push_bind(e.actor_id)
                        .push_bind(&e.actor_name)
                        .push_bind(&e.act)
                        .push_bind(&e.subject_kind)
                        .push_bind(e.subject_id)
                        .push_bind(&e.subject_name)
                        .push_bind(e.license_id)
                        .push_bind(e.before.as_ref().map(Json))
                        .push_bind(e.after.as_ref().map(Json))
                        .push_bind(&e.reason)
                        .push_bind(&e.address)
                        .push_bind(&e.request_id);
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}

/// The text as a part of a `LIKE … ESCAPE '!'` pattern: what it holds of `%`, `_` and `!` means itself.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}
