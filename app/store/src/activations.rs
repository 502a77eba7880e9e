//! Devices: licenses running on them.

use chrono::{DateTime, Utc};
use licensing::activation::{DeviceFacts, Snapshot};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Cursor, Page, Paging, Result, Tx, engine::run, status::StatusIndex};

/// A license running on one device, as support sees it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Activation {
    /// Its id: the API's `sessionId`.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// What the device says of itself.
    pub fingerprint: String,
    /// The name that support gave it.
    pub label: Option<String>,
    /// Number of the last change of that name; 1 before the first.
    pub label_revision: i64,
    /// The device's name, where the software sent one.
    pub device_name: Option<String>,
    /// Its platform, where the software sent one.
    pub platform: Option<String>,
    /// The software's version, where it sent one.
    pub software_version: Option<String>,
    /// The network address it last asked from.
    pub address: Option<String>,
    /// The decision that last granted it.
    pub decision_id: Uuid,
    /// When this session began.
    pub activated_at: DateTime<Utc>,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// When its last token ends.
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// The key that signed its last token.
    pub kid: Option<String>,
    /// The list in which its session has a place.
    pub status_list: Option<Uuid>,
    /// That place.
    pub status_index: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was given up for good.
    pub released_at: Option<DateTime<Utc>>,
    /// When its floating seat was checked out.
    pub checked_out_at: Option<DateTime<Utc>>,
    /// The provider, `iss`, of the person who activated it, where one was signed in.
    pub issuer: Option<String>,
    /// Who they are there, `sub`.
    pub subject: Option<String>,
    /// The terms and values it was granted under.
    #[sqlx(json)]
    pub snapshot: Snapshot,
}

pub(crate) const COLUMNS: &str = "a.id, a.license_id, a.fingerprint_hash, a.fingerprint, a.label, a.label_revision, \
     a.device_name, a.platform, a.software_version, a.address, a.decision_id, a.activated_at, a.last_seen_at, a.lease_ends_at, \
     a.token_expires_at, a.hold_until, a.kid, a.status_list, a.status_index, a.revoked_at, a.released_at, \
     a.checked_out_at, a.issuer, a.subject, a.snapshot";

impl Activation {
    /// The place of its session in a status list.
    pub fn place(&self) -> Option<StatusIndex> {
        self.status_list.zip(self.status_index).map(|(list, index)| StatusIndex { list, index })
    }
}

impl From<&Activation> for DeviceFacts {
    fn from(row: &Activation) -> Self {
        Self {
            lease_ends_at: row.lease_ends_at,
            token_expires_at: row.token_expires_at,
            hold_until: row.hold_until,
            revoked: row.revoked_at.is_some(),
            released: row.released_at.is_some(),
            checked_out: row.checked_out_at.is_some(),
            last_seen_at: row.last_seen_at,
            snapshot: row.snapshot.clone(),
        }
    }
}

impl Connection<'_> {
    /// The activation of that id.
    pub async fn activation(&mut self, id: Uuid) -> Result<Option<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Whether any device has ever activated.
    pub async fn has_activations(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM activations)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// A license's devices: those that hold a seat longest first, then those that held one, at most `most`.
    pub async fn activations(&mut self, license_id: Uuid, most: i64) -> Result<Vec<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(license_id);
            sql.push(" ORDER BY a.hold_until DESC, a.id DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// A page of a license's devices: those that hold a seat longest first, then those that held one. The cursor's time is
    /// the end of the hold.
    pub async fn device_page(&mut self, license_id: Uuid, paging: Paging, size: usize) -> Result<Page<Activation>> {
        let rows: Vec<Activation> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(license_id);
            let (place, order) = match paging {
                Paging::First => (None, " ORDER BY a.hold_until DESC, a.id DESC LIMIT "),
                Paging::After(place) => (Some((place, "<")), " ORDER BY a.hold_until DESC, a.id DESC LIMIT "),
                Paging::Before(place) => (Some((place, ">")), " ORDER BY a.hold_until, a.id LIMIT "),
            };
            if let Some((place, side)) = place {
                sql.push(" AND (a.hold_until, a.id) ").push(side).push(" (").push_bind(place.at);
                sql.push(", ").push_bind(place.id).push(")");
            }
            sql.push(order).push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.hold_until, id: row.id }))
    }

    /// The device of a license whose hold ends next after `now`.
    pub async fn next_free_device(&mut self, license_id: Uuid, now: DateTime<Utc>) -> Result<Option<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(license_id);
            sql.push(" AND a.hold_until > ").push_bind(now).push(" ORDER BY a.hold_until, a.id LIMIT 1");
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

/// How a seat is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// Against the device's will; its session is over.
    Revoked,
    /// For good; its session is over.
    Released,
    /// For a while.
    CheckedOut,
}

impl Tx {
    /// Gives an activation's seat up at `now`: it counts until `hold_until`, and its last token ends at
    /// `token_expires_at`. `false` where the session was over already, or never was.
    pub async fn give_up_seat(
        &mut self,
        id: Uuid,
        how: GivenUp,
        hold_until: DateTime<Utc>,
        token_expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let sql = match how {
            GivenUp::Revoked => {
                "UPDATE activations SET revoked_at = $2, hold_until = $3, token_expires_at = $4 \
                 WHERE id = $1 AND revoked_at IS NULL AND released_at IS NULL"
            }
            GivenUp::Released => {
                "UPDATE activations SET released_at = $2, hold_until = $3, token_expires_at = $4 \
                 WHERE id = $1 AND revoked_at IS NULL AND released_at IS NULL"
            }
            GivenUp::CheckedOut => {
                "UPDATE activations SET checked_out_at = $2, hold_until = $3, token_expires_at = $4 \
                 WHERE id = $1 AND revoked_at IS NULL AND released_at IS NULL"
            }
        };
        let done = run!(self.on(), |c| sqlx::query(sql)
            .bind(id)
            .bind(now)
            .bind(hold_until)
            .bind(token_expires_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done == 1)
    }

    /// Takes the seats of all of a license's devices away; how many were not revoked before.
    pub async fn revoke_activations_of(&mut self, license_id: Uuid, now: DateTime<Utc>) -> Result<u64> {
        // Nobody holds a seat longer for that: what ended before has ended.
        const SQL: &str = "UPDATE activations SET revoked_at = $2, \
             hold_until = CASE WHEN hold_until < $2 THEN hold_until ELSE $2 END \
             WHERE license_id = $1 AND revoked_at IS NULL";
        Ok(run!(self.on(), |c| sqlx::query(SQL)
            .bind(license_id)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }
}
