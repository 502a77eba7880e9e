//! The configured identity providers.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::provider::Provider;
use crate::{Config, outbound::Outbound};

/// Number of locks among which upstream sessions are spread, so that two of them rarely wait for each other.
const CHECKS: usize = 1024;

/// The configured identity providers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Providers(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) all: Vec<Arc<Provider>>,
    /// Locks for checks: of the requests of one login, one asks the provider and the others wait for its result.
    pub(super) checks: [Mutex<()>; CHECKS],
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.all.iter().map(|provider| &provider.settings.id)).finish()
    }
}

impl Providers {
    /// Creates the configured providers, without calling them.
    pub(crate) fn new(config: &Config) -> Self {
        let trust = if config.oidc.is_empty() { None } else { Outbound::trust() };
        let all =
            config.oidc.iter().map(|settings| Provider::new(settings.clone(), Outbound::to(settings, trust.clone())));
        Self(Arc::new(Inner { all: all.collect(), checks: [const { Mutex::const_new(()) }; CHECKS] }))
    }

    /// Fetches every provider's documents, so that the first sign-in need not wait. An unavailable provider is asked
    /// again when someone signs in there.
    pub(crate) async fn begin(self) {
        for provider in &self.0.all {
            match provider.known().await {
                Ok(_) => {
                    tracing::info!(provider = provider.settings.id, "sign-in at the identity provider is available")
                }
                Err(error) => {
                    tracing::warn!(provider = provider.settings.id, %error, "the identity provider is not available yet")
                }
            }
        }
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Arc<Provider>> {
        self.0.all.iter().find(|provider| provider.settings.id == id)
    }

    pub(super) fn by_issuer(&self, issuer: &str) -> Option<&Arc<Provider>> {
        self.0.all.iter().find(|provider| provider.settings.issuer == issuer)
    }
}
