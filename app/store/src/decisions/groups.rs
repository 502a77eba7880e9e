//! Refusals, grouped by code and product.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::list::{DecisionFilter, Outcome, in_time, narrow, source};
use super::sweep::floor;
use crate::{Connection, Paging, Result, desk::padded, engine::run, window};

/// Maximum number of refusals that are grouped. Bounded since Home computes the groups each time.
pub const MOST_GROUPED: i64 = 2_500;
/// Maximum number of refusals that are grouped in a text search.
const MOST_OF_A_TEXT: usize = 1_024;

/// Refusals with one code on one product.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RefusalGroup {
    /// Code of the refusals.
    pub outcome: String,
    /// Product; `None` for codes that no license has.
    pub product_id: Option<Uuid>,
    /// Number of refusals.
    pub refusals: i64,
    /// Number of licenses.
    pub licenses: i64,
    /// Time of the last refusal.
    pub last_at: DateTime<Utc>,
}

/// License with a refusal of one code.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RefusedLicense {
    /// Code of the refusal.
    pub outcome: String,
    /// Product.
    pub product_id: Option<Uuid>,
    /// License.
    pub license_id: Uuid,
}

impl Connection<'_> {
    /// Groups the refusals that match the filter by code and product, and returns at most `most` groups, the largest
    /// first. Counts only the newest [`MOST_GROUPED`], and in a text search the newest 1,024 matches.
    pub async fn refusal_groups(&mut self, filter: &DecisionFilter, most: i64) -> Result<Vec<RefusalGroup>> {
        let filter = DecisionFilter { outcome: Some(Outcome::Refused), ..filter.clone() };
        let ids = match filter.text {
            Some(_) => Some(self.decision_ids(&filter, Paging::First, MOST_OF_A_TEXT).await?),
            None => None,
        };
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT d.outcome, d.product_id, COUNT(*) AS refusals, COUNT(DISTINCT d.license_id) AS licenses, \
                 MAX(d.at) AS last_at FROM ",
            );
            source!(sql, filter, Paging::First, MOST_GROUPED);
            sql.push(" WHERE 1 = 1");
            narrow!(sql, filter);
            if let Some(ids) = &ids {
                sql.push(" AND d.id IN (NULL");
                for id in padded(ids) {
                    sql.push(", ").push_bind(*id);
                }
                sql.push(")");
            }
            sql.push(" GROUP BY d.outcome, d.product_id ORDER BY refusals DESC, last_at DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the licenses of the refusals that match the filter, each once for each code, those with the newest
    /// refusals first. Looks through the newest [`MOST_GROUPED`] refusals. The text of the filter is not applied.
    pub async fn refused_licenses(&mut self, filter: &DecisionFilter, most: i64) -> Result<Vec<RefusedLicense>> {
        let filter = DecisionFilter { outcome: Some(Outcome::Refused), text: None, ..filter.clone() };
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT d.outcome, d.product_id, d.license_id FROM ");
            source!(sql, filter, Paging::First, MOST_GROUPED);
            sql.push(" WHERE d.license_id IS NOT NULL");
            narrow!(sql, filter);
            sql.push(" GROUP BY d.outcome, d.product_id, d.license_id ORDER BY MAX(d.at) DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
