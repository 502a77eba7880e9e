//! Pregenerated keys, which devices can pin: software that knows the current key and the next two can verify tokens
//! through two rotations without reading the key set.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{EventKind, product::Algorithm};
use store::{Tx, keys::KeyRow};
use uuid::Uuid;

use super::{
    pair::Pair,
    ring::{described, subject, write},
    rotation,
};
use crate::{Actor, Error, Keys, Result, audit::Record};

/// Number of pregenerated keys per current key.
const KEPT: usize = 2;
/// The event of pregenerating a key.
pub(super) const MADE: EventKind = EventKind::SigningKeyPregenerated;

/// The pregenerated keys of an algorithm, in the order in which they will sign.
pub(super) fn waiting(keys: &[KeyRow], algorithm: Algorithm, product: Option<Uuid>) -> Vec<&KeyRow> {
    let waits = |key: &&KeyRow| {
        key.algorithm == algorithm
            && key.product_id == product
            && key.signs_from == rotation::SOME_DAY
            && key.retired_at.is_none()
            && key.revoked_at.is_none()
    };
    let mut waiting: Vec<_> = keys.iter().filter(waits).collect();
    waiting.sort_by_key(|key| (key.created_at, key.kid.clone()));
    waiting
}

/// Returns a new key that comes after these, even if the clock was set back meanwhile.
pub(super) fn queued_after(waiting: &[&KeyRow], key: KeyRow) -> KeyRow {
    let last = waiting.iter().map(|key| key.created_at + TimeDelta::microseconds(1)).max();
    let created_at = last.map_or(key.created_at, |last| last.max(key.created_at));
    KeyRow { created_at, signs_from: rotation::SOME_DAY, ..key }
}

/// Schedules a pregenerated key to sign from `signs_from`.
pub(super) async fn schedule(
    tx: &mut Tx,
    key: &KeyRow,
    signs_from: DateTime<Utc>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<()> {
    let called = KeyRow { signs_from, ..key.clone() };
    tx.update_signing_key(&called).await?;
    Record::new(actor, EventKind::SigningKeyRotated, subject(&called)).made(&described(&called)).write(tx, now).await
}

impl Keys {
    /// Ensures that two keys of an algorithm, for all products or for one only, are pregenerated: creates the missing
    /// ones and publishes them at once. Afterwards each rotation uses the oldest and creates another, so that there are
    /// always two. Returns their ids, in the order in which they will sign.
    ///
    /// # Errors
    /// `NotFound` for the product.
    #[tracing::instrument(skip_all, fields(?product))]
    pub async fn make_keys_ahead(
        &self,
        algorithm: Algorithm,
        product: Option<Uuid>,
        actor: &Actor,
    ) -> Result<Vec<String>> {
        // A current key must exist first.
        self.keyring.signer(algorithm, None).await?;
        let mut pairs = vec![];
        for _ in 0..KEPT {
            pairs.push(Pair::generate(algorithm).await?);
        }
        let mut tx = self.store.begin().await?;
        let product_code = match product {
            Some(id) => Some(tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.code),
            None => None,
        };
        tx.lock_signing_keys().await?;
        let keys = tx.on().signing_keys().await?;
        let now = self.clock.now();
        let waiting = waiting(&keys, algorithm, product);
        let mut names: Vec<String> = waiting.iter().map(|key| key.kid.clone()).collect();
        let lacking = KEPT.saturating_sub(names.len());
        // Keys created at the same time sign in the order of their ids.
        pairs.sort_by(|a, b| a.kid.cmp(&b.kid));
        for pair in pairs.iter().take(lacking) {
            let row = self.keyring.row(pair, algorithm, now)?;
            let row = queued_after(&waiting, KeyRow { product_id: product, product_code: product_code.clone(), ..row });
            write(&mut tx, &row, MADE, actor, now).await?;
            names.push(row.kid);
        }
        tx.commit().await?;
        self.keyring.reload().await?;
        Ok(names)
    }
}
