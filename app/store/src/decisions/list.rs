//! List of decisions, and its filter.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{COLUMNS, DecisionRow, sweep::floor};
use crate::{
    Connection, Cursor, Page, Paging, Result,
    desk::padded,
    engine::run,
    window::{self, LOOKED_THROUGH},
};

/// Outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Granted.
    Granted,
    /// Refused.
    Refused,
}

/// Filter for decisions. Each part that is set narrows the list.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// Only decisions with this outcome.
    pub outcome: Option<Outcome>,
    /// Only refusals with this code.
    pub code: Option<String>,
    /// Only refusals by this rule.
    pub rule: Option<String>,
    /// Only decisions of this license.
    pub license_id: Option<Uuid>,
    /// Only decisions of this product.
    pub product_id: Option<Uuid>,
    /// Only decisions of these products; empty for all.
    pub products: Vec<Uuid>,
    /// Only decisions of the device with this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only decisions whose code's last characters, masked address, device name or network address contain this text,
    /// both folded ([`licensing::fold()`]).
    pub text: Option<String>,
    /// `true` to exclude e-mail addresses from the search, for accounts that may not see them and could otherwise guess
    /// one letter by letter.
    pub without_email: bool,
    /// Only decisions from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Only decisions before this time.
    pub until: Option<DateTime<Utc>>,
}

impl DecisionFilter {
    /// Returns `true` if any part that is set has no index.
    const fn is_unindexed(&self) -> bool {
        self.code.is_some()
            || self.rule.is_some()
            || self.product_id.is_some()
            || !self.products.is_empty()
            || self.fingerprint_hash.is_some()
            || self.text.is_some()
    }

    /// Returns whether grants may match the filter, and whether refusals may.
    pub(super) const fn outcomes(&self) -> (bool, bool) {
        let refused_only = self.code.is_some() || self.rule.is_some();
        match self.outcome {
            Some(Outcome::Granted) => (!refused_only, false),
            Some(Outcome::Refused) => (false, true),
            None => (!refused_only, true),
        }
    }
}

/// Adds the filter's times and the page as conditions on the ids of `$of`, then the order, up to the number after
/// `LIMIT`.
macro_rules! in_time {
    ($sql:ident, $of:literal, $filter:expr, $paging:expr) => {
        let (place, direction) = window::order($paging);
        // Ids are UUIDv7 of the decision's time.
        if let Some(since) = $filter.since {
            $sql.push(concat!(" AND ", $of, ".id >= ")).push_bind(floor(since));
        }
        if let Some(until) = $filter.until {
            $sql.push(concat!(" AND ", $of, ".id < ")).push_bind(floor(until));
        }
        if let Some((place, side)) = place {
            $sql.push(concat!(" AND ", $of, ".id")).push(side).push_bind(place.id);
        }
        $sql.push(concat!(" ORDER BY ", $of, ".id")).push(direction).push(" LIMIT ");
    };
}
pub(super) use in_time;

/// Adds `(SELECT … ) AS d`: the first decisions of the page by the parts of the filter that have an index, at most
/// `$most` of each outcome.
macro_rules! source {
    ($sql:ident, $filter:expr, $paging:expr, $most:expr) => {
        let (grants, refusals) = $filter.outcomes();
        $sql.push("(");
        match ($filter.license_id, grants, refusals) {
            (None, true, true) => {
                $sql.push("SELECT d.* FROM decisions d WHERE 1 = 1");
                in_time!($sql, "d", $filter, $paging);
                $sql.push_bind($most);
            }
            (None, true, false) => {
                $sql.push("SELECT d.* FROM decisions d WHERE d.outcome = 'granted'");
                in_time!($sql, "d", $filter, $paging);
                $sql.push_bind($most);
            }
            (None, false, _) => {
                // The index of refusals has exactly this condition.
                $sql.push("SELECT d.* FROM decisions d WHERE d.outcome <> 'granted'");
                in_time!($sql, "d", $filter, $paging);
                $sql.push_bind($most);
            }
            (Some(id), grants, refusals) => {
                $sql.push("SELECT * FROM (");
                $sql.push("SELECT * FROM (SELECT d.* FROM decisions d WHERE d.outcome <> 'granted'");
                $sql.push(if refusals { "" } else { " AND 1 = 0" });
                $sql.push(" AND d.license_id = ").push_bind(id);
                in_time!($sql, "d", $filter, $paging);
                // A grant has the id of its event, and events have an index by license.
                $sql.push_bind($most).push(") AS refusals UNION ALL SELECT * FROM (SELECT d.* FROM events e ");
                $sql.push("CROSS JOIN decisions d WHERE d.id = e.id").push(if grants { "" } else { " AND 1 = 0" });
                $sql.push(" AND e.license_id = ").push_bind(id);
                in_time!($sql, "e", $filter, $paging);
                $sql.push_bind($most).push(") AS grants) AS of_license ORDER BY id").push(window::order($paging).1);
                $sql.push(" LIMIT ").push_bind($most);
            }
        }
        $sql.push(") AS d");
    };
}
pub(super) use source;

/// Adds the parts of the filter that have no index to a query of `d` that has a `WHERE`, except for the text.
macro_rules! narrow {
    ($sql:ident, $filter:expr) => {
        if let Some(code) = &$filter.code {
            $sql.push(" AND d.outcome = ").push_bind(code.clone());
        }
        if let Some(rule) = &$filter.rule {
            $sql.push(" AND d.rule = ").push_bind(rule.clone());
        }
        if let Some(id) = $filter.product_id {
            $sql.push(" AND d.product_id = ").push_bind(id);
        }
        if !$filter.products.is_empty() {
            $sql.push(" AND d.product_id IN (");
            let mut list = $sql.separated(", ");
            for id in $crate::desk::padded(&$filter.products) {
                list.push_bind(*id);
            }
            $sql.push(")");
        }
        if let Some(hash) = $filter.fingerprint_hash {
            $sql.push(" AND d.fingerprint_hash = ").push_bind(hash.to_vec());
        }
    };
}
pub(super) use narrow;

#[derive(sqlx::FromRow)]
struct Searched {
    id: Uuid,
    code_tail: Option<String>,
    email: Option<String>,
    device_name: Option<String>,
    address: Option<String>,
}

impl Connection<'_> {
    /// Returns a page of decisions, newest first. A filter on more than outcome, license and time searches only 2,000
    /// decisions, and reports in `partial` if there are more.
    pub async fn decisions(
        &mut self,
        filter: &DecisionFilter,
        paging: Paging,
        size: usize,
    ) -> Result<Page<DecisionRow>> {
        let ids = self.decision_ids(filter, paging, size + 1).await?;
        let horizon = match filter.is_unindexed() && ids.len() <= size {
            true => self.decision_horizon(filter, paging).await?,
            false => None,
        };
        let mut rows = self.decisions_of_ids(&ids).await?;
        rows.sort_unstable_by_key(|row| row.id);
        if !matches!(paging, Paging::Before(_)) {
            rows.reverse();
        }
        Ok(Page::of(rows, size, paging, |d| Cursor { at: d.at, id: d.id }).stopped_at(horizon, paging))
    }

    /// Counts the decisions that match the filter, up to 2,000. A filter on more than outcome, license and time searches
    /// only the 2,000 newest.
    pub async fn count_decisions(&mut self, filter: &DecisionFilter) -> Result<i64> {
        let most = usize::try_from(LOOKED_THROUGH).unwrap_or(usize::MAX);
        let found = self.decision_ids(filter, Paging::First, most).await?.len();
        Ok(i64::try_from(found).unwrap_or(i64::MAX))
    }

    /// Returns the ids of at most `most` decisions that match the filter.
    pub(super) async fn decision_ids(
        &mut self,
        filter: &DecisionFilter,
        paging: Paging,
        most: usize,
    ) -> Result<Vec<Uuid>> {
        let wanted = i64::try_from(most).unwrap_or(i64::MAX);
        let looked_through = if filter.is_unindexed() { LOOKED_THROUGH } else { wanted };
        let rows: Vec<Searched> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT d.id, d.code_tail, d.email, d.device_name, d.address FROM ");
            source!(sql, filter, paging, looked_through);
            sql.push(" WHERE 1 = 1");
            narrow!(sql, filter);
            sql.push(" ORDER BY d.id").push(window::order(paging).1).push(" LIMIT ");
            sql.push_bind(if filter.text.is_some() { looked_through } else { wanted });
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(match &filter.text {
            None => rows.into_iter().map(|row| row.id).collect(),
            Some(text) => {
                let texts = |row: Searched| (row.id, [row.code_tail, row.email, row.device_name, row.address]);
                window::holding(rows.into_iter().map(texts).collect(), (text, filter.without_email), most)
            }
        })
    }

    /// Returns the last decision that was searched, if there are more after it.
    async fn decision_horizon(&mut self, filter: &DecisionFilter, paging: Paging) -> Result<Option<Cursor>> {
        let last: Option<(DateTime<Utc>, Uuid)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT d.at, d.id FROM ");
            source!(sql, filter, paging, LOOKED_THROUGH);
            sql.push(" ORDER BY d.id").push(window::order(paging).1).push(" LIMIT 1 OFFSET ");
            sql.push_bind(LOOKED_THROUGH - 1);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?;
        Ok(last.map(|(at, id)| Cursor { at, id }))
    }

    async fn decisions_of_ids(&mut self, ids: &[Uuid]) -> Result<Vec<DecisionRow>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the decisions of the request with this id, which was received at `at`: newest first, at most 50.
    pub async fn decisions_in_request(&mut self, request_id: &str, at: DateTime<Utc>) -> Result<Vec<DecisionRow>> {
        // No request takes longer than this, so the request id needs no index.
        let (from, to) = (floor(at - chrono::TimeDelta::minutes(1)), floor(at + chrono::TimeDelta::minutes(5)));
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE request_id = ").push_bind(request_id);
            sql.push(" AND id >= ").push_bind(from).push(" AND id < ").push_bind(to).push(" ORDER BY id DESC LIMIT 50");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
