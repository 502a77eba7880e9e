//! Keys that are made ahead, so that devices can pin them: software that knows the key that signs and the next two verifies
//! tokens through two rotations without a look into the key set.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::product::Algorithm;
use serde_json::json;
use store::{Tx, keys::KeyRow};
use uuid::Uuid;

use super::{Pair, subject, turns, write};
use crate::{Actor, Error, Result, Service, record::Record};

/// How many keys are kept ahead of the one that signs.
const KEPT: usize = 2;
/// The event of a key that is made ahead.
pub(super) const MADE: &str = "signing_key.made_ahead";

/// The keys of an algorithm that wait for their turn, in the order in which they will have it.
pub(super) fn waiting(keys: &[KeyRow], algorithm: Algorithm, product: Option<Uuid>) -> Vec<&KeyRow> {
    let waits = |key: &&KeyRow| {
        key.algorithm == algorithm
            && key.product_id == product
            && key.signs_from == turns::SOME_DAY
            && key.retired_at.is_none()
            && key.revoked_at.is_none()
    };
    let mut waiting: Vec<_> = keys.iter().filter(waits).collect();
    waiting.sort_by_key(|key| (key.created_at, key.kid.clone()));
    waiting
}

/// A new key that waits behind these, whatever became of the clock meanwhile.
pub(super) fn behind(waiting: &[&KeyRow], key: KeyRow) -> KeyRow {
    let last = waiting.iter().map(|key| key.created_at + TimeDelta::microseconds(1)).max();
    let created_at = last.map_or(key.created_at, |last| last.max(key.created_at));
    KeyRow { created_at, signs_from: turns::SOME_DAY, ..key }
}

/// Gives a key that waits its turn, from then on.
pub(super) async fn call(
    tx: &mut Tx,
    key: &KeyRow,
    signs_from: DateTime<Utc>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<()> {
    let called = KeyRow { signs_from, ..key.clone() };
    tx.update_signing_key(&called).await?;
    Record::new(actor, "signing_key.rotated", subject(&called))
        .made(&json!({ "algorithm": called.algorithm, "product": called.product_code, "signs_from": signs_from }))
        .write(tx, now)
        .await
}

impl Service {
    /// Has two keys of an algorithm, for all products or for one alone, wait ahead of the one that signs: makes those that
    /// are lacking, and publishes them at once. From then on each rotation takes the oldest and makes another, so that
    /// there are always two. Gives their names, in the order in which they will sign.
    ///
    /// # Errors
    /// `NotFound` (product).
    pub async fn make_keys_ahead(
        &self,
        algorithm: Algorithm,
        product: Option<Uuid>,
        actor: &Actor,
    ) -> Result<Vec<String>> {
        // There must be one to be ahead of.
        self.0.keyring.signer(algorithm, None).await?;
        let mut pairs = vec![];
        for _ in 0..KEPT {
            pairs.push(Pair::generate(algorithm).await?);
        }
        let mut tx = self.store().begin().await?;
        let product_code = match product {
            Some(id) => Some(tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.code),
            None => None,
        };
        tx.lock_signing_keys().await?;
        let keys = tx.on().signing_keys().await?;
        let now = self.clock().now();
        let waiting = waiting(&keys, algorithm, product);
        let mut names: Vec<String> = waiting.iter().map(|key| key.kid.clone()).collect();
        let lacking = KEPT.saturating_sub(names.len());
        // Keys of one moment wait in the order of their names.
        pairs.sort_by(|a, b| a.kid.cmp(&b.kid));
        for pair in pairs.iter().take(lacking) {
            let row = self.0.keyring.row(pair, algorithm, now)?;
            let row = behind(&waiting, KeyRow { product_id: product, product_code: product_code.clone(), ..row });
            write(&mut tx, &row, MADE, actor, now).await?;
            names.push(row.kid);
        }
        tx.commit().await?;
        self.0.keyring.reload().await?;
        Ok(names)
    }
}
