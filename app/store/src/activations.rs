//! Activations: the devices of a license.

use chrono::{DateTime, Utc};
use licensing::activation::{DeviceFacts, Snapshot};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Cursor, Page, Paging, Result, Tx, engine::run, status::StatusIndex};

/// An activation with everything that support sees.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Activation {
    /// Id, `sessionId` in the API.
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Fingerprint.
    pub fingerprint: String,
    /// Name that support gave the device.
    pub label: Option<String>,
    /// Revision of that name; 1 before the first change.
    pub label_revision: i64,
    /// Name of the device, if the software sent one.
    pub device_name: Option<String>,
    /// Platform of the device, if the software sent one.
    pub platform: Option<String>,
    /// Version of the software, if it sent one.
    pub software_version: Option<String>,
    /// Network address of the last request.
    pub address: Option<String>,
    /// Decision that granted it last.
    pub decision_id: Uuid,
    /// Start of this session.
    pub activated_at: DateTime<Utc>,
    /// Time of the last request.
    pub last_seen_at: DateTime<Utc>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// End of the last token.
    pub token_expires_at: DateTime<Utc>,
    /// End of the hold: until then it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// Key that signed the last token.
    pub kid: Option<String>,
    /// Status list in which the session has an index.
    pub status_list: Option<Uuid>,
    /// Index in that status list.
    pub status_index: Option<i64>,
    /// Time of revocation.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Time of release.
    pub released_at: Option<DateTime<Utc>>,
    /// Time at which its floating seat was checked out.
    pub checked_out_at: Option<DateTime<Utc>>,
    /// Issuer (`iss`) of the person who activated it; `None` without sign-in.
    pub issuer: Option<String>,
    /// Subject (`sub`) of that person.
    pub subject: Option<String>,
    /// Terms and values that it was granted under.
    #[sqlx(json)]
    pub snapshot: Snapshot,
}

pub(crate) const COLUMNS: &str = "a.id, a.license_id, a.fingerprint_hash, a.fingerprint, a.label, a.label_revision, \
     a.device_name, a.platform, a.software_version, a.address, a.decision_id, a.activated_at, a.last_seen_at, a.lease_ends_at, \
     a.token_expires_at, a.hold_until, a.kid, a.status_list, a.status_index, a.revoked_at, a.released_at, \
     a.checked_out_at, a.issuer, a.subject, a.snapshot";

impl Activation {
    /// Status list and index of the session.
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
    /// Returns the activation with this id.
    pub async fn activation(&mut self, id: Uuid) -> Result<Option<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns the device of the only activation ever; `None` if there is none, or more than one.
    pub async fn only_activation(&mut self) -> Result<Option<Activation>> {
        let mut first: Vec<Activation> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a ORDER BY a.id LIMIT 2");
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(first.pop().filter(|_| first.is_empty()))
    }

    /// Returns `true` if any device has ever activated.
    pub async fn has_activations(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM activations)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// Returns at most `most` devices of a license, ordered by the end of the hold, latest first.
    pub async fn activations(&mut self, license_id: Uuid, most: i64) -> Result<Vec<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(license_id);
            sql.push(" ORDER BY a.hold_until DESC, a.id DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns a page of a license's devices, ordered by the end of the hold, latest first. The cursor's time is the
    /// end of the hold.
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

    /// Returns the device of a license whose hold ends next after `now`.
    pub async fn next_free_device(&mut self, license_id: Uuid, now: DateTime<Utc>) -> Result<Option<Activation>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(license_id);
            sql.push(" AND a.hold_until > ").push_bind(now).push(" ORDER BY a.hold_until, a.id LIMIT 1");
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

/// Kind of release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseKind {
    /// Revoked by staff; the session ends.
    Revoked,
    /// Released permanently; the session ends.
    Released,
    /// Checked out; the session continues.
    CheckedOut,
}

impl Tx {
    /// Releases or revokes an activation's seat at `now`: it counts until `hold_until`, and its last token ends at
    /// `token_expires_at`. Returns `false` if the session does not exist or has already ended.
    pub async fn release_seat(
        &mut self,
        id: Uuid,
        how: ReleaseKind,
        hold_until: DateTime<Utc>,
        token_expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let sql = match how {
            ReleaseKind::Revoked => {
                "UPDATE activations SET revoked_at = $2, hold_until = $3, token_expires_at = $4 \
                 WHERE id = $1 AND revoked_at IS NULL AND released_at IS NULL"
            }
            ReleaseKind::Released => {
                "UPDATE activations SET released_at = $2, hold_until = $3, token_expires_at = $4 \
                 WHERE id = $1 AND revoked_at IS NULL AND released_at IS NULL"
            }
            ReleaseKind::CheckedOut => {
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

    /// Revokes all devices of a license. Returns the number that were not revoked before.
    pub async fn revoke_activations_of(&mut self, license_id: Uuid, now: DateTime<Utc>) -> Result<u64> {
        // A hold is never extended by this.
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
