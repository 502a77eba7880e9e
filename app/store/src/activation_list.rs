//! The list of all activations, for programs.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result,
    activations::{Activation, COLUMNS},
    desk::padded,
    engine::run,
};

/// An activation with the product of its license.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ActivationOfProduct {
    /// Activation.
    #[sqlx(flatten)]
    pub activation: Activation,
    /// Product of the license.
    pub product_id: Uuid,
}

/// Filter for activations. Each part that is set narrows the list.
#[derive(Clone, Debug, Default)]
pub struct ActivationFilter {
    /// Only devices of this license.
    pub license_id: Option<Uuid>,
    /// Only devices of these products; empty for all.
    pub products: Vec<Uuid>,
    /// Only devices with this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only devices that hold a seat at this time.
    pub held_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns a page of activations in the order of their ids, the newest first. The cursor's time is unused.
    pub async fn activation_page(
        &mut self,
        filter: &ActivationFilter,
        paging: Paging,
        size: usize,
    ) -> Result<Page<ActivationOfProduct>> {
        let rows: Vec<ActivationOfProduct> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS)
                .push(", l.product_id FROM activations a JOIN licenses l ON l.id = a.license_id WHERE 1 = 1");
            if let Some(id) = filter.license_id {
                sql.push(" AND a.license_id = ").push_bind(id);
            }
            if !filter.products.is_empty() {
                sql.push(" AND l.product_id IN (");
                let mut list = sql.separated(", ");
                for id in padded(&filter.products) {
                    list.push_bind(*id);
                }
                sql.push(")");
            }
            if let Some(hash) = filter.fingerprint_hash {
                sql.push(" AND a.fingerprint_hash = ").push_bind(hash.to_vec());
            }
            if let Some(at) = filter.held_at {
                sql.push(" AND a.hold_until > ").push_bind(at);
            }
            match paging {
                Paging::First => sql.push(" ORDER BY a.id DESC"),
                Paging::After(place) => sql.push(" AND a.id < ").push_bind(place.id).push(" ORDER BY a.id DESC"),
                Paging::Before(place) => sql.push(" AND a.id > ").push_bind(place.id).push(" ORDER BY a.id"),
            };
            sql.push(" LIMIT ").push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.activation.activated_at, id: row.activation.id }))
    }
}
