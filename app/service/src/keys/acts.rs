//! Acts of owners on signing keys.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::{EventKind, product::Algorithm};
use pem_rfc7468::LineEnding;
use serde_json::{Value, json};
use store::{Tx, keys::KeyRow};
use uuid::Uuid;

use super::{
    live_tokens,
    pair::{Pair, SigningKey},
    pregenerated,
    ring::{subject, write},
    rotation::{self, KeyState, OVERLAP},
};
use crate::{Actor, Error, Keys, Result, audit::Record, crypto::vault::Purpose, reason::read_reason};

/// A signing key in the owners' list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedKey {
    /// Key id: the RFC 7638 thumbprint.
    pub kid: String,
    /// Algorithm.
    pub algorithm: Algorithm,
    /// Code of the only product that it signs for; `None` for a shared key.
    pub product: Option<String>,
    /// Current state.
    pub state: KeyState,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Number of devices whose last token it signed, if that token is still valid.
    pub devices: u64,
    /// `true` if it may be retired: it has not stopped, and another key can sign in its place.
    pub may_retire: bool,
}

/// The public half of a signing key, in the two common formats.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicKey {
    /// The SubjectPublicKeyInfo in PEM (RFC 7468 §13).
    pub pem: String,
    /// The JWK (RFC 7517).
    pub jwk: Value,
}

impl Keys {
    /// All signing keys, oldest first. Their devices may have been counted up to ten minutes ago if there are very many.
    pub async fn signing_keys(&self) -> Result<Vec<ListedKey>> {
        let now = self.clock.now();
        let rows = self.store.read().await?.on().signing_keys().await?;
        let live = self.live_tokens.get(&self.store, now).await?;
        let listed = |row: &KeyRow| ListedKey {
            kid: row.kid.clone(),
            algorithm: row.algorithm,
            product: row.product_code.clone(),
            state: rotation::state(&rows, row, now),
            created_at: row.created_at,
            devices: live.get(&row.kid).copied().unwrap_or_default(),
            may_retire: check_retiring(&rows, row, now).is_ok(),
        };
        Ok(rows.iter().map(listed).collect())
    }

    /// Creates the next key of an algorithm, for all products or for one only; if there are pregenerated keys, uses the
    /// oldest of them and pregenerates another. It is published at once, and signs when every instance has published it
    /// for ten minutes, or at once if no key could sign before. Returns its id and that time, which a slow instance may
    /// postpone.
    ///
    /// # Errors
    /// `NotFound` for the product; `Conflict` if there already is a next key.
    #[tracing::instrument(skip_all, fields(?product))]
    pub async fn rotate_key(
        &self,
        algorithm: Algorithm,
        product: Option<Uuid>,
        actor: &Actor,
    ) -> Result<(String, DateTime<Utc>)> {
        let pair = Pair::generate(algorithm).await?;
        let mut tx = self.store.begin().await?;
        let product_code = match product {
            Some(id) => Some(tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.code),
            None => None,
        };
        tx.lock_signing_keys().await?;
        let keys = tx.on().signing_keys().await?;
        let now = self.clock.now();
        if let Some(at) = next_of(&keys, algorithm, product, now) {
            let at = at.format("%-d %B %Y, %H:%M UTC");
            return Err(Error::Conflict(format!("The next key already exists and signs from {at}.")));
        }
        let signs_from = match rotation::signer(&keys, algorithm, product_code.as_deref(), now) {
            Some(_) => OVERLAP.after(now),
            None => now,
        };
        let made = self.keyring.row(&pair, algorithm, now)?;
        let made = KeyRow { product_id: product, product_code, signs_from, ..made };
        let waiting = pregenerated::waiting(&keys, algorithm, product);
        let kid = match waiting.first() {
            Some(oldest) => {
                let another = pregenerated::queued_after(&waiting, made);
                write(&mut tx, &another, pregenerated::MADE, actor, now).await?;
                // The rotation comes last: a repeated call finds its key in the last event.
                pregenerated::schedule(&mut tx, oldest, signs_from, actor, now).await?;
                oldest.kid.clone()
            }
            None => {
                write(&mut tx, &made, EventKind::SigningKeyRotated, actor, now).await?;
                made.kid
            }
        };
        tx.commit().await?;
        self.keyring.reload().await?;
        Ok((kid, signs_from))
    }

    /// Stops a key from signing, from now on. It stays published until its last token has expired.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it has already stopped, or if no other key could sign in its place; `Invalid` with the
    /// field `reason`.
    #[tracing::instrument(skip_all, fields(kid))]
    pub async fn retire_key(&self, kid: &str, reason: Option<&str>, actor: &Actor) -> Result<()> {
        let reason = reason.map(read_reason).transpose()?;
        let mut tx = self.store.begin().await?;
        let (keys, old) = locked(&mut tx, kid).await?;
        let now = self.clock.now();
        check_retiring(&keys, &old, now).map_err(|why| Error::Conflict(why.to_owned()))?;
        let new = KeyRow { retired_at: Some(now), ..old };
        tx.update_signing_key(&new).await?;
        Record::new(actor, EventKind::SigningKeyRetired, subject(&new)).because(reason).write(&mut tx, now).await?;
        tx.commit().await?;
        self.keyring.reload().await
    }

    /// Removes a compromised key from the key set: at once on this instance, and within ten seconds on the others.
    /// Clients that cache the key set accept it for up to five minutes. Every token that it signed becomes
    /// unverifiable, so those devices must request a new one; returns their number. Another key takes over, created now
    /// if there is none; clients may not know that key for five minutes.
    ///
    /// `expected` is the number of devices that the caller is prepared to lose; `None` for any number.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it was already revoked, or if more devices than expected would be lost; `Invalid` with
    /// the field `reason`.
    #[tracing::instrument(skip_all, fields(kid))]
    pub async fn revoke_key(&self, kid: &str, reason: &str, expected: Option<u64>, actor: &Actor) -> Result<u64> {
        let reason = read_reason(reason)?;
        // Before the transaction: counting millions of devices in it would hold up every activation. A device that gets a
        // token in between is not counted.
        let (live, _) = live_tokens::count(&self.store, self.clock.now()).await?;
        let devices = live.get(kid).copied().unwrap_or_default();
        let mut tx = self.store.begin().await?;
        let (mut keys, old) = locked(&mut tx, kid).await?;
        let now = self.clock.now();
        if old.revoked_at.is_some() {
            return Err(Error::Conflict("This key was already revoked.".to_owned()));
        }
        if let Some(expected) = expected.filter(|expected| devices > *expected) {
            let holding = if devices == 1 { "1 device holds".to_owned() } else { format!("{devices} devices hold") };
            return Err(Error::Conflict(format!(
                "{holding} a valid token of this key, which is more than the {expected} that you expected to lose. The \
                 key was not revoked."
            )));
        }
        let algorithm = old.algorithm;
        let new = KeyRow { revoked_at: Some(now), revoked_because: Some(reason.clone()), ..old };
        tx.update_signing_key(&new).await?;
        keys.retain(|key| key.kid != kid);
        // The next key, although early, is better than none, or than a new one that no client has seen.
        if let Some(next) = rotation::signer(&keys, algorithm, None, now).filter(|next| next.signs_from > now) {
            tx.update_signing_key(&KeyRow { signs_from: now, ..next.clone() }).await?;
        }
        Record::new(actor, EventKind::SigningKeyRevoked, subject(&new))
            .made(&json!({ "devices": devices }))
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        self.keyring.reload().await?;
        self.keyring.signer(algorithm, None).await?;
        Ok(devices)
    }

    /// Returns the public half of a signing key, in any state.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn public_key(&self, kid: &str) -> Result<PublicKey> {
        self.public_keys().await?.remove(kid).ok_or(Error::NotFound("signing key"))
    }

    /// Returns the public halves of all signing keys, in any state, by key id.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn public_keys(&self) -> Result<HashMap<String, PublicKey>> {
        let rows = self.store.read().await?.on().signing_keys().await?;
        rows.into_iter()
            .map(|row| {
                let pkcs8 = self.vault.open(Purpose::SigningKey, &row.sealed)?;
                let public = SigningKey::read(&row.kid, row.algorithm, &pkcs8)?.public;
                let pem = pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, &public).map_err(Error::defect)?;
                Ok((row.kid, PublicKey { pem, jwk: row.public_jwk }))
            })
            .collect()
    }
}

/// Returns why a key cannot be retired now.
fn check_retiring(keys: &[KeyRow], key: &KeyRow, now: DateTime<Utc>) -> Result<(), &'static str> {
    match rotation::state(keys, key, now) {
        KeyState::Next(_) | KeyState::Ahead(_) | KeyState::Signs(_) => {}
        KeyState::Stopped(_) | KeyState::Gone(_) | KeyState::Revoked(_) => {
            return Err("This key has already stopped signing.");
        }
    }
    let mut after = keys.to_vec();
    after.iter_mut().filter(|other| other.kid == key.kid).for_each(|other| other.retired_at = Some(now));
    match rotation::current_signer(&after, key.algorithm, key.product_code.as_deref(), now)
        .or_else(|| rotation::current_signer(&after, key.algorithm, None, now))
    {
        Some(_) => Ok(()),
        None => Err("No other key can sign in its place: rotate first, then retire this key when the next one signs."),
    }
}

/// Locks all keys until the transaction ends. Returns them, and the one with that id.
async fn locked(tx: &mut Tx, kid: &str) -> Result<(Vec<KeyRow>, KeyRow)> {
    tx.lock_signing_keys().await?;
    let keys = tx.on().signing_keys().await?;
    let key = keys.iter().find(|key| key.kid == kid).cloned().ok_or(Error::NotFound("signing key"))?;
    Ok((keys, key))
}

/// The time at which the next key of an algorithm, for this product or for all, begins to sign.
fn next_of(keys: &[KeyRow], algorithm: Algorithm, product: Option<Uuid>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let of_these = keys.iter().filter(|key| key.algorithm == algorithm && key.product_id == product);
    of_these
        .map(|key| rotation::state(keys, key, now))
        .find_map(|state| if let KeyState::Next(at) = state { Some(at) } else { None })
}
