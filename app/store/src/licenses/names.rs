//! Names of licenses, for lists of other things.

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, desk::padded, engine::run};

/// The id of a license, its customer's name and e-mail address, and the last characters of its code.
pub type LicenseName = (Uuid, Option<String>, Option<String>, String);

impl Connection<'_> {
    /// Returns the products of these licenses, as pairs of a license and a product.
    pub async fn license_products(&mut self, licenses: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id, product_id FROM licenses WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the sealed codes of these licenses, as pairs of a license and a code.
    pub async fn sealed_codes(&mut self, licenses: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id, code_sealed FROM licenses WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the names of the licenses with these ids.
    pub async fn license_names(&mut self, ids: &[Uuid]) -> Result<Vec<LicenseName>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id, customer, email, code_tail FROM licenses WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
