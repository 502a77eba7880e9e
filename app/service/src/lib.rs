//! The acts of Latchkey.
//!
//! The public API, the admin app and the command line all call the same acts, so each act is written once: open a
//! transaction, load facts, apply the rules, write, record the event, commit, and only then sign and answer.

mod accounts;
mod activation;
mod actor;
mod audit;
mod base;
mod clock;
mod counts;
mod crypto;
mod devices;
mod error;
mod identity;
mod keys;
mod licenses;
mod offline;
mod origin;
pub mod rate_limit;
mod retry;
mod vendor;

use std::sync::Arc;

pub use accounts::setup::SetupLink;
pub use accounts::{AccountLink, HostLink, Invited, NewAccount, NewOwner};
pub use activation::activate::{Activated, Activation};
pub use activation::call_fault::CallFault;
pub use activation::decisions::{Decision, Traced};
pub use activation::desk::Simulation;
pub use activation::dry_run::Hypothetical;
pub use activation::idempotency::{CallKey, HEADER as KEY_HEADER};
pub use activation::session::{CheckedOut, Renewal, Session, SessionAct};
pub use actor::{Actor, ActorKind, SignedIn};
pub use clock::{Clock, Timekeeper, Trust};
pub use counts::{Counter, Counts};
pub use crypto::vault::{SealedCookie, SealingKey, SealingKeyError};
pub use devices::authorize::{Entry, MOST_AT_ONCE, Registered};
pub use devices::blocks::{BlockedFor, MOST_FOUND, NewBlock};
pub use devices::names::hash_in_words;
pub use devices::settings::DeviceSettings;
pub use devices::tickets::{DeviceInUse, InUse};
pub use error::{Declined, Error, Result, Stale};
pub use identity::api_tokens::{ApiCaller, ApiToken, NewApiToken, TokenText};
pub use identity::identities::{Claimed, Connected, Connecting, Entrance};
pub use identity::logins::{Login, LoginRow};
pub use identity::provider_token::{ExpectedToken, audiences, numeric_date};
pub use identity::sign_in::DEVICE_KNOWN_FOR;
pub use identity::upstream_sessions::{NewSignOn, ProviderTokens, UpstreamSession};
pub use keys::status_list::{PublishedList, TakenPlaces};
pub use keys::token::{Claims, LicenseClaims, StatusClaim, StatusReference};
pub use keys::{KeyState, Keys, ListedKey, PublicKey};
pub use licenses::Licenses;
pub use licenses::change::{LicenseForm, NewLicense};
pub use licenses::policies::PolicyForm;
pub use licenses::products::ProductForm;
pub use offline::{DeviceKey, OfflineResponse, SignedOfflineFile, SignedRelease, SignedRequest};
pub use origin::Origin;
pub use store;
pub use vendor::Vendor;

use crate::{
    activation::{
        decisions::RefusalWriter,
        desk::{Desk, DeskContext, Idle},
        idempotency::InFlight,
    },
    base::Base,
    crypto::{password::Hasher, vault::Vault},
    identity::{
        failed_sign_ins::FailedAttempts,
        refusal_budget::{NotedOf, RefusalBudget},
    },
    keys::{Keyring, status_list::Places},
    rate_limit::RateLimits,
};

/// Handle to the service layer: every act is a method of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: store::Store,
    clock: Clock,
    timekeeper: Timekeeper,
    vault: Arc<Vault>,
    keys: Keys,
    licenses: Licenses,
    desk: Desk,
    in_flight: InFlight,
    refusal_writer: Arc<RefusalWriter>,
    hasher: Hasher,
    failed_attempts: FailedAttempts,
    rate_limits: RateLimits,
    noted: RefusalBudget,
    refused_logouts: NotedOf,
    vendor: Vendor,
    counter: Counter,
    /// The last event that the sweep of device events has visited.
    swept_events: tokio::sync::Mutex<uuid::Uuid>,
    /// The identity providers of the settings, once `know_issuers` has set them.
    issuers: std::sync::OnceLock<Vec<String>>,
    device_settings: std::sync::OnceLock<DeviceSettings>,
}

impl Service {
    /// Opens the service: loads the signing keys, creates the first one if there is none, and starts the activation
    /// desk. `issuer` is the tokens' `iss`, this server's public URL. Must be called inside a Tokio runtime.
    pub async fn open(store: store::Store, sealing_key: &SealingKey, clock: Clock, issuer: String) -> Result<Self> {
        let vault = Arc::new(Vault::new(sealing_key)?);
        let timekeeper = Timekeeper::start(store.clone(), clock.clone()).await?;
        accounts::addresses::canonicalize(&store, clock.now()).await?;
        let keyring = Arc::new(Keyring::load(&store.for_api(), &vault, &clock).await?);
        keyring.signer(licensing::product::Algorithm::default(), None).await?;
        let places = Places::new(store.for_desk(), Arc::clone(&vault), clock.clone());
        let refusal_writer = Arc::new(RefusalWriter::open(store.clone()));
        let desk = Desk::open(DeskContext {
            store: store.for_desk(),
            clock: clock.clone(),
            places: places.clone(),
            keyring: Arc::clone(&keyring),
            refusal_writer: Arc::clone(&refusal_writer),
            idle: Idle::default(),
        });
        let base = Base { store: store.clone(), clock: clock.clone(), vault: Arc::clone(&vault) };
        let licenses = Licenses::new(&base, Arc::clone(&keyring));
        let keys = Keys::new(&base, keyring, places, issuer.into());
        let (vendor, counter) = (Vendor::new(&base), Counter::new(&base));
        let (hasher, failed_attempts) = (Hasher::new(), FailedAttempts::default());
        let in_flight = InFlight::default();
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            timekeeper,
            vault,
            keys,
            licenses,
            vendor,
            counter,
            desk,
            refusal_writer,
            in_flight,
            hasher,
            failed_attempts,
            rate_limits: RateLimits::default(),
            noted: RefusalBudget::default(),
            refused_logouts: NotedOf::default(),
            swept_events: tokio::sync::Mutex::default(),
            issuers: std::sync::OnceLock::new(),
            device_settings: std::sync::OnceLock::new(),
        })))
    }

    /// The data layer, for reads.
    pub fn store(&self) -> &store::Store {
        &self.0.store
    }

    /// The data layer for requests from devices and programs. Its connections are separate, so pages never delay them.
    pub(crate) fn api_store(&self) -> store::Store {
        self.0.store.for_api()
    }

    /// Returns `Ok` if the database answers and accepts writes, judged by the activation desk's last result.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.0.store.ready().await?)
    }

    /// The clock that all acts use.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Products, policies and licenses.
    pub fn licenses(&self) -> &Licenses {
        &self.0.licenses
    }

    /// Signing keys, tokens and status lists.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The vendor's profile.
    pub fn vendor(&self) -> &Vendor {
        &self.0.vendor
    }

    /// Counts of licenses and seats.
    pub fn counter(&self) -> &Counter {
        &self.0.counter
    }

    /// The clock mark, and trust in the clock.
    pub fn timekeeper(&self) -> &Timekeeper {
        &self.0.timekeeper
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// Finishes the desk's current work, writes the pending refusals, and closes the database. Later requests are
    /// answered `Unavailable`.
    pub async fn close(&self) {
        self.0.desk.close().await;
        self.0.refusal_writer.close().await;
        self.0.timekeeper.leave_time().await;
        self.0.store.close().await;
    }

    /// The limits of this instance.
    pub fn rate_limits(&self) -> &RateLimits {
        &self.0.rate_limits
    }

    /// Returns `true` if another warning that a stranger caused may be logged.
    pub fn may_warn(&self) -> bool {
        self.rate_limits().take(rate_limit::Limit::Warning, rate_limit::Bucket::Shared, self.clock().now()).is_ok()
    }
}
