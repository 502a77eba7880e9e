//! Refusals, grouped by what they say.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::list::{DecisionFilter, Outcome, narrow};
use super::sweep::floor;
use crate::{Connection, Result, engine::run, events::like};

/// Refusals of one code on one product.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RefusalGroup {
    /// The refusals' code.
    pub outcome: String,
    /// The product; `None` for codes that no license has.
    pub product_id: Option<Uuid>,
    /// How many.
    pub refusals: i64,
    /// Of how many licenses.
    pub licenses: i64,
    /// When the last of them was.
    pub last_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// The refusals that the filter leaves, grouped by code and product, the most frequent first, at most `most` groups.
    pub async fn refusal_groups(&mut self, filter: &DecisionFilter, most: i64) -> Result<Vec<RefusalGroup>> {
        let filter = DecisionFilter { outcome: Some(Outcome::Refused), ..filter.clone() };
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT outcome, product_id, COUNT(*) AS refusals, COUNT(DISTINCT license_id) AS licenses, \
                 MAX(at) AS last_at FROM decisions WHERE 1 = 1",
            );
            narrow!(sql, filter);
            sql.push(" GROUP BY outcome, product_id ORDER BY refusals DESC, last_at DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
