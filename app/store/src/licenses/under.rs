//! Licenses under a policy, and feature values that licenses set.

use chrono::{DateTime, Utc};
use licensing::{Overrides, license::State};
use uuid::Uuid;

use crate::{Connection, Result, engine::run, search::like};

/// A license under a policy: what determines the effect of a change of the policy on it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LicenseUnder {
    /// Id.
    pub id: Uuid,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Terms that the license overrides.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns at most `most` licenses under a policy that are not revoked, in the order of their ids, after this one.
    pub async fn licenses_under(&mut self, policy_id: Uuid, after: Uuid, most: i64) -> Result<Vec<LicenseUnder>> {
        const SQL: &str = "SELECT id, state, overrides, issued_at, first_activated_at FROM licenses \
             WHERE policy_id = $1 AND state <> 'revoked' AND id > $2 ORDER BY id LIMIT $3";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(policy_id).bind(after).bind(most).fetch_all(&mut **c).await)?)
    }

    /// Returns `true` if a license of the product sets a value of this feature. Reads the licenses of the product that
    /// have feature values of their own.
    pub async fn is_feature_set(&mut self, product_id: Uuid, feature: &str) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM licenses WHERE product_id = $1 AND features <> '{}' \
             AND CAST(features AS TEXT) LIKE $2 ESCAPE '!')";
        let pattern = format!("%\"{}\":%", like(feature));
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(product_id).bind(pattern).fetch_one(&mut **c).await)?)
    }
}
