//! The vendor's profile, kept in memory: every page and every answer of the public API names the vendor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use licensing::{Email, EventKind, Invalid, SubjectKind, text};
use store::{Store, provider::Provider};

use crate::{
    Actor, Clock, Error, Result, Stale,
    audit::{Record, Subject},
    base::Base,
    retry::retried,
};

/// Maximum length of the legal notice, in characters. Devices store it with their license.
const LONGEST_NOTICE: usize = 2_000;
/// Maximum length of the other lines, in characters.
const LONGEST_LINE: usize = 200;

/// Input for changing the vendor's profile. All but the name may be empty.
#[derive(Clone, Debug, Default)]
pub struct ProviderForm {
    /// Company name, 1–80 characters.
    pub name: String,
    /// E-mail address for customers.
    pub email: String,
    /// Website: an `https` or `http` address.
    pub url: String,
    /// One line about the service.
    pub description: String,
    /// Copyright line.
    pub copyright: String,
    /// Legal notice; at most 2,000 characters.
    pub legal_notice: String,
}

impl ProviderForm {
    fn read(self, old: &Provider) -> Result<Provider, Invalid> {
        let mut wrong = Invalid::default();
        let name = wrong.keep("name", text::name(&self.name, text::LONGEST_NAME)).unwrap_or_default();
        let email = match self.email.trim() {
            "" => None,
            given => wrong.keep("email", Email::read(given)).map(|it| it.to_string()),
        };
        let url = wrong.keep("url", text::line(&self.url, LONGEST_LINE)).flatten();
        let is_address = |url: &String| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        };
        if url.as_ref().is_some_and(|url| !is_address(url)) {
            wrong.add("url", "must be an address, such as https://example.com");
        }
        let description = wrong.keep("description", text::line(&self.description, LONGEST_LINE)).flatten();
        let copyright = wrong.keep("copyright", text::line(&self.copyright, LONGEST_LINE)).flatten();
        let legal_notice = wrong.keep("legal_notice", text::note(&self.legal_notice, LONGEST_NOTICE)).flatten();
        wrong.or(Provider { name, email, url, description, copyright, legal_notice, revision: old.revision + 1 })
    }
}

/// The acts on the vendor's profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vendor {
    store: Store,
    clock: Clock,
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
        Self { store: base.store.clone(), clock: base.clock.clone(), cache: Arc::default() }
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

    /// Changes the vendor's profile, from a form opened at revision `opened`. Devices get it with their next license.
    ///
    /// # Errors
    /// `Invalid` with the fields of [`ProviderForm`]; `Stale` if another change came first; `NotFound` before the server
    /// is set up.
    #[tracing::instrument(skip_all)]
    pub async fn save_provider(&self, opened: Option<i64>, form: ProviderForm, actor: &Actor) -> Result<()> {
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let old = tx.lock_provider().await?.ok_or(Error::NotFound("profile"))?;
            let new = form.clone().read(&old)?;
            Stale::check(opened, old.revision, (&old, &new))?;
            let now = self.clock.now();
            tx.put_provider(&new, now).await?;
            let subject = Subject { kind: SubjectKind::Provider, id: None, name: new.name.clone(), license_id: None };
            Record::new(actor, EventKind::OrganizationChanged, subject).changed(&old, &new).write(&mut tx, now).await?;
            tx.commit().await?;
            Ok(())
        })
        .await?;
        self.provider_changed();
        Ok(())
    }

    /// Forgets the profile in memory. Every act that writes the profile calls this after its commit.
    pub(crate) fn provider_changed(&self) {
        self.cache.invalidate();
    }
}
