//! Papers: what devices have signed that are never online. Each is good once.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// What a paper was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperKind {
    /// To be activated.
    Request,
    /// To give the seat up.
    Release,
}

/// A paper that was used.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Paper {
    /// SHA-256 of the device's key and the nonce: no two papers have the same.
    pub paper_hash: Vec<u8>,
    /// Its id.
    pub id: Uuid,
    /// What it was for.
    #[sqlx(try_from = "String")]
    pub kind: PaperKind,
    /// The license.
    pub license_id: Uuid,
    /// The session that came of it, or ended with it.
    pub activation_id: Uuid,
    /// The device's public key: 32 bytes of Ed25519 (RFC 8032 §5.1.5).
    pub device_key: Vec<u8>,
    /// When the device made it, by its own clock.
    pub made_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: DateTime<Utc>,
    /// What a request was granted, to be signed again.
    #[sqlx(json(nullable))]
    pub granted: Option<serde_json::Value>,
}

/// A request of late, for lists.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RecentRequest {
    /// The paper's id.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// Whose it is.
    pub customer: Option<String>,
    /// The product's name.
    pub product: String,
    /// The device's name, if its session is still there.
    pub device_name: Option<String>,
    /// When it was granted.
    pub used_at: DateTime<Utc>,
}

impl PaperKind {
    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Release => "release",
        }
    }
}

impl TryFrom<String> for PaperKind {
    type Error = licensing::named::UnknownName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = [Self::Request, Self::Release].into_iter().find(|kind| kind.name() == name);
        found.ok_or(licensing::named::UnknownName(name))
    }
}

const COLUMNS: &str = "paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted";

impl Connection<'_> {
    /// Those of the papers that were used before.
    pub async fn used_papers(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<Paper>> {
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

    /// The paper of that id.
    pub async fn paper(&mut self, id: Uuid) -> Result<Option<Paper>> {
        const SQL: &str = "SELECT paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted \
             FROM offline_papers WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// The last request of a session, whose key is the device's.
    pub async fn last_request_of(&mut self, activation_id: Uuid) -> Result<Option<Paper>> {
        const SQL: &str = "SELECT paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted \
             FROM offline_papers WHERE activation_id = $1 AND kind = 'request' ORDER BY used_at DESC, id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(activation_id).fetch_optional(&mut **c).await)?)
    }

    /// The requests that were granted last, youngest first.
    pub async fn recent_requests(&mut self, most: i64) -> Result<Vec<RecentRequest>> {
        const SQL: &str = "SELECT r.id, r.license_id, l.customer, p.name AS product, a.device_name, r.used_at \
             FROM offline_papers r JOIN licenses l ON l.id = r.license_id JOIN products p ON p.id = l.product_id \
             LEFT JOIN activations a ON a.id = r.activation_id \
             WHERE r.kind = 'request' ORDER BY r.used_at DESC, r.id DESC LIMIT $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes down that a paper was used.
    ///
    /// # Errors
    /// `Conflict` with `OfflinePaper` where it was used before.
    pub async fn use_paper(&mut self, paper: &Paper) -> Result<()> {
        const SQL: &str = "INSERT INTO offline_papers \
             (paper_hash, id, kind, license_id, activation_id, device_key, made_at, used_at, granted) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&paper.paper_hash)
            .bind(paper.id)
            .bind(paper.kind.name())
            .bind(paper.license_id)
            .bind(paper.activation_id)
            .bind(&paper.device_key)
            .bind(paper.made_at)
            .bind(paper.used_at)
            .bind(paper.granted.as_ref().map(sqlx::types::Json))
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
