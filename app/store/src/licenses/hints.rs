//! Hints for lists: the end and the number of seats that a license's terms give it.
//!
//! The acts that change a license write its hints. After a change of a policy, and for licenses that an earlier version of
//! the server wrote, they are computed in the background.

use chrono::{DateTime, Utc};
use licensing::Overrides;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::{Connection, Result, Tx, desk::padded, engine::run, policies::Policy};

/// The parts of a license that its hints follow from.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Hinted {
    /// Id of the license.
    pub id: Uuid,
    /// Terms that the license overrides.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// Stored end.
    pub ends_at: Option<DateTime<Utc>>,
    /// Stored number of seats.
    pub seat_limit: Option<i64>,
}

impl Connection<'_> {
    /// Returns a policy whose licenses' hints have not followed its last change; `None` if there is none.
    pub async fn unhinted_policy(&mut self) -> Result<Option<Policy>> {
        const SQL: &str = "SELECT id, product_id, name, terms, created_at, updated_at, revision FROM policies \
             WHERE hinted_revision < revision ORDER BY id LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }

    /// Returns the ids of the next `most` licenses of a policy after a place, oldest first, with their times of creation.
    pub async fn licenses_of_policy_after(
        &mut self,
        policy_id: Uuid,
        (at, id): (DateTime<Utc>, Uuid),
        most: i64,
    ) -> Result<Vec<(DateTime<Utc>, Uuid)>> {
        const SQL: &str = "SELECT created_at, id FROM licenses \
             WHERE policy_id = $1 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(policy_id).bind(at).bind(id).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Locks these licenses and returns what their hints follow from.
    pub async fn lock_hinted(&mut self, ids: &[Uuid]) -> Result<Vec<Hinted>> {
        self.lock_licenses(ids).await?;
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT id, overrides, issued_at, first_activated_at, ends_at, seat_limit FROM licenses WHERE id IN (",
            );
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(c).await
        })?)
    }

    /// Writes the hints of a license.
    pub async fn update_hints(&mut self, license: &Hinted) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET ends_at = $2, seat_limit = $3 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(license.ends_at)
            .bind(license.seat_limit)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Records that all hints have followed this revision of the policy.
    pub async fn hint_policy(&mut self, policy_id: Uuid, revision: i64) -> Result<()> {
        const SQL: &str = "UPDATE policies SET hinted_revision = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(policy_id).bind(revision).execute(c).await.map(drop))?;
        Ok(())
    }
}
