//! Fingerprints that may not activate.

use chrono::{DateTime, Utc};
use licensing::activation::BlockScope;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Cursor, Page, Paging, Result, Tx, engine::run};

/// Lets everybody read; a batch at the desk has to end before, or to begin after
/// (PostgreSQL, "Explicit Locking": EXCLUSIVE conflicts with the ROW SHARE of `SELECT … FOR KEY SHARE`).
const LOCK: &str = "LOCK TABLE blocked_devices IN EXCLUSIVE MODE";

/// A fingerprint that may not activate.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockedDevice {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// For what.
    #[sqlx(try_from = "String")]
    pub scope: BlockScope,
    /// For which license or product; nil for the whole server.
    pub scope_id: Uuid,
    /// The fingerprint.
    pub fingerprint: String,
    /// Why, in the words of whoever blocked it.
    pub reason: String,
    /// Who did: the name at the time.
    pub blocked_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A block in a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockRow {
    /// The block.
    #[sqlx(flatten)]
    pub block: BlockedDevice,
    /// The product that it is for, or whose license it is for.
    pub product_name: Option<String>,
    /// The customer of the license that it is for.
    pub customer: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// The end of its code.
    pub code_tail: Option<String>,
    /// The name of a device that has the fingerprint.
    pub device_name: Option<String>,
}

/// Which blocks are wanted. Every part that is given narrows the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockFilter {
    /// Only for this license or product; nil for the whole server.
    pub scope_id: Option<Uuid>,
    /// Only of this fingerprint, by its SHA-256.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only those of this license, and wider ones that its devices are under: those that were activated or entered.
    pub reaching: Option<Uuid>,
}

const SELECT: &str = "SELECT b.id, b.fingerprint_hash, b.scope, b.scope_id, b.fingerprint, b.reason, b.blocked_by, \
     b.created_at, COALESCE(p.name, q.name) AS product_name, l.customer, l.email, l.code_tail, \
     (SELECT MAX(COALESCE(a.label, a.device_name)) FROM activations a WHERE a.fingerprint_hash = b.fingerprint_hash) \
         AS device_name \
     FROM blocked_devices b LEFT JOIN licenses l ON b.scope = 'license' AND l.id = b.scope_id \
     LEFT JOIN products p ON b.scope = 'product' AND p.id = b.scope_id LEFT JOIN products q ON q.id = l.product_id \
     WHERE 1 = 1";

impl Connection<'_> {
    /// A page of blocks, youngest first.
    pub async fn blocks(&mut self, filter: BlockFilter, paging: Paging, size: usize) -> Result<Page<BlockRow>> {
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
                // Asked for each block and not for each device, of which a license may have very many.
                for (known, or) in [("activations", " OR "), ("authorized_devices", ")))")] {
                    sql.push("EXISTS (SELECT 1 FROM ").push(known);
                    sql.push(" k WHERE k.fingerprint_hash = b.fingerprint_hash AND k.license_id = ");
                    sql.push_bind(license).push(")").push(or);
                }
            }
            // Ids are UUIDv7 from one clock, so that their order is the order of time.
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

    /// The block of that id.
    pub async fn block(&mut self, id: Uuid) -> Result<Option<BlockRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            sql.push(" AND b.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Waits until every batch that has looked at blocks has ended, and has others wait until this transaction ends. To be
    /// called before any license is locked, as the desk does.
    pub async fn lock_blocks(&mut self) -> Result<()> {
        match self.on() {
            // Its write transaction is a lock on everything already.
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => _ = sqlx::query(LOCK).execute(c).await?,
        }
        Ok(())
    }

    /// Writes a block. `false` where the fingerprint is under that one already: nothing changes then.
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

    /// Takes a block away. `false` where there is none.
    pub async fn delete_block(&mut self, id: Uuid) -> Result<bool> {
        const SQL: &str = "DELETE FROM blocked_devices WHERE id = $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(|done| done.rows_affected()))? == 1)
    }
}
