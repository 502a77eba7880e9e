//! Pages of the list of licenses, without a search.
//!
//! A list is read in the order of an index. Parts of the filter that this index does not support are checked for a limited
//! number of licenses on each page, so that a filter that nearly nothing matches is as fast as any other.

use chrono::{DateTime, Utc};
use licensing::{fold, license::LicenseStatus};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    License, LicenseRow, Sort, SortBy,
    filter::{LicenseFilter, bounds, in_age, in_time, narrow, narrow_by_devices},
};
use crate::{Connection, Cursor, Paging, Result, engine::run, window::LOOKED_THROUGH};

/// The index that a list is read in, and its direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    key: Key,
    descending: bool,
}

/// The values that order a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// Time of creation.
    Created,
    /// End.
    Ends,
    /// Name of the customer.
    Customer,
    /// Id, among the licenses of a tag. Ids are in the order of creation.
    Tag,
    /// Id, among the licenses of a job.
    Batch,
}

impl List {
    /// All licenses, newest first.
    pub(super) const BY_AGE: Self = Self { key: Key::Created, descending: true };

    /// The list for a filter.
    pub(super) fn of(filter: &LicenseFilter) -> Self {
        let by_age = |descending| {
            let key = match (filter.batch_id, &filter.tag) {
                (Some(_), _) => Key::Batch,
                (None, Some(_)) => Key::Tag,
                (None, None) => Key::Created,
            };
            Self { key, descending }
        };
        match filter.sort {
            Some(Sort { by: SortBy::Created, descending }) => by_age(descending),
            Some(Sort { by: SortBy::Ends, descending }) => Self { key: Key::Ends, descending },
            Some(Sort { by: SortBy::Customer, descending }) => Self { key: Key::Customer, descending },
            None if filter.batch_id.is_some() || filter.tag.is_some() => by_age(true),
            // The latest ends first if all are past, otherwise the next ones.
            None => match filter.status {
                Some(LicenseStatus::Ended) => Self { key: Key::Ends, descending: true },
                Some(LicenseStatus::Ending) => Self { key: Key::Ends, descending: false },
                _ if filter.ends_before.is_some() => Self { key: Key::Ends, descending: false },
                _ => by_age(true),
            },
        }
    }

    /// The place of a license in this list.
    pub(super) fn place(self, license: &License) -> Cursor {
        let at = match self.key {
            Key::Ends => license.ends_at.unwrap_or(license.created_at),
            Key::Created | Key::Customer | Key::Tag | Key::Batch => license.created_at,
        };
        Cursor { at, id: license.id }
    }

    /// Sorts the rows of a page into the order in which it was read.
    pub(super) fn sort(self, rows: &mut [LicenseRow], paging: Paging) {
        match self.key {
            Key::Created | Key::Ends => rows.sort_unstable_by_key(|row| {
                let place = self.place(&row.license);
                (place.at, place.id)
            }),
            Key::Customer => rows.sort_by_cached_key(|row| (row.license.customer.as_deref().map(fold), row.license.id)),
            Key::Tag | Key::Batch => rows.sort_unstable_by_key(|row| row.license.id),
        }
        if self.is_read_backwards(paging) {
            rows.reverse();
        }
    }

    const fn is_read_backwards(self, paging: Paging) -> bool {
        self.descending != matches!(paging, Paging::Before(_))
    }

    /// Returns `true` if the filter has a part that this list's index does not support.
    fn is_windowed(self, filter: &LicenseFilter) -> bool {
        let others = filter.product_id.is_some() || filter.policy_id.is_some() || filter.state.is_some();
        match self.key {
            Key::Created => filter.is_windowed(),
            Key::Ends => others || filter.is_windowed(),
            Key::Customer | Key::Tag | Key::Batch => true,
        }
    }
}

/// Adds the query of the licenses `l` that the index of the list yields, in its order, up to the number after `LIMIT`.
macro_rules! source {
    ($sql:ident, $filter:expr, $list:expr, $paging:expr, $now:expr) => {
        match $list.key {
            Key::Tag => {
                $sql.push(" FROM license_tags t JOIN licenses l ON l.id = t.license_id WHERE t.tag = ");
                $sql.push_bind($filter.tag.clone());
            }
            Key::Batch => {
                $sql.push(" FROM licenses l WHERE l.batch_id = ").push_bind($filter.batch_id);
            }
            Key::Ends => {
                $sql.push(" FROM licenses l WHERE l.ends_at IS NOT NULL");
                in_time!($sql, $filter);
                let (next, soon) = bounds($now);
                match $filter.status {
                    Some(LicenseStatus::Ended) => {
                        $sql.push(" AND l.ends_at < ").push_bind(next);
                    }
                    Some(LicenseStatus::Ending) => {
                        $sql.push(" AND l.ends_at >= ").push_bind(next).push(" AND l.ends_at < ").push_bind(soon);
                    }
                    _ => {}
                }
            }
            Key::Customer => {
                $sql.push(" FROM licenses l WHERE l.customer_key IS NOT NULL");
            }
            Key::Created => {
                $sql.push(" FROM licenses l WHERE 1 = 1");
                // Exactly one part with an index, so that the planner has no choice that could be wrong.
                if let Some((key, text)) = $filter.exact_keys().into_iter().find_map(|(key, text)| Some((key, text?))) {
                    $sql.push(" AND l.").push(key).push(" = ").push_bind(fold(text).into_bytes());
                } else if $filter.never_activated {
                    $sql.push(" AND l.first_activated_at IS NULL");
                } else if let Some(id) = $filter.policy_id {
                    $sql.push(" AND l.policy_id = ").push_bind(id);
                } else if let Some(id) = $filter.product_id {
                    $sql.push(" AND l.product_id = ").push_bind(id);
                }
                // All of these indexes go on by age.
                in_age!($sql, $filter);
            }
        }
        in_order!($sql, $list, $paging);
    };
}

/// Adds the place that the page begins after, and the order of the list, up to the number after `LIMIT`.
macro_rules! in_order {
    ($sql:ident, $list:expr, $paging:expr) => {
        let (key, backwards) = ($list.key, $list.is_read_backwards($paging));
        if let Paging::After(place) | Paging::Before(place) = $paging {
            let side = if backwards { " < " } else { " > " };
            match key {
                Key::Created => {
                    $sql.push(" AND (l.created_at, l.id)").push(side).push("(").push_bind(place.at);
                    $sql.push(", ").push_bind(place.id).push(")");
                }
                Key::Ends => {
                    $sql.push(" AND (l.ends_at, l.id)").push(side).push("(").push_bind(place.at);
                    $sql.push(", ").push_bind(place.id).push(")");
                }
                Key::Customer => {
                    $sql.push(" AND (l.customer_key, l.id)").push(side);
                    $sql.push("((SELECT c.customer_key FROM licenses c WHERE c.id = ").push_bind(place.id);
                    $sql.push("), ").push_bind(place.id).push(")");
                }
                Key::Tag => {
                    $sql.push(" AND t.license_id").push(side).push_bind(place.id);
                }
                Key::Batch => {
                    $sql.push(" AND l.id").push(side).push_bind(place.id);
                }
            }
        }
        $sql.push(match (key, backwards) {
            (Key::Created, false) => " ORDER BY l.created_at, l.id LIMIT ",
            (Key::Created, true) => " ORDER BY l.created_at DESC, l.id DESC LIMIT ",
            (Key::Ends, false) => " ORDER BY l.ends_at, l.id LIMIT ",
            (Key::Ends, true) => " ORDER BY l.ends_at DESC, l.id DESC LIMIT ",
            (Key::Customer, false) => " ORDER BY l.customer_key, l.id LIMIT ",
            (Key::Customer, true) => " ORDER BY l.customer_key DESC, l.id DESC LIMIT ",
            (Key::Tag, false) => " ORDER BY t.license_id LIMIT ",
            (Key::Tag, true) => " ORDER BY t.license_id DESC LIMIT ",
            (Key::Batch, false) => " ORDER BY l.id LIMIT ",
            (Key::Batch, true) => " ORDER BY l.id DESC LIMIT ",
        });
    };
}

impl Connection<'_> {
    /// Returns the ids on a page of a list, and the last license that it looked through if it stopped before the page was
    /// full.
    pub(super) async fn listed_licenses(
        &mut self,
        filter: &LicenseFilter,
        list: List,
        paging: Paging,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Uuid>, Option<Cursor>)> {
        if !list.is_windowed(filter) {
            let ids = run!(&mut *self, |c| {
                let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM licenses l WHERE 1 = 1");
                if list.key == Key::Ends {
                    sql.push(" AND l.ends_at IS NOT NULL");
                }
                narrow!(sql, filter, now);
                in_order!(sql, list, paging);
                sql.push_bind(most);
                sql.build_query_scalar().fetch_all(&mut **c).await
            })?;
            return Ok((ids, None));
        }
        let ids: Vec<Uuid> = run!(&mut *self, |c| {
            // The outer query has no order, so that both databases stop as soon as the page is full.
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT l.id FROM (SELECT l.id, l.product_id, l.policy_id, l.state, l.ends_at, l.first_activated_at, \
                 l.batch_id, l.created_at, l.customer_key, l.email_key, l.reference_key",
            );
            source!(sql, filter, list, paging, now);
            sql.push_bind(LOOKED_THROUGH).push(") AS l WHERE 1 = 1");
            narrow!(sql, filter, now);
            narrow_by_devices!(sql, filter, now);
            sql.push(" LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?;
        if i64::try_from(ids.len()).is_ok_and(|found| found >= most) {
            return Ok((ids, None));
        }
        let last: Option<(DateTime<Utc>, Option<DateTime<Utc>>, Uuid)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT l.created_at, l.ends_at, l.id");
            source!(sql, filter, list, paging, now);
            sql.push("1 OFFSET ").push_bind(LOOKED_THROUGH - 1);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?;
        let horizon = last.map(|(created, end, id)| {
            let at = if list.key == Key::Ends { end.unwrap_or(created) } else { created };
            Cursor { at, id }
        });
        Ok((ids, horizon))
    }
}
