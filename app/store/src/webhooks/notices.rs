//! Notices about licenses: which were sent, and which licenses are near their end.

use chrono::{DateTime, Utc};
use licensing::{Overrides, Terms, license::State};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::{Connection, Result, Tx, desk::padded, engine::run};

/// A license near its end, with what its exact end follows from.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct EndingLicense {
    /// Id.
    pub id: Uuid,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Name of the customer.
    pub customer: Option<String>,
    /// E-mail address of the customer.
    pub email: Option<String>,
    /// Last characters of the code.
    pub code_tail: String,
    /// Terms that it overrides.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// Terms of its policy.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// Time at which the row was created.
    pub created_at: DateTime<Utc>,
}

/// A notice that is sent once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// License.
    pub license_id: Uuid,
    /// Name of the notice.
    pub kind: String,
    /// The end that it is about.
    pub ends_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the time up to which ends of licenses were looked at; `None` before the first round.
    pub async fn notice_mark(&mut self) -> Result<Option<DateTime<Utc>>> {
        const SQL: &str = "SELECT looked_until FROM notice_mark WHERE id = 1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_optional(&mut **c).await)?)
    }

    /// Returns the next `most` licenses after a place whose stored end is not past `until`, in the order of ends.
    pub async fn licenses_ending_after(
        &mut self,
        (at, id): (DateTime<Utc>, Uuid),
        until: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<(DateTime<Utc>, Uuid)>> {
        const SQL: &str = "SELECT ends_at, id FROM licenses WHERE (ends_at, id) > ($1, $2) AND ends_at <= $3 \
             ORDER BY ends_at, id LIMIT $4";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(at).bind(id).bind(until).bind(most).fetch_all(&mut **c).await)?)
    }

    /// Returns these licenses.
    pub async fn ending_licenses(&mut self, ids: &[Uuid]) -> Result<Vec<EndingLicense>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT licenses.id, licenses.state, licenses.customer, licenses.email, licenses.code_tail, \
                 licenses.overrides, policies.terms AS policy_terms, licenses.issued_at, licenses.first_activated_at, \
                 licenses.created_at FROM licenses JOIN policies ON policies.id = licenses.policy_id \
                 WHERE licenses.id IN (",
            );
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Records that all ends up to this time were looked at.
    pub async fn set_notice_mark(&mut self, until: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO notice_mark (id, looked_until) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET \
             looked_until = excluded.looked_until";
        run!(self.on(), |c| sqlx::query(SQL).bind(until).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Inserts a notice. Returns `false` if it was sent before.
    pub async fn insert_notice(&mut self, row: &NoticeRow) -> Result<bool> {
        const SQL: &str =
            "INSERT INTO license_notices (license_id, kind, ends_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let inserted = run!(self.on(), |c| sqlx::query(SQL)
            .bind(row.license_id)
            .bind(&row.kind)
            .bind(row.ends_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(inserted > 0)
    }

    /// Records that subscriptions are told of a refusal under a license at this time. Returns `false` if they were told of
    /// another one after `since`.
    pub async fn insert_refusal_notice(
        &mut self,
        license_id: Uuid,
        refusal: &str,
        (at, since): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool> {
        const SQL: &str = "INSERT INTO refusal_notices (license_id, refusal, sent_at) VALUES ($1, $2, $3) \
             ON CONFLICT (license_id, refusal) DO UPDATE SET sent_at = excluded.sent_at \
             WHERE refusal_notices.sent_at <= $4";
        let written = run!(self.on(), |c| sqlx::query(SQL)
            .bind(license_id)
            .bind(refusal)
            .bind(at)
            .bind(since)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(written > 0)
    }
}
