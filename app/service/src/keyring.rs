//! Signing keys: made, sealed, loaded, published.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    EncodingKey,
    jwk::{Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use licensing::product::Algorithm;
use serde_json::{Value, json};
use store::{Store, keys::KeyRow};
use tokio::time::timeout;

use crate::{
    Clock, Error, Result,
    record::{Record, Subject},
    vault::{Purpose, Vault},
};

/// How old the key set in memory may be before it is read again, so that keys of other instances are published here too.
const FRESH: Duration = Duration::from_secs(10);
/// How long a caller waits for that.
const PATIENCE: Duration = Duration::from_secs(1);

/// A key that signs.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) encoding: EncodingKey,
    /// The public half, as base64 of its SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7).
    pub(crate) public: String,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Every signing key, in memory.
#[derive(Debug)]
pub(crate) struct Keyring {
    store: Store,
    vault: Arc<Vault>,
    clock: Clock,
    held: RwLock<Held>,
    /// One maker at a time within this process; the database's lock keeps other instances out.
    making: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Held {
    active: HashMap<Algorithm, Arc<SigningKey>>,
    jwks: Arc<Value>,
    read_at: Instant,
}

impl Keyring {
    pub(crate) async fn load(store: &Store, vault: &Arc<Vault>, clock: &Clock) -> Result<Self> {
        let held = read(store, vault).await?;
        Ok(Self {
            store: store.clone(),
            vault: Arc::clone(vault),
            clock: clock.clone(),
            held: RwLock::new(held),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// The key that signs with this algorithm; made now where there is none.
    pub(crate) async fn key(&self, algorithm: Algorithm) -> Result<Arc<SigningKey>> {
        if let Some(key) = self.active(algorithm) {
            return Ok(key);
        }
        let _one = self.making.lock().await;
        self.reload().await?;
        if let Some(key) = self.active(algorithm) {
            return Ok(key);
        }
        self.make(algorithm).await?;
        self.reload().await?;
        self.active(algorithm).ok_or_else(|| Error::defect("a signing key vanished"))
    }

    /// The public key set. Read again when it is older than [`FRESH`]; from memory when the database is away.
    pub(crate) async fn jwks(&self) -> Arc<Value> {
        if self.falls_due() {
            match timeout(PATIENCE, self.reload()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the signing keys cannot be read again"),
                Err(_) => tracing::warn!("the signing keys cannot be read again: the database does not answer"),
            }
        }
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).jwks)
    }

    /// Whether the keys are due to be read again: `true` for one caller each time, so that an outage makes one wait in ten
    /// seconds and not everybody.
    fn falls_due(&self) -> bool {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let due = held.read_at.elapsed() > FRESH;
        if due {
            held.read_at = Instant::now();
        }
        due
    }

    /// The public half of the active key that signed this token.
    pub(crate) fn public_key_of(&self, token: &str) -> Result<String> {
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let key = held.active.values().find(|key| kid.as_ref() == Some(&key.kid));
        key.map(|key| key.public.clone()).ok_or_else(|| Error::defect("a token whose key is not here"))
    }

    fn active(&self, algorithm: Algorithm) -> Option<Arc<SigningKey>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).active.get(&algorithm).cloned()
    }

    async fn reload(&self) -> Result<()> {
        let held = read(&self.store, &self.vault).await?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(())
    }

    async fn make(&self, algorithm: Algorithm) -> Result<()> {
        // An RSA key takes a good part of a second to find.
        let pkcs8 = tokio::task::spawn_blocking(move || generate(algorithm)).await.map_err(Error::defect)??;
        let jwk = public_jwk(algorithm, &encoding_key(algorithm, &pkcs8)?)?;
        let kid = jwk.common.key_id.clone().ok_or_else(|| Error::defect("a key without a name"))?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        tx.lock_signing_keys().await?;
        let keys = tx.on().signing_keys().await?;
        if keys.iter().any(|k| k.algorithm == algorithm && k.state == "active") {
            return Ok(());
        }
        let row = KeyRow {
            kid: kid.clone(),
            algorithm,
            state: "active".to_owned(),
            public_jwk: serde_json::to_value(&jwk).map_err(Error::defect)?,
            sealed: self.vault.seal(Purpose::SigningKey, &pkcs8)?,
            created_at: now,
            retired_at: None,
        };
        tx.insert_signing_key(&row).await?;
        let subject = Subject { kind: "signing_key", id: None, name: kid, license_id: None };
        let made = json!({ "algorithm": algorithm });
        Record::new(&crate::Actor::server(), "signing_key.created", subject).made(&made).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn read(store: &Store, vault: &Vault) -> Result<Held> {
    let rows = store.read().await?.on().signing_keys().await?;
    let mut active = HashMap::new();
    for row in rows.iter().filter(|r| r.state == "active") {
        let pkcs8 = vault.open(Purpose::SigningKey, &row.sealed)?;
        let (encoding, public) = (encoding_key(row.algorithm, &pkcs8)?, public_key(row.algorithm, &pkcs8)?);
        let key = SigningKey { kid: row.kid.clone(), algorithm: row.algorithm, encoding, public };
        active.insert(row.algorithm, Arc::new(key));
    }
    let public: Vec<&Value> = rows.iter().map(|r| &r.public_jwk).collect();
    Ok(Held { active, jwks: Arc::new(json!({ "keys": public })), read_at: Instant::now() })
}

/// A fresh private key, as PKCS #8 (RFC 5958).
fn generate(algorithm: Algorithm) -> Result<Vec<u8>> {
    let failed = |_| Error::defect("a signing key could not be made");
    let random = SystemRandom::new();
    Ok(match algorithm {
        Algorithm::ES256 => {
            let signing = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            EcdsaKeyPair::generate_pkcs8(signing, &random).map_err(failed)?.as_ref().to_vec()
        }
        Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8v1(&random).map_err(failed)?.as_ref().to_vec(),
        Algorithm::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
            pair.as_der().map_err(failed)?.as_ref().to_vec()
        }
    })
}

fn encoding_key(algorithm: Algorithm, pkcs8: &[u8]) -> Result<EncodingKey> {
    Ok(match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_der(pkcs8),
        Algorithm::EdDSA => EncodingKey::from_ed_der(pkcs8),
        // jsonwebtoken takes RSA as PKCS #1 in DER, and as PKCS #8 only in PEM.
        Algorithm::RS256 => {
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8));
            EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(Error::defect)?
        }
    })
}

fn public_key(algorithm: Algorithm, pkcs8: &[u8]) -> Result<String> {
    let signing = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let der: PublicKeyX509Der<'_> = match algorithm {
        Algorithm::ES256 => EcdsaKeyPair::from_pkcs8(signing, pkcs8).map_err(Error::defect)?.public_key().as_der(),
        Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(pkcs8).map_err(Error::defect)?.public_key().as_der(),
        Algorithm::RS256 => RsaKeyPair::from_pkcs8(pkcs8).map_err(Error::defect)?.public_key().as_der(),
    }
    .map_err(|_| Error::defect("a public key cannot be written"))?;
    Ok(STANDARD.encode(der.as_ref()))
}

/// The public half (RFC 7517 §4): named by its RFC 7638 thumbprint, for signatures, with its one algorithm.
fn public_jwk(algorithm: Algorithm, key: &EncodingKey) -> Result<Jwk> {
    let mut jwk = Jwk::from_encoding_key(key, token_algorithm(algorithm)).map_err(Error::defect)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(Error::defect)?;
    jwk.common.key_id = Some(kid);
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    jwk.common.key_algorithm = Some(match algorithm {
        Algorithm::ES256 => KeyAlgorithm::ES256,
        Algorithm::EdDSA => KeyAlgorithm::EdDSA,
        Algorithm::RS256 => KeyAlgorithm::RS256,
    });
    Ok(jwk)
}

/// The same algorithm in jsonwebtoken's words.
pub(crate) const fn token_algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 A.1 to A.3: a key, its public half, and its thumbprint.
    #[test]
    fn the_ed25519_key_of_rfc_8037_has_its_name_there() {
        let d = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let pkcs8 = format!("302e020100300506032b657004220420{d}");
        let pkcs8: Vec<u8> =
            (0..pkcs8.len()).step_by(2).map(|i| u8::from_str_radix(&pkcs8[i..i + 2], 16).unwrap()).collect();
        let jwk = public_jwk(Algorithm::EdDSA, &encoding_key(Algorithm::EdDSA, &pkcs8).unwrap()).unwrap();
        let expected = json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "use": "sig",
            "alg": "EdDSA",
        });
        assert_eq!(serde_json::to_value(jwk).unwrap(), expected);
    }
}
