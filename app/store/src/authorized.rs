//! Pre-registered devices.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, Tx, desk::pieces, engine::run};

/// A fingerprint that is pre-registered for a license.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuthorizedDevice {
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// License.
    pub license_id: Uuid,
    /// Fingerprint.
    pub fingerprint: String,
    /// Note by the account that pre-registered it, such as the user of the device.
    pub note: Option<String>,
    /// Time of pre-registration.
    pub created_at: DateTime<Utc>,
}

/// A pre-registered fingerprint, with the device that has it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuthorizedRow {
    /// Pre-registration.
    #[sqlx(flatten)]
    pub entry: AuthorizedDevice,
    /// Activation of the device on this license; `None` if there is none.
    pub activation_id: Option<Uuid>,
    /// Name of the device.
    pub device_name: Option<String>,
    /// Time of its last request.
    pub last_seen_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns at most `most` fingerprints that are pre-registered for a license, newest first.
    pub async fn authorized_devices(&mut self, license_id: Uuid, most: i64) -> Result<Vec<AuthorizedRow>> {
        const SQL: &str = "SELECT d.fingerprint_hash, d.license_id, d.fingerprint, d.note, d.created_at, \
             a.id AS activation_id, COALESCE(a.label, a.device_name) AS device_name, a.last_seen_at \
             FROM authorized_devices d LEFT JOIN activations a \
             ON a.fingerprint_hash = d.fingerprint_hash AND a.license_id = d.license_id \
             WHERE d.license_id = $1 ORDER BY d.created_at DESC, d.fingerprint LIMIT $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(license_id).bind(most).fetch_all(&mut **c).await)?)
    }

    /// Returns the number of fingerprints that are pre-registered for a license.
    pub async fn count_authorized(&mut self, license_id: Uuid) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM authorized_devices WHERE license_id = $1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(license_id).fetch_one(&mut **c).await)?)
    }
}

impl Tx {
    /// Pre-registers devices. If a fingerprint is already registered, a given note replaces the old one. No two devices
    /// may have the same license and fingerprint.
    pub async fn authorize(&mut self, devices: &[AuthorizedDevice]) -> Result<()> {
        for piece in pieces(devices) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO authorized_devices (fingerprint_hash, license_id, fingerprint, note, created_at) ",
                );
                sql.push_values(piece, |mut row, d| {
                    row.push_bind(d.fingerprint_hash.as_slice())
                        .push_bind(d.license_id)
                        .push_bind(&d.fingerprint)
                        .push_bind(&d.note)
                        .push_bind(d.created_at);
                });
                sql.push(
                    " ON CONFLICT (fingerprint_hash, license_id) \
                     DO UPDATE SET note = COALESCE(excluded.note, authorized_devices.note)",
                );
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Deletes a pre-registration and returns it; `None` if there was none.
    pub async fn unauthorize(&mut self, license_id: Uuid, hash: &[u8; 32]) -> Result<Option<AuthorizedDevice>> {
        const SQL: &str = "DELETE FROM authorized_devices WHERE license_id = $1 AND fingerprint_hash = $2 \
             RETURNING fingerprint_hash, license_id, fingerprint, note, created_at";
        Ok(run!(self.on(), |c| sqlx::query_as(SQL)
            .bind(license_id)
            .bind(hash.as_slice())
            .fetch_optional(&mut *c)
            .await)?)
    }
}
