//! The list of decisions, and what narrows it.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{COLUMNS, DecisionRow, sweep::floor};
use crate::{Connection, Cursor, Page, Paging, Result, engine::run, events::like};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With a yes.
    Granted,
    /// With a no.
    Refused,
}

/// Which decisions are wanted. Every part that is given narrows the list.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// Only those that ended so.
    pub outcome: Option<Outcome>,
    /// Only refusals of this code.
    pub code: Option<String>,
    /// Only where this rule decided.
    pub rule: Option<String>,
    /// Only of this license.
    pub license_id: Option<Uuid>,
    /// Only of this product.
    pub product_id: Option<Uuid>,
    /// Only of the device with this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only where the code's end, the masked address, the device's name or its network address holds this text, in
    /// whatever case (of ASCII on SQLite).
    pub text: Option<String>,
    /// Whether the search leaves out e-mail addresses: for somebody from whom they are hidden, and who could otherwise
    /// find one out letter by letter.
    pub without_email: bool,
    /// Only from then on.
    pub since: Option<DateTime<Utc>>,
    /// Only before then.
    pub until: Option<DateTime<Utc>>,
}

/// Narrows a query that has a `WHERE` to the filter.
macro_rules! narrow {
    ($sql:ident, $filter:expr) => {
        match $filter.outcome {
            Some(Outcome::Granted) => _ = $sql.push(" AND outcome = 'granted'"),
            // In these words, for the index of refusals.
            Some(Outcome::Refused) => _ = $sql.push(" AND outcome <> 'granted'"),
            None => {}
        }
        if let Some(code) = &$filter.code {
            $sql.push(" AND outcome <> 'granted' AND outcome = ").push_bind(code.clone());
        }
        if let Some(rule) = &$filter.rule {
            $sql.push(" AND outcome <> 'granted' AND rule = ").push_bind(rule.clone());
        }
        // By the index of refusals; and a grant has the id of its event, which has an index by license.
        if let Some(id) = $filter.license_id {
            $sql.push(" AND id IN (SELECT id FROM decisions WHERE outcome <> 'granted' AND license_id = ")
                .push_bind(id);
            $sql.push(" UNION ALL SELECT id FROM events WHERE license_id = ").push_bind(id).push(")");
        }
        if let Some(id) = $filter.product_id {
            $sql.push(" AND product_id = ").push_bind(id);
        }
        if let Some(hash) = $filter.fingerprint_hash {
            $sql.push(" AND fingerprint_hash = ").push_bind(hash.to_vec());
        }
        if let Some(text) = &$filter.text {
            let text = format!("%{}%", like(text));
            $sql.push(" AND (1 = 0");
            for column in ["code_tail", "email", "device_name", "address"] {
                $sql.push(" OR (LOWER(").push(column).push(") LIKE LOWER(").push_bind(text.clone());
                $sql.push(") ESCAPE '!'").push(crate::events::unless_email(column, $filter.without_email)).push(")");
            }
            $sql.push(")");
        }
        // Ids are UUIDv7 of the decision's moment.
        if let Some(since) = $filter.since {
            $sql.push(" AND id >= ").push_bind(floor(since));
        }
        if let Some(until) = $filter.until {
            $sql.push(" AND id < ").push_bind(floor(until));
        }
    };
}
pub(super) use narrow;

impl Connection<'_> {
    /// A page of decisions, youngest first.
    pub async fn decisions(
        &mut self,
        filter: &DecisionFilter,
        paging: Paging,
        size: usize,
    ) -> Result<Page<DecisionRow>> {
        let rows: Vec<DecisionRow> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE 1 = 1");
            narrow!(sql, filter);
            match paging {
                Paging::First => sql.push(" ORDER BY id DESC"),
                Paging::After(place) => sql.push(" AND id < ").push_bind(place.id).push(" ORDER BY id DESC"),
                Paging::Before(place) => sql.push(" AND id > ").push_bind(place.id).push(" ORDER BY id"),
            };
            sql.push(" LIMIT ").push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |d| Cursor { at: d.at, id: d.id }))
    }

    /// How many decisions the filter leaves.
    pub async fn count_decisions(&mut self, filter: &DecisionFilter) -> Result<i64> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT COUNT(*) FROM decisions WHERE 1 = 1");
            narrow!(sql, filter);
            sql.build_query_scalar().fetch_one(&mut **c).await
        })?)
    }

    /// Decisions of the request with that id, which was received at `at`: youngest first, 50 at most.
    pub async fn decisions_in_request(&mut self, request_id: &str, at: DateTime<Utc>) -> Result<Vec<DecisionRow>> {
        // No request takes longer than that; so there need be no index.
        let (from, to) = (floor(at - chrono::TimeDelta::minutes(1)), floor(at + chrono::TimeDelta::minutes(5)));
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE request_id = ").push_bind(request_id);
            sql.push(" AND id >= ").push_bind(from).push(" AND id < ").push_bind(to).push(" ORDER BY id DESC LIMIT 50");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
