//! Offline requests and releases that were used. Each is valid once.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// Kind of an offline file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum OfflineFileKind {
    /// Request for an activation.
    Request,
    /// Release of a seat.
    Release,
}

licensing::stored_names!(OfflineFileKind);

/// An offline request or release that was used.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct OfflineFile {
    /// SHA-256 of the device's key and the nonce. Unique.
    pub paper_hash: Vec<u8>,
    /// Id.
    pub id: Uuid,
    /// Kind.
    #[sqlx(try_from = "String")]
    pub kind: OfflineFileKind,
    /// License.
    pub license_id: Uuid,
    /// Session that it began, kept or ended.
    pub activation_id: Uuid,
    /// Public key of the device: 32 bytes of Ed25519 (RFC 8032 §5.1.5).
    pub device_key: Vec<u8>,
    /// Time of creation, by the device's clock.
    pub made_at: DateTime<Utc>,
    /// Time of use.
    pub used_at: DateTime<Utc>,
    /// Claims that a request was granted, so that a lost response can be signed again.
    #[sqlx(json(nullable))]
    pub granted: Option<serde_json::Value>,
}

/// A recent request, for lists.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RecentRequest {
    /// Id of the request.
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// Customer of the license.
    pub customer: Option<String>,
    /// Name of the product.
    pub product: String,
    /// Name of the device, if its session still exists.
    pub device_name: Option<String>,
    /// Time of the grant.
    pub used_at: DateTime<Utc>,
}

const COLUMNS: &str = "paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted";

impl Connection<'_> {
    /// Returns those of the requests and releases that were already used.
    pub async fn used_offline_files(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<OfflineFile>> {
        if hashes.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM offline_papers WHERE paper_hash IN (");
            let mut list = sql.separated(", ");
            for hash in hashes {
                list.push_bind(hash.as_slice());
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the request or release with this id.
    pub async fn offline_file(&mut self, id: Uuid) -> Result<Option<OfflineFile>> {
        const SQL: &str = "SELECT paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted \
             FROM offline_papers WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns the last request of a session, which holds the device's key.
    pub async fn last_request_of(&mut self, activation_id: Uuid) -> Result<Option<OfflineFile>> {
        const SQL: &str = "SELECT paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted \
             FROM offline_papers WHERE activation_id = $1 AND kind = 'request' ORDER BY used_at DESC, id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(activation_id).fetch_optional(&mut **c).await)?)
    }

    /// Returns at most `most` requests, the last granted first.
    pub async fn recent_requests(&mut self, most: i64) -> Result<Vec<RecentRequest>> {
        const SQL: &str = "SELECT r.id, r.license_id, l.customer, p.name AS product, a.device_name, r.used_at \
             FROM offline_papers r JOIN licenses l ON l.id = r.license_id JOIN products p ON p.id = l.product_id \
             LEFT JOIN activations a ON a.id = r.activation_id \
             WHERE r.kind = 'request' ORDER BY r.used_at DESC, r.id DESC LIMIT $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Records the use of a request or release.
    ///
    /// # Errors
    /// Returns `Conflict` with `OfflinePaper` if it was already used.
    pub async fn insert_offline_file(&mut self, offline_file: &OfflineFile) -> Result<()> {
        const SQL: &str = "INSERT INTO offline_papers \
             (paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&offline_file.paper_hash)
            .bind(offline_file.id)
            .bind(offline_file.kind.name())
            .bind(offline_file.license_id)
            .bind(offline_file.activation_id)
            .bind(&offline_file.device_key)
            .bind(offline_file.made_at)
            .bind(offline_file.used_at)
            .bind(offline_file.granted.as_ref().map(sqlx::types::Json))
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
