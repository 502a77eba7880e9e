//! Licenses of a batch.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    feature::{Feature, FeatureValues},
    license::State,
    product::{Algorithm, Lifecycle, ProductVersion},
};
use sqlx::QueryBuilder;
use sqlx_postgres::Postgres;
use uuid::Uuid;

use super::padded;
use crate::{Connection, Result, Tx, engine::run};

/// A license with its policy and product, as far as the desk needs them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskLicense {
    /// Id of the license.
    pub id: Uuid,
    /// Product.
    pub product_id: Uuid,
    /// Policy.
    pub policy_id: Uuid,
    /// HMAC of the code.
    pub code_hmac: Vec<u8>,
    /// State of the license.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Terms that the license overrides.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// Feature values that the license sets.
    #[sqlx(json)]
    pub features: FeatureValues,
    /// Name of the customer.
    pub customer: Option<String>,
    /// E-mail address of the customer.
    pub email: Option<String>,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// Name of the policy.
    pub policy_name: String,
    /// Terms of the policy.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// Code of the product.
    pub product_code: String,
    /// Name of the product.
    pub product_name: String,
    /// State of the product.
    #[sqlx(try_from = "String")]
    pub lifecycle: Lifecycle,
    /// Signature algorithm of the product's tokens.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// Features of the product.
    #[sqlx(json)]
    pub product_features: Vec<Feature>,
    /// Released versions of the product.
    #[sqlx(json)]
    pub product_versions: Vec<ProductVersion>,
    /// Time of this read by PostgreSQL's clock; `None` on SQLite, which has no clock of its own.
    #[sqlx(default)]
    pub read_at: Option<DateTime<Utc>>,
}

/// Keys to look licenses up by: HMACs of codes, and ids for requests of sessions.
#[derive(Clone, Copy, Debug, Default)]
pub struct LicenseKeys<'a> {
    /// HMACs of codes.
    pub codes: &'a [[u8; 32]],
    /// License ids of sessions.
    pub ids: &'a [Uuid],
}

const LICENSES: &str = "SELECT l.id, l.product_id, l.policy_id, l.code_hmac, l.state, l.overrides, l.features, l.customer, l.email, l.issued_at, \
     l.first_activated_at, o.name AS policy_name, o.terms AS policy_terms, p.code AS product_code, \
     p.name AS product_name, p.lifecycle, p.algorithm, p.features AS product_features, \
     p.releases AS product_versions";
const TABLES: &str =
    " FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id WHERE ";

/// Adds the condition that a license has one of the keys. There must be at least one key.
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

/// Adds the statement that records the first activation of these licenses.
macro_rules! start {
    ($sql:expr, $licenses:expr, $now:expr, $ends_at:expr) => {
        let sql = $sql;
        sql.push("UPDATE licenses SET first_activated_at = ").push_bind($now);
        if let Some(end) = $ends_at {
            sql.push(", ends_at = ").push_bind(end);
        }
        sql.push(" WHERE first_activated_at IS NULL AND id IN (");
        let mut list = sql.separated(", ");
        for id in $crate::desk::padded($licenses) {
            list.push_bind(*id);
        }
        sql.push(")");
    };
}
pub(super) use start;

impl LicenseKeys<'_> {
    const fn is_empty(self) -> bool {
        self.codes.is_empty() && self.ids.is_empty()
    }
}

impl Connection<'_> {
    /// Returns the licenses with one of these keys.
    pub async fn desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        // Reads the clock with the rows, so that a batch that has its locks knows its time without another round trip.
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
    /// Returns the licenses with one of these keys, locked until the transaction ends. Locks are taken in the order of
    /// ids, so that two transactions never deadlock.
    ///
    /// Policies and products are not locked. A second statement reads them after the locks: PostgreSQL reads joined
    /// tables as they were when the statement began, and would miss what was saved while it waited.
    pub async fn lock_desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        let mut on = self.on();
        let Connection::Postgres(c) = &mut on else { return on.desk_licenses(keys).await };
        if keys.is_empty() {
            return Ok(vec![]);
        }
        // One statement for both kinds of keys, so that all locks are taken in the order of ids. NO KEY, so that
        // foreign-key checks of other transactions do not wait.
        let mut sql = QueryBuilder::<Postgres>::new("SELECT l.id FROM licenses l WHERE ");
        by_keys!(sql, keys);
        sql.push(" ORDER BY l.id FOR NO KEY UPDATE");
        let ids: Vec<Uuid> = sql.build_query_scalar().fetch_all(&mut **c).await?;
        on.desk_licenses(LicenseKeys { codes: &[], ids: &ids }).await
    }

    /// Records the first activation of licenses, which starts their validity. `ends_at` is the end that it gives them, if
    /// it gives them one.
    pub async fn start_licenses(
        &mut self,
        licenses: &[Uuid],
        now: DateTime<Utc>,
        ends_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        if licenses.is_empty() {
            return Ok(());
        }
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::default();
            start!(&mut sql, licenses, now, ends_at);
            sql.build().execute(c).await.map(drop)
        })?;
        Ok(())
    }
}
