//! The vendor's profile, kept in memory: every page and every answer of the public API names the vendor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::{Store, provider::Provider};

use crate::{Result, base::Base};

/// The acts on the vendor's profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vendor {
    store: Store,
    cache: Arc<ProviderCache>,
}

/// The profile as it was last read.
#[derive(Debug, Default)]
struct ProviderCache(Mutex<Cached>);

#[derive(Debug, Default)]
struct Cached {
    profile: Option<Arc<Provider>>,
    /// Counts invalidations, so that a profile read before a change is not kept after it.
    changes: u64,
}

impl ProviderCache {
    async fn get(&self, store: &Store) -> Result<Arc<Provider>> {
        // Bound to a variable so that the lock is not held while the database answers.
        let known = self.cached().profile.clone();
        match known {
            Some(profile) => Ok(profile),
            None => self.read(store).await,
        }
    }

    async fn read(&self, store: &Store) -> Result<Arc<Provider>> {
        let before = self.cached().changes;
        let profile = Arc::new(store.read().await?.on().provider().await?.unwrap_or_default());
        let mut cached = self.cached();
        if cached.changes == before {
            cached.profile = Some(Arc::clone(&profile));
        }
        Ok(profile)
    }

    fn invalidate(&self) {
        let mut cached = self.cached();
        *cached = Cached { profile: None, changes: cached.changes + 1 };
    }

    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vendor {
    pub(crate) fn new(base: &Base) -> Self {
        Self { store: base.store.clone(), cache: Arc::default() }
    }

    /// The vendor's profile; an empty one before the server is set up. Answered from memory.
    pub async fn provider(&self) -> Result<Arc<Provider>> {
        self.cache.get(&self.store).await
    }

    /// Reads the profile again, to pick up changes made by other instances. Must be called every ten seconds.
    ///
    /// # Errors
    /// `Unavailable` during an outage of the database; the profile in memory then stays.
    pub async fn refresh_provider(&self) -> Result<()> {
        self.cache.read(&self.store).await.map(drop)
    }

    /// Forgets the profile in memory. Every act that writes the profile calls this after its commit.
    pub(crate) fn provider_changed(&self) {
        self.cache.invalidate();
    }
}
