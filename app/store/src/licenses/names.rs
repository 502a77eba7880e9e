//! Names of licenses, for lists of other things.

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, desk::padded, engine::run};

/// The id of a license, its customer's name and e-mail address, and the last characters of its code.
pub type LicenseName = (Uuid, Option<String>, Option<String>, String);

/// Reads columns of the licenses with these ids, in one statement.
macro_rules! of_ids {
    ($on:expr, $columns:literal, $ids:expr) => {{
        if $ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!($on, |c| {
            let mut sql = QueryBuilder::<Db>::new(concat!("SELECT ", $columns, " FROM licenses WHERE id IN ("));
            let mut list = sql.separated(", ");
            for id in padded($ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }};
}

impl Connection<'_> {
    /// Returns the products of these licenses, as pairs of a license and a product.
    pub async fn license_products(&mut self, licenses: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
        of_ids!(self, "id, product_id", licenses)
    }

    /// Returns the sealed codes of these licenses, as pairs of a license and a code.
    pub async fn sealed_codes(&mut self, licenses: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>> {
        of_ids!(self, "id, code_sealed", licenses)
    }

    /// Returns the names of the licenses with these ids.
    pub async fn license_names(&mut self, ids: &[Uuid]) -> Result<Vec<LicenseName>> {
        of_ids!(self, "id, customer, email, code_tail", ids)
    }
}
