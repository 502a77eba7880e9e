//! The licenses that a batch asks for.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    feature::{Feature, FeatureValues},
    license::State,
    product::{Algorithm, Lifecycle, ProductRelease},
};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::padded;
use crate::{Connection, Result, Tx, engine::run};

/// A license with its policy and its product, as the desk needs them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskLicense {
    /// The license's id.
    pub id: Uuid,
    /// Its product.
    pub product_id: Uuid,
    /// Its policy.
    pub policy_id: Uuid,
    /// What it is found by.
    pub code_hmac: Vec<u8>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// The terms it sets for itself.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// The feature values it sets.
    #[sqlx(json)]
    pub features: FeatureValues,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's address.
    pub email: Option<String>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's terms.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// The product's short name.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// The product's state.
    #[sqlx(try_from = "String")]
    pub lifecycle: Lifecycle,
    /// How the product's tokens are signed.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// The product's features.
    #[sqlx(json)]
    pub product_features: Vec<Feature>,
    /// The versions that were released of it.
    #[sqlx(json)]
    pub product_releases: Vec<ProductRelease>,
    /// When this was read, by PostgreSQL's clock; `None` on SQLite, which has none of its own.
    #[sqlx(default)]
    pub read_at: Option<DateTime<Utc>>,
}

/// What licenses are asked for by: codes, and ids where a session is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LicenseKeys<'a> {
    /// What codes are found by.
    pub codes: &'a [[u8; 32]],
    /// Licenses of sessions.
    pub ids: &'a [Uuid],
}

const LICENSES: &str = "SELECT l.id, l.product_id, l.policy_id, l.code_hmac, l.state, l.overrides, l.features, l.customer, l.email, l.issued_at, \
     l.first_activated_at, o.name AS policy_name, o.terms AS policy_terms, p.code AS product_code, \
     p.name AS product_name, p.lifecycle, p.algorithm, p.features AS product_features, \
     p.releases AS product_releases";
const TABLES: &str =
    " FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id WHERE ";

/// Pushes the condition that a license has one of the keys, of which there is at least one.
macro_rules! by_keys {
    ($sql:ident, $keys:ident) => {
        if !$keys.codes.is_empty() {
            $sql.push("l.code_hmac IN (");
            let mut list = $sql.separated(", ");
            for hmac in padded($keys.codes) {
                list.push_bind(hmac.as_slice());
            }
            $sql.push(")");
        }
        if !$keys.ids.is_empty() {
            $sql.push(if $keys.codes.is_empty() { "l.id IN (" } else { " OR l.id IN (" });
            let mut list = $sql.separated(", ");
            for id in padded($keys.ids) {
                list.push_bind(*id);
            }
            $sql.push(")");
        }
    };
}

impl LicenseKeys<'_> {
    const fn is_empty(self) -> bool {
        self.codes.is_empty() && self.ids.is_empty()
    }
}

impl Connection<'_> {
    /// The licenses that have one of these keys.
    pub async fn desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        // The clock with the rows: a batch that has its locks then knows its time without another round trip.
        let clock = if matches!(self, Connection::Postgres(_)) { ", clock_timestamp() AS read_at" } else { "" };
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(LICENSES);
            sql.push(clock).push(TABLES);
            by_keys!(sql, keys);
            sql.push(" ORDER BY l.id");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// The licenses that have one of these keys, locked until the transaction ends. Locks are taken in the order of
    /// ids, so that two transactions never wait for each other.
    ///
    /// Policies and products are not locked. A second statement reads them after the locks: PostgreSQL reads joined
    /// tables as they were when the statement began, and would miss what was saved while it waited.
    pub async fn lock_desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        let mut on = self.on();
        let Connection::Postgres(c) = &mut on else { return on.desk_licenses(keys).await };
        if keys.is_empty() {
            return Ok(vec![]);
        }
        // One statement for both kinds of keys, so that all locks are taken in the order of ids. NO KEY, so that foreign-key
        // checks of other transactions do not wait.
        let mut sql = QueryBuilder::<Postgres>::new("SELECT l.id FROM licenses l WHERE ");
        by_keys!(sql, keys);
        sql.push(" ORDER BY l.id FOR NO KEY UPDATE");
        let ids: Vec<Uuid> = sql.build_query_scalar().fetch_all(&mut **c).await?;
        on.desk_licenses(LicenseKeys { codes: &[], ids: &ids }).await
    }

    /// Starts the time of licenses whose first device has just activated.
    pub async fn start_licenses(&mut self, licenses: &[Uuid], now: DateTime<Utc>) -> Result<()> {
        if licenses.is_empty() {
            return Ok(());
        }
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("UPDATE licenses SET first_activated_at = ");
            sql.push_bind(now).push(" WHERE first_activated_at IS NULL AND id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        Ok(())
    }
}
