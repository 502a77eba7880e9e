//! One identity provider: its settings, and what it says of itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    document::{Document, keys},
    outbound::{CallError, Outbound, plain},
};
use crate::config::IdentityProvider;

/// For how long what a provider says of itself is believed without asking again.
const FRESH: Duration = Duration::from_secs(3600);
/// For how long it is believed where the provider cannot be asked.
const GOOD: Duration = Duration::from_secs(24 * 3600);
/// How long a provider that was away is left alone.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often its keys are read again because a token names one that is not among them.
const KEYS_EVERY: Duration = Duration::from_secs(60);

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) document: Document,
    /// Its keys, a JWK set (RFC 7517 §5).
    pub(crate) keys: Arc<Value>,
    read_at: Instant,
}

#[derive(Default)]
struct Memory {
    known: Option<Known>,
    failed_at: Option<Instant>,
    keys_read_at: Option<Instant>,
    asking: bool,
}

/// One identity provider.
pub(crate) struct Provider {
    pub(crate) settings: IdentityProvider,
    pub(crate) outbound: Outbound,
    /// Held while the provider is asked: others wait for the same answer.
    memory: Mutex<Memory>,
}

impl Provider {
    pub(crate) fn new(settings: IdentityProvider, outbound: Outbound) -> Arc<Self> {
        Arc::new(Self { settings, outbound, memory: Mutex::default() })
    }

    /// What the provider says of itself. What is known is answered at once and, after an hour, asked for anew behind the
    /// answer; only where nothing is known does the caller wait.
    pub(crate) async fn known(self: &Arc<Self>) -> Result<Known, CallError> {
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
            _ if memory.is_away() => Err(CallError::Unreachable("it was away a moment ago".to_owned())),
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
            tracing::warn!(provider = self.settings.id, %error, "the identity provider cannot be asked again");
        }
        let mut memory = self.memory.lock().await;
        memory.asking = false;
        memory.learn(&found);
    }

    /// Whether the provider answers at this moment.
    pub(crate) async fn answers(&self) -> bool {
        self.discover().await.is_ok()
    }

    /// The same, with the keys read again where `kid` is not among them: once a minute at most, so that nobody can have us
    /// ask all the time.
    pub(crate) async fn knowing(self: &Arc<Self>, kid: Option<&str>) -> Result<Known, CallError> {
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
                let fresh = Known { document: known.document, keys, read_at: known.read_at };
                memory.known = Some(fresh.clone());
                Ok(fresh)
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.id, %error, "the identity provider’s keys cannot be read again");
                memory.known.clone().ok_or(error)
            }
        }
    }

    /// Reads the provider's own documents (OpenID Connect Discovery §4). Its issuer must be the one of the settings, byte
    /// for byte (§4.3), and every address in them must be on a host that the settings allow.
    async fn discover(&self) -> Result<Known, CallError> {
        let issuer = &self.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = Document::read(&self.outbound.json(&url, None).await?)?;
        if document.issuer != *issuer {
            let other = plain(&document.issuer);
            return Err(CallError::Nonsense(format!("it calls itself {other}, and the settings call it {issuer}")));
        }
        if let Some(stray) = document.addresses().find(|url| !self.outbound.allows(url)) {
            return Err(CallError::NotAllowed(plain(stray)));
        }
        let keys = self.keys(&document).await?;
        Ok(Known { document, keys, read_at: Instant::now() })
    }

    async fn keys(&self, document: &Document) -> Result<Arc<Value>, CallError> {
        Ok(Arc::new(keys(self.outbound.json(&document.jwks_uri, None).await?)?))
    }
}

impl Known {
    fn has_key(&self, kid: &str) -> bool {
        let keys = self.keys.get("keys").and_then(Value::as_array);
        keys.is_some_and(|keys| keys.iter().any(|key| key.get("kid").and_then(Value::as_str) == Some(kid)))
    }
}

impl Memory {
    fn is_away(&self) -> bool {
        self.failed_at.is_some_and(|at| at.elapsed() < PATIENCE)
    }

    fn learn(&mut self, found: &Result<Known, CallError>) {
        match found {
            Ok(known) => {
                self.known = Some(known.clone());
                self.failed_at = None;
            }
            Err(_) => self.failed_at = Some(Instant::now()),
        }
    }
}
