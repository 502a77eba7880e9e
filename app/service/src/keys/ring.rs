//! The keyring: all signing keys in memory, loaded from the database and created when there is none.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use licensing::{EventKind, Span, SubjectKind, product::Algorithm};
use serde_json::{Value, json};
use store::{Store, Tx, keys::KeyRow};
use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use super::{
    pair::{Pair, SigningKey},
    rotation,
};
use crate::{
    Actor, Clock, Error, Result,
    audit::{Record, Subject},
    crypto::vault::{Purpose, Vault},
};

/// Maximum age of the key set in memory, so that keys of other instances are published here too.
const FRESH: Duration = Duration::from_secs(10);
/// Maximum age of the key set when a key is unknown.
const SOON: Duration = Duration::from_secs(1);
/// Maximum time for which a caller waits for a reload.
const PATIENCE: Duration = Duration::from_secs(1);
/// Distance by which `tokens_until` is written ahead.
const AHEAD: Span = Span::days(1);

/// All signing keys, in memory.
#[derive(Debug)]
pub(crate) struct Keyring {
    pub(super) store: Store,
    vault: Arc<Vault>,
    pub(super) clock: Clock,
    held: RwLock<Held>,
    /// Held by the only writer in this process; the database's lock excludes other instances.
    writing: Mutex<()>,
    /// Id of this process among those that serve the database.
    pub(super) instance: Uuid,
}

#[derive(Debug)]
pub(super) struct Held {
    pub(super) rows: Vec<KeyRow>,
    /// Keys that sign, will sign, or are published.
    keys: HashMap<String, Arc<SigningKey>>,
    /// Time from which every key set answered here contains the key.
    pub(super) serves: BTreeMap<String, DateTime<Utc>>,
    read_at: Instant,
}

impl Keyring {
    pub(crate) async fn load(store: &Store, vault: &Arc<Vault>, clock: &Clock) -> Result<Self> {
        let nothing = Held { rows: vec![], keys: HashMap::new(), serves: BTreeMap::new(), read_at: Instant::now() };
        let keyring = Self {
            store: store.clone(),
            vault: Arc::clone(vault),
            clock: clock.clone(),
            held: RwLock::new(nothing),
            writing: Mutex::default(),
            instance: clock.id(),
        };
        keyring.reload().await?;
        // No key set has been answered yet, so these keys count as published since their creation.
        let made = keyring.held().rows.iter().map(|row| (row.kid.clone(), row.created_at)).collect();
        keyring.held_mut().serves = made;
        Ok(keyring)
    }

    /// Returns the key that signs a token of this algorithm for the product, to be valid until `until`. That time is
    /// committed before this returns, so the key is published at least as long.
    pub(crate) async fn key_for(
        &self,
        algorithm: Algorithm,
        product: Option<&str>,
        until: DateTime<Utc>,
    ) -> Result<Arc<SigningKey>> {
        match self.held_signer(algorithm, product) {
            Some(key) if self.is_published_until(&key.kid, until) => Ok(key),
            // Rare, and boxed so that it does not enlarge every request's future.
            Some(_) | None => Box::pin(self.key_until(algorithm, product, until)).await,
        }
    }

    async fn key_until(
        &self,
        algorithm: Algorithm,
        product: Option<&str>,
        until: DateTime<Utc>,
    ) -> Result<Arc<SigningKey>> {
        let key = self.signer(algorithm, product).await?;
        let _one = self.writing.lock().await;
        if !self.is_published_until(&key.kid, until) {
            self.extend(&key.kid, AHEAD.after(until)).await?;
        }
        Ok(key)
    }

    /// Returns the key that signs with this algorithm for the product, or the shared one if the product has none.
    /// Creates the first one if there is none.
    pub(crate) async fn signer(&self, algorithm: Algorithm, product: Option<&str>) -> Result<Arc<SigningKey>> {
        if let Some(key) = self.held_signer(algorithm, product) {
            return Ok(key);
        }
        let _one = self.writing.lock().await;
        self.reload().await?;
        if let Some(key) = self.held_signer(algorithm, product) {
            return Ok(key);
        }
        self.make_first(algorithm).await?;
        self.reload().await?;
        self.held_signer(algorithm, product).ok_or_else(|| Error::defect("a new signing key is missing"))
    }

    /// Returns the public key set. Reloaded when older than [`FRESH`]; answered from memory when the database is
    /// unavailable.
    pub(crate) async fn jwks(&self) -> Arc<Value> {
        self.reload_after(FRESH).await;
        let (held, now) = (self.held(), self.clock.now());
        let published = held.rows.iter().filter(|row| rotation::state(&held.rows, row, now).is_published());
        Arc::new(json!({ "keys": published.map(|row| &row.public_jwk).collect::<Vec<_>>() }))
    }

    /// Returns the public half of a key, as a JWK (RFC 7517), unless it was revoked. Includes keys that are no longer
    /// published, for tokens that have expired. Reloads at most once a second to find keys of other instances.
    pub(crate) async fn public_jwk(&self, kid: &str) -> Option<(Algorithm, Value)> {
        let find = || {
            let held = self.held();
            let row = held.rows.iter().find(|row| row.kid == kid)?;
            Some((row.revoked_at.is_none(), row.algorithm, row.public_jwk.clone()))
        };
        let mut found = find();
        if found.is_none() {
            self.reload_after(SOON).await;
            found = find();
        }
        found.filter(|(good, ..)| *good).map(|(_, algorithm, jwk)| (algorithm, jwk))
    }

    /// Returns `true` if this instance knows the key, and it was not revoked.
    pub(crate) fn is_usable(&self, kid: &str) -> bool {
        self.held().rows.iter().any(|row| row.kid == kid && row.revoked_at.is_none())
    }

    /// Returns the public half of the key that signed this token, as base64 of its SubjectPublicKeyInfo in DER.
    pub(crate) fn public_key_of(&self, token: &str) -> Result<String> {
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
        let held = self.held();
        let key = kid.and_then(|kid| held.keys.get(&kid));
        key.map(|key| STANDARD.encode(&key.public)).ok_or_else(|| Error::defect("a token signed by an unknown key"))
    }

    pub(crate) fn held_signer(&self, algorithm: Algorithm, product: Option<&str>) -> Option<Arc<SigningKey>> {
        let held = self.held();
        let row = rotation::signer(&held.rows, algorithm, product, self.clock.now())?;
        held.keys.get(&row.kid).cloned()
    }

    fn is_published_until(&self, kid: &str, until: DateTime<Utc>) -> bool {
        self.held().rows.iter().any(|row| row.kid == kid && row.tokens_until >= until)
    }

    async fn extend(&self, kid: &str, until: DateTime<Utc>) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.extend_signing_key(kid, until).await?;
        tx.commit().await?;
        for row in self.held_mut().rows.iter_mut().filter(|row| row.kid == kid) {
            row.tokens_until = row.tokens_until.max(until);
        }
        Ok(())
    }

    /// Reloads the keys if they are older than `age`. Only one caller reloads at a time, so an outage delays a single
    /// request.
    async fn reload_after(&self, age: Duration) {
        {
            let mut held = self.held_mut();
            if held.read_at.elapsed() <= age {
                return;
            }
            held.read_at = Instant::now();
        }
        match timeout(PATIENCE, self.reload()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the signing keys cannot be reloaded"),
            Err(_) => tracing::warn!("the signing keys cannot be reloaded: the database does not answer"),
        }
    }

    pub(super) async fn reload(&self) -> Result<()> {
        let rows = self.store.read().await?.on().signing_keys().await?;
        let mut known = self.held().keys.clone();
        let mut keys = HashMap::new();
        for row in &rows {
            if !rotation::state(&rows, row, self.clock.now()).is_published() {
                continue;
            }
            let key = match known.remove(&row.kid) {
                Some(key) => key,
                None => {
                    let pkcs8 = self.vault.open(Purpose::SigningKey, &row.sealed)?;
                    Arc::new(SigningKey::read(&row.kid, row.algorithm, &pkcs8)?)
                }
            };
            keys.insert(row.kid.clone(), key);
        }
        let mut held = self.held_mut();
        let now = self.clock.now();
        let since = |kid: &String| (kid.clone(), held.serves.get(kid).copied().unwrap_or(now));
        let serves = keys.keys().map(since).collect();
        *held = Held { rows, keys, serves, read_at: Instant::now() };
        Ok(())
    }

    /// Creates the first shared key of an algorithm, which signs at once.
    async fn make_first(&self, algorithm: Algorithm) -> Result<()> {
        let pair = Pair::generate(algorithm).await?;
        let mut tx = self.store.begin().await?;
        tx.lock_signing_keys().await?;
        let now = self.clock.now();
        if rotation::signer(&tx.on().signing_keys().await?, algorithm, None, now).is_none() {
            let row = self.row(&pair, algorithm, now)?;
            write(&mut tx, &row, EventKind::SigningKeyCreated, &Actor::server(), now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Builds the row of a shared key that signs at once.
    pub(super) fn row(&self, pair: &Pair, algorithm: Algorithm, now: DateTime<Utc>) -> Result<KeyRow> {
        Ok(KeyRow {
            kid: pair.kid.clone(),
            algorithm,
            product_id: None,
            product_code: None,
            public_jwk: serde_json::to_value(&pair.jwk).map_err(Error::defect)?,
            sealed: self.vault.seal(Purpose::SigningKey, &pair.pkcs8)?,
            created_at: now,
            signs_from: now,
            tokens_until: now,
            retired_at: None,
            revoked_at: None,
            revoked_because: None,
        })
    }

    pub(super) fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn held_mut(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn write(tx: &mut Tx, row: &KeyRow, kind: EventKind, actor: &Actor, now: DateTime<Utc>) -> Result<()> {
    tx.insert_signing_key(row).await?;
    Record::new(actor, kind, subject(row)).made(&described(row)).write(tx, now).await
}

/// Returns what the event of a new or scheduled key records. A pregenerated key has no time from which it signs.
pub(super) fn described(row: &KeyRow) -> Value {
    let signs_from = (row.signs_from != rotation::SOME_DAY).then_some(row.signs_from);
    json!({ "algorithm": row.algorithm, "product": row.product_code, "signs_from": signs_from })
}

pub(super) fn subject(row: &KeyRow) -> Subject {
    Subject { kind: SubjectKind::SigningKey, id: None, name: row.kid.clone(), license_id: None }
}
