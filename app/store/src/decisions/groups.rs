//! Refusals, grouped by what they say.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::list::{DecisionFilter, Outcome, in_time, narrow, source};
use super::sweep::floor;
use crate::{Connection, Paging, Result, desk::padded, engine::run, window};

/// The most refusals that are grouped: Home shows the groups each time.
pub const MOST_GROUPED: i64 = 2_500;
/// The most refusals of a text that are grouped.
const MOST_OF_A_TEXT: usize = 1_024;

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
    /// The refusals that the filter leaves, grouped by code and product, the most frequent first, at most `most` groups. Only
    /// the youngest [`MOST_GROUPED`] count, and of those that hold a text the youngest thousand.
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
}
