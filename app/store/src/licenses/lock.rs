//! Licenses locked by acts.

use chrono::{DateTime, Utc};
use licensing::{Terms, license::ends_at};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{COLUMNS, License};
use crate::{Connection, Result, Tx, desk::padded, engine::run};

/// A license with its product and the terms of its policy: all that an act needs, regardless of the number of devices.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LicenseWithTerms {
    /// License.
    #[sqlx(flatten)]
    pub license: License,
    /// Name of the product.
    pub product_name: String,
    /// Code of the product.
    pub product_code: String,
    /// Name of the policy.
    pub policy_name: String,
    /// Terms of the policy.
    #[sqlx(json)]
    pub policy_terms: Terms,
}

impl LicenseWithTerms {
    /// Returns the terms in effect: the policy's, with the license's overrides applied.
    pub fn terms(&self) -> Terms {
        self.policy_terms.with(&self.license.overrides)
    }

    /// Returns the end by these terms.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        ends_at(self.terms().validity, self.license.issued_at, self.license.first_activated_at)
    }
}

impl Connection<'_> {
    /// Returns the license with this id and its terms. Does not read its devices: counting 100,000 of them would take
    /// 50 ms, during which the license's lock stops every other activation.
    pub async fn license_with_terms(&mut self, id: Uuid) -> Result<Option<LicenseWithTerms>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS);
            sql.push(
                ", p.name AS product_name, p.code AS product_code, o.name AS policy_name, o.terms AS policy_terms",
            );
            sql.push(" FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id");
            sql.push(" WHERE l.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Locks the license with this id, if it exists, until the transaction ends. Every change to it or to its devices
    /// starts here, and reads afterwards.
    pub async fn lock_license(&mut self, id: Uuid) -> Result<()> {
        self.lock_licenses(&[id]).await
    }

    /// Locks these licenses in the order of their ids, as the desk does, so that two transactions that lock several
    /// never deadlock.
    pub async fn lock_licenses(&mut self, ids: &[Uuid]) -> Result<()> {
        let mut on = self.on();
        if ids.is_empty() || matches!(on, Connection::Sqlite(_)) {
            return Ok(());
        }
        run!(&mut on, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id FROM licenses WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(") ORDER BY id FOR NO KEY UPDATE");
            sql.build().execute(&mut **c).await.map(drop)
        })?;
        Ok(())
    }
}
