//! The list of all devices, for people.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result,
    activations::{Activation, COLUMNS},
    desk::padded,
    engine::run,
    window::{self, LOOKED_THROUGH},
};

/// A device with the names of its license and product.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ListedDevice {
    /// The device.
    #[sqlx(flatten)]
    pub activation: Activation,
    /// Customer of the license.
    pub customer: Option<String>,
    /// E-mail address of the license.
    pub email: Option<String>,
    /// Last characters of the license's code.
    pub code_tail: String,
    /// Name of the product.
    pub product_name: String,
}

/// Filter for devices. Each part that is set narrows the list. No part has an index.
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// Only devices of this product.
    pub product_id: Option<Uuid>,
    /// Only devices that hold a seat at this time (`true`), or hold none (`false`).
    pub held_at: Option<(DateTime<Utc>, bool)>,
    /// Only devices that were last seen at this time or later.
    pub seen_since: Option<DateTime<Utc>>,
    /// Only devices that were last seen before this time.
    pub silent_since: Option<DateTime<Utc>>,
    /// Only devices whose name, platform, version or network address contains this text, both folded
    /// ([`licensing::fold()`]).
    pub text: Option<String>,
}

impl DeviceFilter {
    const fn is_set(&self) -> bool {
        self.product_id.is_some()
            || self.held_at.is_some()
            || self.seen_since.is_some()
            || self.silent_since.is_some()
            || self.text.is_some()
    }
}

#[derive(sqlx::FromRow)]
struct Searched {
    id: Uuid,
    device_name: Option<String>,
    label: Option<String>,
    platform: Option<String>,
    software_version: Option<String>,
    address: Option<String>,
}

/// Adds `SELECT $columns FROM activations`: the first rows of the page, without the number after `LIMIT`. Ids are UUIDv7 of
/// the time of activation.
macro_rules! first {
    ($sql:ident, $columns:literal, $paging:expr) => {
        let (place, direction) = window::order($paging);
        $sql.push(concat!("SELECT ", $columns, " FROM activations a"));
        if let Some((place, side)) = place {
            $sql.push(" WHERE a.id").push(side).push_bind(place.id);
        }
        $sql.push(" ORDER BY a.id").push(direction).push(" LIMIT ");
    };
}

impl Connection<'_> {
    /// Returns a page of all devices, those that activated last first. A filter examines only 2,000 devices, and reports
    /// in `partial` if there are more.
    pub async fn listed_devices(
        &mut self,
        filter: &DeviceFilter,
        paging: Paging,
        size: usize,
    ) -> Result<Page<ListedDevice>> {
        let ids = self.listed_device_ids(filter, paging, size + 1).await?;
        let horizon = if filter.is_set() && ids.len() <= size { self.device_horizon(paging).await? } else { None };
        let mut rows = self.devices_of_ids(&ids).await?;
        rows.sort_unstable_by_key(|row| row.activation.id);
        if !matches!(paging, Paging::Before(_)) {
            rows.reverse();
        }
        let place = |row: &ListedDevice| Cursor { at: row.activation.activated_at, id: row.activation.id };
        Ok(Page::of(rows, size, paging, place).stopped_at(horizon, paging))
    }

    async fn listed_device_ids(&mut self, filter: &DeviceFilter, paging: Paging, most: usize) -> Result<Vec<Uuid>> {
        let wanted = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Searched> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT a.id, a.device_name, a.label, a.platform, a.software_version, a.address FROM (",
            );
            first!(sql, "a.*", paging);
            sql.push_bind(if filter.is_set() { LOOKED_THROUGH } else { wanted }).push(") AS a");
            if filter.product_id.is_some() {
                sql.push(" JOIN licenses l ON l.id = a.license_id");
            }
            sql.push(" WHERE 1 = 1");
            if let Some(id) = filter.product_id {
                sql.push(" AND l.product_id = ").push_bind(id);
            }
            if let Some((at, held)) = filter.held_at {
                sql.push(if held { " AND a.hold_until > " } else { " AND a.hold_until <= " }).push_bind(at);
            }
            if let Some(since) = filter.seen_since {
                sql.push(" AND a.last_seen_at >= ").push_bind(since);
            }
            if let Some(since) = filter.silent_since {
                sql.push(" AND a.last_seen_at < ").push_bind(since);
            }
            sql.push(" ORDER BY a.id").push(window::order(paging).1).push(" LIMIT ");
            sql.push_bind(if filter.text.is_some() { LOOKED_THROUGH } else { wanted });
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(match &filter.text {
            None => rows.into_iter().map(|row| row.id).collect(),
            Some(text) => {
                let texts = |row: Searched| {
                    (row.id, [row.device_name, row.label, row.platform, row.software_version, row.address])
                };
                window::holding(rows.into_iter().map(texts).collect(), (text, false), most)
            }
        })
    }

    /// Returns the last device that was examined, if there are more after it.
    async fn device_horizon(&mut self, paging: Paging) -> Result<Option<Cursor>> {
        let last: Option<(DateTime<Utc>, Uuid)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            first!(sql, "a.activated_at, a.id", paging);
            sql.push("1 OFFSET ").push_bind(LOOKED_THROUGH - 1);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?;
        Ok(last.map(|(at, id)| Cursor { at, id }))
    }

    async fn devices_of_ids(&mut self, ids: &[Uuid]) -> Result<Vec<ListedDevice>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(
                ", l.customer, l.email, l.code_tail, p.name AS product_name FROM activations a \
                 JOIN licenses l ON l.id = a.license_id JOIN products p ON p.id = l.product_id WHERE a.id IN (",
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
