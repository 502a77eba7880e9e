//! Activations of the devices in a batch.

use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::padded;
use crate::{
    Connection, Result, Tx,
    activations::{Activation, COLUMNS},
    engine::run,
    insert::{columns, insert},
};

impl Connection<'_> {
    /// Returns every activation with one of these fingerprints and one of these licenses. The caller picks the pairs.
    pub async fn desk_activations(
        &mut self,
        fingerprint_hashes: &[[u8; 32]],
        licenses: &[Uuid],
    ) -> Result<Vec<Activation>> {
        if fingerprint_hashes.is_empty() || licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.fingerprint_hash IN (");
            let mut list = sql.separated(", ");
            for hash in padded(fingerprint_hashes) {
                list.push_bind(hash.as_slice());
            }
            // `COALESCE` prevents the use of an index on licenses: PostgreSQL would take the one by hold_until and read
            // all devices of a large license for one of them. The condition still reduces the rows that are sent.
            sql.push(") AND COALESCE(a.license_id, a.license_id) IN (");
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
    /// Inserts or updates activations. No two may have the same license and fingerprint. Support names devices, so a label
    /// stays as it is.
    pub async fn upsert_activations(&mut self, activations: &[&Activation]) -> Result<()> {
        insert::<Activation, _>(self.on(), activations).await
    }
}

columns!(
    Activation,
    "activations",
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
