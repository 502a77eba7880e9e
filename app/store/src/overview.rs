//! Reads for the overview of a whole server, in parts that are small enough for one query each.

use chrono::{DateTime, Utc};
use licensing::{Overrides, license::State};
use uuid::Uuid;

use crate::{Connection, Error, Result, decisions::floor, engine::run};

/// The columns of a license on which its status and its seats depend, apart from its policy.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LicenseOutline {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy_id: Uuid,
    /// State, set by staff.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time of the first activation.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// Terms that it overrides, as JSON: most licenses override none.
    overrides: String,
}

impl LicenseOutline {
    /// Returns the terms that the license overrides; `None` if there are none.
    ///
    /// # Errors
    /// `Inconsistent` if they cannot be read.
    pub fn overrides(&self) -> Result<Option<Overrides>> {
        if self.overrides == "{}" {
            return Ok(None);
        }
        let read = serde_json::from_str(&self.overrides);
        read.map(Some).map_err(|_| Error::inconsistent("licenses", "overrides", self.id))
    }
}

/// Some of the events of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedEvents {
    /// Number of events.
    pub events: i64,
    /// Number of them by which a device was activated.
    pub activated: i64,
    /// Id of the last one; `None` if there are none.
    pub last: Option<Uuid>,
}

impl Connection<'_> {
    /// Returns the licenses after `after` up to `end`, in the order of their ids.
    pub async fn license_outlines(&mut self, after: Uuid, end: Uuid) -> Result<Vec<LicenseOutline>> {
        const SQL: &str = "SELECT id, policy_id, state, issued_at, first_activated_at, CAST(overrides AS TEXT) AS overrides \
             FROM licenses WHERE id > $1 AND id <= $2 ORDER BY id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(after).bind(end).fetch_all(&mut **c).await)?)
    }

    /// Counts the seats on the licenses after `after` up to `end` that are still held at each of these times, of which
    /// the first is the earliest.
    pub async fn count_seats_held_at(&mut self, after: Uuid, end: Uuid, at: [DateTime<Utc>; 5]) -> Result<[i64; 5]> {
        // The index of holds has all that this needs.
        const SQL: &str = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN hold_until > $4 THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN hold_until > $5 THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN hold_until > $6 THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN hold_until > $7 THEN 1 ELSE 0 END), 0) \
             FROM activations WHERE license_id > $1 AND license_id <= $2 AND hold_until > $3";
        let held: (i64, i64, i64, i64, i64) = run!(self, |c| {
            let mut sql = sqlx::query_as(SQL).bind(after).bind(end);
            for at in at {
                sql = sql.bind(at);
            }
            sql.fetch_one(&mut **c).await
        })?;
        Ok(held.into())
    }

    /// Counts the seats that each of the licenses after `after` up to `end` holds now. Licenses without a seat are left
    /// out.
    pub async fn seats_of_licenses(&mut self, after: Uuid, end: Uuid, now: DateTime<Utc>) -> Result<Vec<(Uuid, i64)>> {
        const SQL: &str = "SELECT license_id, COUNT(*) FROM activations \
             WHERE license_id > $1 AND license_id <= $2 AND hold_until > $3 GROUP BY license_id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(after).bind(end).bind(now).fetch_all(&mut **c).await)?)
    }

    /// Counts the oldest `most` events from `since` to before `until`, without those up to `last`, and the devices that
    /// they activated.
    pub async fn count_events(
        &mut self,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        last: Option<Uuid>,
        most: i64,
    ) -> Result<CountedEvents> {
        const SQL: &str = "WITH part AS (SELECT id, act FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) \
             SELECT COUNT(*) AS events, COUNT(*) FILTER (WHERE act = 'device.activated') AS activated, \
             (SELECT id FROM part ORDER BY id DESC LIMIT 1) AS last FROM part";
        let (after, until) = (last.unwrap_or_else(|| floor(since)), floor(until));
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(after).bind(until).bind(most).fetch_one(&mut **c).await)?)
    }

    /// Counts the requests that were refused from `since` to before `until`, as far as they are kept.
    pub async fn count_refused(&mut self, since: DateTime<Utc>, until: DateTime<Utc>) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM decisions WHERE outcome <> 'granted' AND id >= $1 AND id < $2";
        let (since, until) = (floor(since), floor(until));
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(since).bind(until).fetch_one(&mut **c).await)?)
    }
}
