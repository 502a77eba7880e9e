//! One identity provider: its settings and its cached documents.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::sync::Mutex;

use super::document::{Document, keys};
use crate::{
    config::IdentityProvider,
    outbound::{CallError, Outbound, plain},
};

/// Age at which the documents are refreshed.
const FRESH: Duration = Duration::from_secs(3600);
/// Age up to which they are used if the provider cannot be reached.
const GOOD: Duration = Duration::from_secs(24 * 3600);
/// Pause after a failed call to the provider.
const PATIENCE: Duration = Duration::from_secs(3);
/// Minimum interval between reading the keys again because a token names an unknown one.
const KEYS_EVERY: Duration = Duration::from_secs(60);

/// The provider's own documents.
#[derive(Clone, Debug)]
pub(crate) struct ProviderMetadata {
    pub(crate) document: Document,
    /// Key set, a JWK set (RFC 7517 §5).
    pub(crate) keys: Arc<Value>,
    read_at: Instant,
}

#[derive(Default)]
struct Memory {
    known: Option<ProviderMetadata>,
    failed_at: Option<Instant>,
    keys_read_at: Option<Instant>,
    asking: bool,
}

/// One identity provider.
pub(crate) struct Provider {
    pub(crate) settings: IdentityProvider,
    pub(crate) outbound: Outbound,
    /// Held while a caller waits for the provider, so that other requests wait for the same result.
    memory: Mutex<Memory>,
}

impl Provider {
    pub(crate) fn new(settings: IdentityProvider, outbound: Outbound) -> Arc<Self> {
        Arc::new(Self { settings, outbound, memory: Mutex::default() })
    }

    /// Returns the provider's documents. Cached ones are returned at once and, after an hour, refreshed in the
    /// background. The caller waits only if none are cached.
    pub(crate) async fn known(self: &Arc<Self>) -> Result<ProviderMetadata, CallError> {
        let mut memory = self.memory.lock().await;
        match &memory.known {
            Some(known) if known.read_at.elapsed() < GOOD => {
                let known = known.clone();
                if known.read_at.elapsed() > FRESH && !memory.asking && !memory.is_away() {
                    memory.asking = true;
                    tokio::spawn(Arc::clone(self).ask_again());
                }
                Ok(known)
            }
            _ if memory.is_away() => Err(CallError::Unreachable("it was unavailable a moment ago".to_owned())),
            _ => {
                let found = self.discover().await;
                memory.learn(&found);
                found
            }
        }
    }

    async fn ask_again(self: Arc<Self>) {
        let found = self.discover().await;
        if let Err(error) = &found {
            tracing::warn!(provider = self.settings.id, %error, "the identity provider's documents cannot be refreshed");
        }
        let mut memory = self.memory.lock().await;
        memory.asking = false;
        memory.learn(&found);
    }

    /// Returns `true` if the provider answers now.
    pub(crate) async fn answers(&self) -> bool {
        self.discover().await.is_ok()
    }

    /// Like [`known`](Self::known), but reads the keys again if `kid` is not among them, at most once a minute, so that
    /// tokens with unknown keys cannot make us call the provider all the time.
    pub(crate) async fn knowing(self: &Arc<Self>, kid: Option<&str>) -> Result<ProviderMetadata, CallError> {
        let known = self.known().await?;
        let Some(kid) = kid.filter(|kid| !known.has_key(kid)) else { return Ok(known) };
        let mut memory = self.memory.lock().await;
        let newer = memory.known.as_ref().filter(|newer| newer.has_key(kid));
        if let Some(newer) = newer {
            return Ok(newer.clone());
        }
        if memory.keys_read_at.is_some_and(|at| at.elapsed() < KEYS_EVERY) {
            return Ok(known);
        }
        memory.keys_read_at = Some(Instant::now());
        match self.keys(&known.document).await {
            Ok(keys) => {
                let fresh = ProviderMetadata { document: known.document, keys, read_at: known.read_at };
                memory.known = Some(fresh.clone());
                Ok(fresh)
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.id, %error, "the identity provider’s keys cannot be refreshed");
                memory.known.clone().ok_or(error)
            }
        }
    }

    /// Fetches the provider's documents (OpenID Connect Discovery §4). The issuer must equal that of the settings byte
    /// for byte (§4.3), and every URL must be on a host that the settings allow.
    async fn discover(&self) -> Result<ProviderMetadata, CallError> {
        let issuer = &self.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = Document::read(&self.outbound.json(&url, None).await?)?;
        if document.issuer != *issuer {
            let other = plain(&document.issuer);
            return Err(CallError::Nonsense(format!(
                "it calls itself {other}, but its issuer in the settings is {issuer}"
            )));
        }
        if let Some(stray) = document.addresses().find(|url| !self.outbound.allows(url)) {
            return Err(CallError::NotAllowed(plain(stray)));
        }
        let keys = self.keys(&document).await?;
        Ok(ProviderMetadata { document, keys, read_at: Instant::now() })
    }

    async fn keys(&self, document: &Document) -> Result<Arc<Value>, CallError> {
        Ok(Arc::new(keys(self.outbound.json(&document.jwks_uri, None).await?)?))
    }
}

impl ProviderMetadata {
    fn has_key(&self, kid: &str) -> bool {
        let keys = self.keys.get("keys").and_then(Value::as_array);
        keys.is_some_and(|keys| keys.iter().any(|key| key.get("kid").and_then(Value::as_str) == Some(kid)))
    }
}

impl Memory {
    fn is_away(&self) -> bool {
        self.failed_at.is_some_and(|at| at.elapsed() < PATIENCE)
    }

    fn learn(&mut self, found: &Result<ProviderMetadata, CallError>) {
        match found {
            Ok(known) => {
                self.known = Some(known.clone());
                self.failed_at = None;
            }
            Err(_) => self.failed_at = Some(Instant::now()),
        }
    }
}
