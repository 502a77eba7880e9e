//! The licenses that a batch asks for.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    feature::{Feature, FeatureValues},
    license::State,
    product::{Algorithm, Lifecycle, ProductRelease},
};
use sqlx::QueryBuilder;
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
     p.releases AS product_releases \
     FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id WHERE ";

impl Connection<'_> {
    /// The licenses that have one of these keys.
    pub async fn desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        self.licenses_by_keys(keys, false).await
    }

    async fn licenses_by_keys(&mut self, keys: LicenseKeys<'_>, lock: bool) -> Result<Vec<DeskLicense>> {
        if keys.codes.is_empty() && keys.ids.is_empty() {
            return Ok(vec![]);
        }
        let lock = lock && matches!(self, Connection::Postgres(_));
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(LICENSES);
            if !keys.codes.is_empty() {
                sql.push("l.code_hmac IN (");
                let mut list = sql.separated(", ");
                for hmac in padded(keys.codes) {
                    list.push_bind(hmac.as_slice());
                }
                sql.push(")");
            }
            if !keys.ids.is_empty() {
                sql.push(if keys.codes.is_empty() { "l.id IN (" } else { " OR l.id IN (" });
                let mut list = sql.separated(", ");
                for id in padded(keys.ids) {
                    list.push_bind(*id);
                }
                sql.push(")");
            }
            // One statement for both kinds of keys, so that all locks are taken in the order of ids.
            sql.push(" ORDER BY l.id");
            // The one difference in words: SQLite's write transaction is a lock on everything already. NO KEY, so that
            // foreign-key checks of other transactions do not wait.
            if lock {
                sql.push(" FOR NO KEY UPDATE OF l");
            }
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// The licenses that have one of these keys, locked until the transaction ends. Locks are taken in the order of
    /// ids, so that two transactions never wait for each other.
    pub async fn lock_desk_licenses(&mut self, keys: LicenseKeys<'_>) -> Result<Vec<DeskLicense>> {
        self.on().licenses_by_keys(keys, true).await
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
