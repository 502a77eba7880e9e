//! Pages of the list of licenses, without a search.
//!
//! A list is read in the order of an index. Parts of the filter that this index does not support are checked for a limited
//! number of licenses on each page, so that a filter that nearly nothing matches is as fast as any other.

use chrono::{DateTime, Utc};
use licensing::{fold, license::LicenseStatus};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    filter::{LicenseFilter, bounds, in_age, in_time, narrow, narrow_by_devices},
    order::{Key, List, Part, Reading, not_null},
};
use crate::{Connection, Cursor, Paging, Result, engine::run, window::LOOKED_THROUGH};

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
                $sql.push(" FROM licenses l WHERE l.ends_at IS ").push(not_null($list.part));
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
                $sql.push(" FROM licenses l WHERE l.customer_key IS ").push(not_null($list.part));
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
        if let Some(place) = $paging.place {
            let side = if backwards { " < " } else { " > " };
            match key {
                Key::Ends | Key::Customer if $list.part == Part::Unvalued => {
                    $sql.push(" AND l.id").push(side).push_bind(place.id);
                }
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
        let reading = Reading::from(paging);
        if !list.has_two_parts(filter) {
            return self.part_of_list(filter, list, reading, most, now).await;
        }
        let (first, last) = match reading.is_before {
            true => (Part::Unvalued, Part::Valued),
            false => (Part::Valued, Part::Unvalued),
        };
        let begins = match reading.place {
            Some(place) => self.part_of(list, place).await?,
            None => first,
        };
        let (mut ids, horizon) = self.part_of_list(filter, List { part: begins, ..list }, reading, most, now).await?;
        let missing = most - i64::try_from(ids.len()).unwrap_or(most);
        if horizon.is_some() || begins == last || missing <= 0 {
            return Ok((ids, horizon));
        }
        let reading = Reading { place: None, ..reading };
        let (more, horizon) = self.part_of_list(filter, List { part: last, ..list }, reading, missing, now).await?;
        ids.extend(more);
        Ok((ids, horizon))
    }

    /// Returns the part of a list that has this place.
    async fn part_of(&mut self, list: List, place: Cursor) -> Result<Part> {
        const SQL: &str = "SELECT created_at, customer_key IS NOT NULL FROM licenses WHERE id = $1";
        let license: Option<(DateTime<Utc>, bool)> =
            run!(self, |c| sqlx::query_as(SQL).bind(place.id).fetch_optional(&mut **c).await)?;
        let is_valued = license.is_none_or(|(created_at, has_customer)| match list.key {
            // The place of a license without an end has its time of creation.
            Key::Ends => created_at != place.at,
            Key::Customer => has_customer,
            Key::Created | Key::Tag | Key::Batch => true,
        });
        Ok(if is_valued { Part::Valued } else { Part::Unvalued })
    }

    /// Returns the ids on a page of a part of a list, as [`listed_licenses`](Self::listed_licenses) does.
    async fn part_of_list(
        &mut self,
        filter: &LicenseFilter,
        list: List,
        paging: Reading,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Uuid>, Option<Cursor>)> {
        if !list.is_windowed(filter) {
            let ids = run!(&mut *self, |c| {
                let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM licenses l WHERE 1 = 1");
                if list.key == Key::Ends {
                    sql.push(" AND l.ends_at IS ").push(not_null(list.part));
                }
                narrow!(sql, filter, now);
                narrow_by_devices!(sql, filter, now);
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
