//! Further facts about the devices of a batch: blocks, pre-registrations, trials, and seats under other licenses. All
//! are looked up by fingerprint.

use chrono::{DateTime, Utc};
use licensing::activation::BlockScope;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{padded, pieces};
use crate::{Connection, Result, Tx, engine::run};

/// A block of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Block {
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Scope.
    #[sqlx(try_from = "String")]
    pub scope: BlockScope,
    /// License or product that the block applies to; nil for the whole server.
    pub scope_id: Uuid,
}

/// A fingerprint that is pre-registered for a license.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Authorization {
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// License.
    pub license_id: Uuid,
}

/// Start of a device's trial of a product.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TrialRow {
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// Product.
    pub product_id: Uuid,
    /// License of the first activation.
    pub license_id: Uuid,
    /// Time of the first activation.
    pub began_at: DateTime<Utc>,
}

/// A seat that a device holds under any license.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldSeat {
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// License.
    pub license_id: Uuid,
    /// Policy of the license.
    pub policy_id: Uuid,
    /// Product of the license.
    pub product_id: Uuid,
}

/// Runs one statement that finds rows by fingerprint, with an optional further condition.
macro_rules! by_fingerprint {
    ($on:expr, $select:literal, $hashes:expr $(, |$sql:ident| $more:expr)?) => {
        Ok(run!($on, |c| {
            let mut sql = QueryBuilder::<Db>::new(concat!($select, " WHERE fingerprint_hash IN ("));
            let mut list = sql.separated(", ");
            for hash in padded($hashes) {
                list.push_bind(hash.as_slice());
            }
            sql.push(")");
            $({
                let $sql = &mut sql;
                $more;
            })?
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    };
}

impl Connection<'_> {
    /// Returns the blocks on these fingerprints.
    pub async fn desk_blocks(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<Block>> {
        self.blocks_of(hashes, "").await
    }

    async fn blocks_of(&mut self, hashes: &[[u8; 32]], lock: &'static str) -> Result<Vec<Block>> {
        if hashes.is_empty() {
            return Ok(vec![]);
        }
        by_fingerprint!(self, "SELECT fingerprint_hash, scope, scope_id FROM blocked_devices", hashes, |sql| sql
            .push(lock))
    }

    /// Returns the licenses for which these fingerprints are pre-registered.
    pub async fn desk_authorizations(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<Authorization>> {
        if hashes.is_empty() {
            return Ok(vec![]);
        }
        by_fingerprint!(self, "SELECT fingerprint_hash, license_id FROM authorized_devices", hashes)
    }

    /// Returns the trials that these fingerprints began.
    pub async fn desk_trials(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<TrialRow>> {
        if hashes.is_empty() {
            return Ok(vec![]);
        }
        by_fingerprint!(self, "SELECT fingerprint_hash, product_id, license_id, began_at FROM trials", hashes)
    }

    /// Returns the seats that these fingerprints hold at `now`.
    pub async fn desk_seats_of(&mut self, hashes: &[[u8; 32]], now: DateTime<Utc>) -> Result<Vec<HeldSeat>> {
        if hashes.is_empty() {
            return Ok(vec![]);
        }
        by_fingerprint!(
            self,
            "SELECT a.fingerprint_hash, a.license_id, l.policy_id, l.product_id FROM activations a \
             JOIN licenses l ON l.id = a.license_id",
            hashes,
            |sql| sql.push(" AND a.hold_until > ").push_bind(now)
        )
    }
}

impl Tx {
    /// Returns the blocks on these fingerprints, and delays new blocks until the transaction ends: an act that blocks
    /// waits for that ([`lock_blocks`](Tx::lock_blocks)), and then sees what this transaction wrote. Call this before
    /// [`lock_desk_licenses`](Tx::lock_desk_licenses).
    pub async fn hold_desk_blocks(&mut self, hashes: &[[u8; 32]]) -> Result<Vec<Block>> {
        let mut on = self.on();
        // The purpose is its lock on the table, not those on the rows.
        let lock = if matches!(on, Connection::Postgres(_)) { " FOR KEY SHARE" } else { "" };
        on.blocks_of(hashes, lock).await
    }

    /// Locks products in the order of their ids until the transaction ends. For products whose devices may hold only
    /// one seat across several licenses, so that two instances never both grant one. Call this after
    /// [`lock_desk_licenses`](Tx::lock_desk_licenses).
    pub async fn lock_products(&mut self, products: &[Uuid]) -> Result<()> {
        let mut on = self.on();
        if products.is_empty() || matches!(on, Connection::Sqlite(_)) {
            return Ok(());
        }
        run!(&mut on, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id FROM products WHERE id IN (");
            let mut list = sql.separated(", ");
            for id in padded(products) {
                list.push_bind(*id);
            }
            sql.push(") ORDER BY id FOR NO KEY UPDATE");
            sql.build().execute(&mut **c).await.map(drop)
        })?;
        Ok(())
    }

    /// Records when devices began their trials. Trials that have already begun are not changed.
    pub async fn insert_trials(&mut self, trials: &[TrialRow]) -> Result<()> {
        for piece in pieces(trials) {
            run!(self.on(), |c| {
                let mut sql =
                    QueryBuilder::<Db>::new("INSERT INTO trials (fingerprint_hash, product_id, license_id, began_at) ");
                sql.push_values(piece, |mut row, t| {
                    row.push_bind(t.fingerprint_hash.as_slice())
                        .push_bind(t.product_id)
                        .push_bind(t.license_id)
                        .push_bind(t.began_at);
                });
                sql.push(" ON CONFLICT (fingerprint_hash, product_id) DO NOTHING");
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}
