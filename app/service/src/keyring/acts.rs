//! What owners do with signing keys.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::product::Algorithm;
use serde_json::{Value, json};
use store::{Tx, keys::KeyRow};
use uuid::Uuid;

use super::{
    Pair, SigningKey, Standing, ahead, subject,
    turns::{self, OVERLAP},
    write,
};
use crate::{Actor, Error, Result, Service, licenses::read_reason, record::Record, vault::Purpose};

/// A signing key, as owners see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedKey {
    /// Its name: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// The code of the one product that it signs for.
    pub product: Option<String>,
    /// What it does now.
    pub standing: Standing,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The devices whose last token it signed and which is still good.
    pub devices: u64,
}

/// The public half of a signing key, in the two forms that software takes.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicKey {
    /// SubjectPublicKeyInfo in PEM (RFC 7468 §13).
    pub pem: String,
    /// A JWK (RFC 7517).
    pub jwk: Value,
}

impl Service {
    /// Every signing key, oldest first.
    pub async fn signing_keys(&self) -> Result<Vec<ListedKey>> {
        let now = self.clock().now();
        let mut reading = self.store().read().await?;
        let rows = reading.on().signing_keys().await?;
        let live = reading.on().live_tokens(now).await?;
        let live: HashMap<String, i64> = live.into_iter().map(|one| (one.kid, one.devices)).collect();
        let listed = |row: &KeyRow| ListedKey {
            kid: row.kid.clone(),
            algorithm: row.algorithm,
            product: row.product_code.clone(),
            standing: turns::standing(&rows, row, now),
            created_at: row.created_at,
            devices: live.get(&row.kid).copied().and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        };
        Ok(rows.iter().map(listed).collect())
    }

    /// Makes the next key of an algorithm, for all products or for one alone; or takes the oldest that was made ahead, and
    /// makes another of these. It is published at once, and signs when every instance has published it for ten minutes; at
    /// once where no key could sign before. Gives its name and that moment, which a slow instance may put off.
    ///
    /// # Errors
    /// `NotFound` (product); `Conflict` where the next key is there already.
    pub async fn rotate_key(
        &self,
        algorithm: Algorithm,
        product: Option<Uuid>,
        actor: &Actor,
    ) -> Result<(String, DateTime<Utc>)> {
        let pair = Pair::generate(algorithm).await?;
        let mut tx = self.store().begin().await?;
        let product_code = match product {
            Some(id) => Some(tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.code),
            None => None,
        };
        tx.lock_signing_keys().await?;
        let keys = tx.on().signing_keys().await?;
        let now = self.clock().now();
        if let Some(at) = next_of(&keys, algorithm, product, now) {
            let at = at.format("%-d %B %Y, %H:%M UTC");
            return Err(Error::Conflict(format!("The next key is there already, and signs from {at}.")));
        }
        let signs_from = match turns::signer(&keys, algorithm, product_code.as_deref(), now) {
            Some(_) => OVERLAP.after(now),
            None => now,
        };
        let made = self.0.keyring.row(&pair, algorithm, now)?;
        let made = KeyRow { product_id: product, product_code, signs_from, ..made };
        let waiting = ahead::waiting(&keys, algorithm, product);
        let kid = match waiting.first() {
            Some(oldest) => {
                ahead::call(&mut tx, oldest, signs_from, actor, now).await?;
                let another = ahead::behind(&waiting, made);
                write(&mut tx, &another, ahead::MADE, actor, now).await?;
                oldest.kid.clone()
            }
            None => {
                write(&mut tx, &made, "signing_key.rotated", actor, now).await?;
                made.kid
            }
        };
        tx.commit().await?;
        self.0.keyring.reload().await?;
        Ok((kid, signs_from))
    }

    /// Has a key sign no more, from now on. It stays published until its last token has ended.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it signs no more already, or where no other key could sign in its place.
    pub async fn retire_key(&self, kid: &str, actor: &Actor) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let (mut keys, old) = locked(&mut tx, kid).await?;
        let now = self.clock().now();
        match turns::standing(&keys, &old, now) {
            Standing::Next(_) | Standing::Ahead(_) | Standing::Signs(_) => {}
            Standing::Stopped(_) | Standing::Gone(_) | Standing::Revoked(_) => {
                return Err(Error::Conflict("This key signs no more already.".to_owned()));
            }
        }
        let new = KeyRow { retired_at: Some(now), ..old };
        keys.iter_mut().filter(|key| key.kid == kid).for_each(|key| key.retired_at = Some(now));
        let other = turns::in_turn(&keys, new.algorithm, new.product_code.as_deref(), now)
            .or_else(|| turns::in_turn(&keys, new.algorithm, None, now));
        if other.is_none() {
            return Err(Error::Conflict(
                "No other key can sign in its place: rotate first, and retire this one when the next one signs."
                    .to_owned(),
            ));
        }
        tx.update_signing_key(&new).await?;
        Record::new(actor, "signing_key.retired", subject(&new)).write(&mut tx, now).await?;
        tx.commit().await?;
        self.0.keyring.reload().await
    }

    /// Takes a compromised key out of the key set at once, on this instance, and on the others within ten seconds; clients
    /// that keep the key set for five minutes take it until then. Every token that it signed becomes unverifiable: its
    /// devices must ask for another. Gives how many there are. Another key takes over, made now where there is none; clients
    /// may not know that one for five minutes.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it was revoked before; `Invalid` with the field `reason`.
    pub async fn revoke_key(&self, kid: &str, reason: &str, actor: &Actor) -> Result<u64> {
        let reason = read_reason(reason)?;
        let mut tx = self.store().begin().await?;
        let (mut keys, old) = locked(&mut tx, kid).await?;
        let now = self.clock().now();
        if old.revoked_at.is_some() {
            return Err(Error::Conflict("This key was revoked already.".to_owned()));
        }
        let live = tx.on().live_tokens(now).await?;
        let devices = live.into_iter().find(|one| one.kid == kid).map_or(0, |one| one.devices.unsigned_abs());
        let algorithm = old.algorithm;
        let new = KeyRow { revoked_at: Some(now), revoked_because: Some(reason.clone()), ..old };
        tx.update_signing_key(&new).await?;
        keys.retain(|key| key.kid != kid);
        // Better the next one early than none, or one that nobody has heard of.
        if let Some(next) = turns::signer(&keys, algorithm, None, now).filter(|next| next.signs_from > now) {
            tx.update_signing_key(&KeyRow { signs_from: now, ..next.clone() }).await?;
        }
        Record::new(actor, "signing_key.revoked", subject(&new))
            .made(&json!({ "devices": devices }))
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        self.0.keyring.reload().await?;
        self.0.keyring.signer(algorithm, None).await?;
        Ok(devices)
    }

    /// The public half of a signing key, whatever its standing.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn public_key(&self, kid: &str) -> Result<PublicKey> {
        let rows = self.store().read().await?.on().signing_keys().await?;
        let row = rows.into_iter().find(|row| row.kid == kid).ok_or(Error::NotFound("signing key"))?;
        let pkcs8 = self.0.vault.open(Purpose::SigningKey, &row.sealed)?;
        let public = SigningKey::read(kid, row.algorithm, &pkcs8)?.public;
        Ok(PublicKey { pem: pem(&public), jwk: row.public_jwk })
    }
}

/// Lines of 64 characters (RFC 7468 §2).
fn pem(base64: &str) -> String {
    let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    for (n, c) in base64.chars().enumerate() {
        if n > 0 && n % 64 == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push_str("\n-----END PUBLIC KEY-----\n");
    pem
}

/// Every key, none of which changes until the transaction ends, and the one of that name.
async fn locked(tx: &mut Tx, kid: &str) -> Result<(Vec<KeyRow>, KeyRow)> {
    tx.lock_signing_keys().await?;
    let keys = tx.on().signing_keys().await?;
    let key = keys.iter().find(|key| key.kid == kid).cloned().ok_or(Error::NotFound("signing key"))?;
    Ok((keys, key))
}

/// When the next key of an algorithm, for this product or for all, begins to sign.
fn next_of(keys: &[KeyRow], algorithm: Algorithm, product: Option<Uuid>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let of_these = keys.iter().filter(|key| key.algorithm == algorithm && key.product_id == product);
    of_these
        .map(|key| turns::standing(keys, key, now))
        .find_map(|standing| if let Standing::Next(at) = standing { Some(at) } else { None })
}
