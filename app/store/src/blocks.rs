//! Blocked fingerprints.

use chrono::{DateTime, Utc};
use licensing::activation::BlockScope;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Cursor, Page, Paging, Result, Tx, engine::run};

/// Does not block readers, but excludes the batches of the desk: they end before, or begin after (PostgreSQL, "Explicit
/// Locking": EXCLUSIVE conflicts with the ROW SHARE of `SELECT … FOR KEY SHARE`).
const LOCK: &str = "LOCK TABLE blocked_devices IN EXCLUSIVE MODE";

/// A block of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockedDevice {
    /// Id.
    pub id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Scope.
    #[sqlx(try_from = "String")]
    pub scope: BlockScope,
    /// License or product that the block applies to; nil for the whole server.
    pub scope_id: Uuid,
    /// Fingerprint.
    pub fingerprint: String,
    /// Reason, as entered by the account that blocked it.
    pub reason: String,
    /// Name of the account that blocked it, at the time.
    pub blocked_by: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
}

/// A block in a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockRow {
    /// Block.
    #[sqlx(flatten)]
    pub block: BlockedDevice,
    /// Name of the product that it applies to, or of the license's product.
    pub product_name: Option<String>,
    /// Customer of the license that it applies to.
    pub customer: Option<String>,
    /// E-mail address of that license.
    pub email: Option<String>,
    /// Last characters of that license's code.
    pub code_tail: Option<String>,
    /// Name of a device with this fingerprint.
    pub device_name: Option<String>,
}

/// Filter for blocks. Each part that is set narrows the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockFilter<'a> {
    /// Only blocks of this license or product; nil for blocks of the whole server.
    pub scope_id: Option<Uuid>,
    /// Only blocks of the fingerprint with this SHA-256.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only blocks of this license, and wider ones on fingerprints that are activated or pre-registered on it.
    pub reaching: Option<Uuid>,
    /// Only blocks of these products and of their licenses, unless there are none.
    pub products: &'a [Uuid],
}

const SELECT: &str = "SELECT b.id, b.fingerprint_hash, b.scope, b.scope_id, b.fingerprint, b.reason, b.blocked_by, \
     b.created_at, COALESCE(p.name, q.name) AS product_name, l.customer, l.email, l.code_tail, \
     (SELECT MAX(COALESCE(a.label, a.device_name)) FROM activations a WHERE a.fingerprint_hash = b.fingerprint_hash) \
         AS device_name \
     FROM blocked_devices b LEFT JOIN licenses l ON b.scope = 'license' AND l.id = b.scope_id \
     LEFT JOIN products p ON b.scope = 'product' AND p.id = b.scope_id LEFT JOIN products q ON q.id = l.product_id \
     WHERE 1 = 1";

impl Connection<'_> {
    /// Returns a page of blocks, newest first.
    pub async fn blocks(&mut self, filter: BlockFilter<'_>, paging: Paging, size: usize) -> Result<Page<BlockRow>> {
        let rows: Vec<BlockRow> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            if let Some(id) = filter.scope_id {
                sql.push(" AND b.scope_id = ").push_bind(id);
            }
            if let Some(hash) = &filter.fingerprint_hash {
                sql.push(" AND b.fingerprint_hash = ").push_bind(hash.as_slice());
            }
            if let Some(license) = filter.reaching {
                sql.push(" AND (b.scope_id = ").push_bind(license);
                sql.push(" OR ((b.scope = 'server' OR b.scope_id = (SELECT product_id FROM licenses WHERE id = ");
                sql.push_bind(license).push(")) AND (");
                // Checked per block and not per device, since a license may have very many devices.
                for (known, or) in [("activations", " OR "), ("authorized_devices", ")))")] {
                    sql.push("EXISTS (SELECT 1 FROM ").push(known);
                    sql.push(" k WHERE k.fingerprint_hash = b.fingerprint_hash AND k.license_id = ");
                    sql.push_bind(license).push(")").push(or);
                }
            }
            if !filter.products.is_empty() {
                for (column, end) in [(" AND (p.id IN (", ")"), (" OR l.product_id IN (", "))")] {
                    sql.push(column);
                    let mut list = sql.separated(", ");
                    for id in filter.products {
                        list.push_bind(*id);
                    }
                    sql.push(end);
                }
            }
            // Ids are UUIDv7 from one clock, so their order is chronological.
            match paging {
                Paging::First => sql.push(" ORDER BY b.id DESC"),
                Paging::After(place) => sql.push(" AND b.id < ").push_bind(place.id).push(" ORDER BY b.id DESC"),
                Paging::Before(place) => sql.push(" AND b.id > ").push_bind(place.id).push(" ORDER BY b.id"),
            };
            sql.push(" LIMIT ").push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.block.created_at, id: row.block.id }))
    }

    /// Returns the block with this id.
    pub async fn block(&mut self, id: Uuid) -> Result<Option<BlockRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            sql.push(" AND b.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Waits for every batch that has read blocks to end, and makes later batches wait until this transaction ends.
    /// Call this before locking any license, as the desk does.
    pub async fn lock_blocks(&mut self) -> Result<()> {
        match self.on() {
            // On SQLite a write transaction already locks everything.
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => _ = sqlx::query(LOCK).execute(c).await?,
        }
        Ok(())
    }

    /// Inserts a block. Returns `false`, without any change, if the fingerprint already has this block.
    pub async fn insert_block(&mut self, block: &BlockedDevice) -> Result<bool> {
        const SQL: &str = "INSERT INTO blocked_devices \
             (id, fingerprint_hash, scope, scope_id, fingerprint, reason, blocked_by, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (fingerprint_hash, scope, scope_id) DO NOTHING";
        let done = run!(self.on(), |c| sqlx::query(SQL)
            .bind(block.id)
            .bind(&block.fingerprint_hash)
            .bind(block.scope.name())
            .bind(block.scope_id)
            .bind(&block.fingerprint)
            .bind(&block.reason)
            .bind(&block.blocked_by)
            .bind(block.created_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done == 1)
    }

    /// Deletes a block. Returns `false` if it does not exist.
    pub async fn delete_block(&mut self, id: Uuid) -> Result<bool> {
        const SQL: &str = "DELETE FROM blocked_devices WHERE id = $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(|done| done.rows_affected()))? == 1)
    }
}
