//! Activations of the devices in a batch.

use chrono::{DateTime, Utc};
use licensing::activation::{DeviceFacts, Snapshot};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::padded;
use crate::{Connection, Result, Tx, engine::run, insert::insert, status::StatusIndex};

/// An activation, as the desk reads and writes it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DeskActivation {
    /// Id, `sessionId` in the API.
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Fingerprint.
    pub fingerprint: String,
    /// Name of the device.
    pub device_name: Option<String>,
    /// Platform of the device.
    pub platform: Option<String>,
    /// Version of the software.
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
    /// End of the token.
    pub token_expires_at: DateTime<Utc>,
    /// End of the hold: until then it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// Key that signed the token of the last grant.
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

impl From<&DeskActivation> for DeviceFacts {
    fn from(row: &DeskActivation) -> Self {
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

impl DeskActivation {
    /// Status list and index of the session.
    pub fn place(&self) -> Option<StatusIndex> {
        self.status_list.zip(self.status_index).map(|(list, index)| StatusIndex { list, index })
    }
}

const COLUMNS: &str = "id, license_id, fingerprint_hash, fingerprint, device_name, platform, software_version, \
     address, decision_id, activated_at, last_seen_at, lease_ends_at, token_expires_at, hold_until, kid, \
     status_list, status_index, revoked_at, \
     released_at, checked_out_at, issuer, subject, snapshot";

impl Connection<'_> {
    /// Returns every activation with one of these fingerprints and one of these licenses. The caller picks the pairs.
    pub async fn desk_activations(
        &mut self,
        fingerprint_hashes: &[[u8; 32]],
        licenses: &[Uuid],
    ) -> Result<Vec<DeskActivation>> {
        if fingerprint_hashes.is_empty() || licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations WHERE fingerprint_hash IN (");
            let mut list = sql.separated(", ");
            for hash in padded(fingerprint_hashes) {
                list.push_bind(hash.as_slice());
            }
            // `COALESCE` prevents the use of an index on licenses: PostgreSQL would take the one by hold_until and read
            // all devices of a large license for one of them. The condition still reduces the rows that are sent.
            sql.push(") AND COALESCE(license_id, license_id) IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Inserts or updates activations. No two may have the same license and fingerprint.
    pub async fn upsert_activations(&mut self, activations: &[&DeskActivation]) -> Result<()> {
        insert!(
            self.on(),
            "activations",
            activations,
            |a| {
                id: a.id,
                license_id: a.license_id,
                fingerprint_hash: a.fingerprint_hash.as_slice(),
                fingerprint: a.fingerprint.as_str(),
                device_name: a.device_name.as_deref(),
                platform: a.platform.as_deref(),
                software_version: a.software_version.as_deref(),
                address: a.address.as_deref(),
                decision_id: a.decision_id,
                activated_at: a.activated_at,
                last_seen_at: a.last_seen_at,
                lease_ends_at: a.lease_ends_at,
                token_expires_at: a.token_expires_at,
                hold_until: a.hold_until,
                kid: a.kid.as_deref(),
                status_list: a.status_list,
                status_index: a.status_index,
                revoked_at: a.revoked_at,
                released_at: a.released_at,
                checked_out_at: a.checked_out_at,
                issuer: a.issuer.as_deref(),
                subject: a.subject.as_deref(),
                snapshot: Json(&a.snapshot),
            },
            UPDATE
        );
        Ok(())
    }
}

/// A device that returns after its session has ended starts a new session, so the id changes too.
const UPDATE: &str = " ON CONFLICT (license_id, fingerprint_hash) DO UPDATE SET id = excluded.id, \
     device_name = excluded.device_name, platform = excluded.platform, \
     software_version = excluded.software_version, address = excluded.address, \
     decision_id = excluded.decision_id, activated_at = excluded.activated_at, \
     last_seen_at = excluded.last_seen_at, lease_ends_at = excluded.lease_ends_at, \
     token_expires_at = excluded.token_expires_at, hold_until = excluded.hold_until, \
     kid = excluded.kid, status_list = excluded.status_list, status_index = excluded.status_index, \
     revoked_at = excluded.revoked_at, released_at = excluded.released_at, \
     checked_out_at = excluded.checked_out_at, \
     issuer = excluded.issuer, subject = excluded.subject, snapshot = excluded.snapshot";
