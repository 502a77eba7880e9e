//! Activations of the devices in a batch.

use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{padded, pieces};
use crate::{
    Connection, Result, Tx,
    activations::{Activation, COLUMNS},
    engine::run,
};

/// The columns that the desk writes. Support names devices, so a label stays as it is.
const WRITTEN: &str = "id, license_id, fingerprint_hash, fingerprint, device_name, platform, software_version, \
     address, decision_id, activated_at, last_seen_at, lease_ends_at, token_expires_at, hold_until, kid, \
     status_list, status_index, revoked_at, \
     released_at, checked_out_at, issuer, subject, snapshot";

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
    /// Inserts or updates activations. No two may have the same license and fingerprint.
    pub async fn upsert_activations(&mut self, activations: &[&Activation]) -> Result<()> {
        for piece in pieces(activations) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO activations (");
                sql.push(WRITTEN).push(") ");
                sql.push_values(piece, |mut row, a| {
                    row.push_bind(a.id)
                        .push_bind(a.license_id)
                        .push_bind(a.fingerprint_hash.as_slice())
                        .push_bind(&a.fingerprint)
                        .push_bind(&a.device_name)
                        .push_bind(&a.platform)
                        .push_bind(&a.software_version)
                        .push_bind(&a.address)
                        .push_bind(a.decision_id)
                        .push_bind(a.activated_at)
                        .push_bind(a.last_seen_at)
                        .push_bind(a.lease_ends_at)
                        .push_bind(a.token_expires_at)
                        .push_bind(a.hold_until)
                        .push_bind(&a.kid)
                        .push_bind(a.status_list)
                        .push_bind(a.status_index)
                        .push_bind(a.revoked_at)
                        .push_bind(a.released_at)
                        .push_bind(a.checked_out_at)
                        .push_bind(&a.issuer)
                        .push_bind(&a.subject)
                        .push_bind(Json(&a.snapshot));
                });
                // A device that returns after its session has ended starts a new session, so the id changes too.
                sql.push(
                    " ON CONFLICT (license_id, fingerprint_hash) DO UPDATE SET id = excluded.id, \
                     device_name = excluded.device_name, platform = excluded.platform, \
                     software_version = excluded.software_version, address = excluded.address, \
                     decision_id = excluded.decision_id, activated_at = excluded.activated_at, \
                     last_seen_at = excluded.last_seen_at, lease_ends_at = excluded.lease_ends_at, \
                     token_expires_at = excluded.token_expires_at, hold_until = excluded.hold_until, \
                     kid = excluded.kid, status_list = excluded.status_list, status_index = excluded.status_index, \
                     revoked_at = excluded.revoked_at, released_at = excluded.released_at, \
                     checked_out_at = excluded.checked_out_at, \
                     issuer = excluded.issuer, subject = excluded.subject, snapshot = excluded.snapshot",
                );
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}
