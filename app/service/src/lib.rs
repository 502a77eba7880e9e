//! The acts of Latchkey.
//!
//! The public API, the admin app and the command line are three doors to the same acts, and an act is written once:
//! open a transaction, load facts, ask the rules, write, record the event, commit, and only then sign and answer.

mod accounts;
mod activate;
mod activations;
mod actor;
mod api_tokens;
mod attempts;
mod authorize;
mod blocks;
mod budget;
mod calls;
mod clock;
mod codes;
mod counts;
mod decisions;
mod desk;
mod device_settings;
mod devices;
mod error;
mod foresee;
mod identities;
mod issue;
mod keyring;
mod licenses;
mod logins;
mod moves;
mod offline;
mod password;
mod policies;
mod products;
mod provider;
mod provider_token;
pub mod rate_limit;
mod record;
mod retry;
mod session;
mod setup;
mod sign_in;
mod sign_ons;
mod status;
mod tickets;
mod token;
mod undo;
mod vault;

use std::sync::Arc;

pub use accounts::{AccountLink, HostLink, Invited, NewAccount, NewOwner};
pub use activate::{Activated, Activation};
pub use actor::{Actor, ActorKind, Origin, SignedIn};
pub use api_tokens::{ApiToken, Machine, NewApiToken, TokenText};
pub use authorize::{Entered, Entry, MOST_AT_ONCE};
pub use blocks::{BlockedFor, MOST_FOUND, NewBlock};
pub use calls::{CallFault, CallKey, HEADER as KEY_HEADER};
pub use clock::{Clock, Trust};
pub use counts::Counts;
pub use decisions::{Decision, Traced};
pub use desk::Foreseen;
pub use device_settings::DeviceSettings;
pub use devices::hash_in_words;
pub use error::{Declined, Error, Stale};
pub use foresee::Supposed;
pub use identities::{Claimed, Connected, Connecting, Entrance};
pub use keyring::{ListedKey, PublicKey, Standing};
pub use licenses::{LicenseForm, NewLicense};
pub use logins::{Login, LoginRow};
pub use offline::{DeviceKey, OfflineResponse, SignedPaper, SignedRelease, SignedRequest};
pub use policies::PolicyForm;
pub use products::ProductForm;
pub use provider_token::{ExpectedToken, audiences, numeric_date};
pub use session::{CheckedOut, Renewal, Session, SessionWish};
pub use setup::SetupLink;
pub use sign_in::DEVICE_KNOWN_FOR;
pub use sign_ons::{Keepsake, NewSignOn, ProviderTokens, SignOn};
pub use status::{PublishedList, TakenPlaces};
pub use store;
pub use tickets::{DeviceInUse, InUse};
pub use token::{Claims, LicenseClaims, StatusClaim, StatusReference};
pub use vault::{SealingKey, SealingKeyError};

use crate::{
    attempts::Attempts,
    calls::InFlight,
    decisions::Behind,
    desk::{Desk, Idle, Office},
    keyring::Keyring,
    password::Hasher,
    rate_limit::RateLimits,
    sign_ons::{Noted, NotedOf},
    status::{Lists, Places},
    vault::Vault,
};

/// What an act gives, or why it did not happen.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The house's one handle: every act is a method of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: store::Store,
    clock: Clock,
    /// When an owner last confirmed the time, as far as this instance has heeded it.
    confirmed: tokio::sync::Mutex<Option<chrono::DateTime<chrono::Utc>>>,
    vault: Arc<Vault>,
    keyring: Arc<Keyring>,
    desk: Desk,
    in_flight: InFlight,
    behind: Arc<Behind>,
    places: Places,
    lists: Lists,
    hasher: Hasher,
    /// As many places as there are cores, for those who sign with much arithmetic.
    cores: Arc<tokio::sync::Semaphore>,
    attempts: Attempts,
    rate_limits: RateLimits,
    noted: Noted,
    refused_logouts: NotedOf,
    provider: provider::ProviderCache,
    counts: counts::LastCounts,
    issuer: String,
    /// The last event that the sweep of device events has looked at.
    swept_events: tokio::sync::Mutex<uuid::Uuid>,
    /// The identity providers of the settings, once they are told.
    issuers: std::sync::OnceLock<Vec<String>>,
    device_settings: std::sync::OnceLock<DeviceSettings>,
}

impl Service {
    /// Opens the house: loads the signing keys, makes the first one where there is none, and sets up the activation desk.
    /// `issuer` is the tokens' `iss`, this server's public URL. Must be called inside a tokio runtime.
    pub async fn open(store: store::Store, sealing_key: &SealingKey, clock: Clock, issuer: String) -> Result<Self> {
        let vault = Arc::new(Vault::new(sealing_key)?);
        let confirmed = tokio::sync::Mutex::new(clock.start(&store).await?);
        accounts::addresses::canonicalize(&store, clock.now()).await?;
        let keyring = Arc::new(Keyring::load(&store.for_api(), &vault, &clock).await?);
        keyring.signer(licensing::product::Algorithm::default(), None).await?;
        let places = Places::new(store.for_desk(), Arc::clone(&vault), clock.clone());
        let (at_hand, keys) = (places.clone(), Arc::clone(&keyring));
        let behind = Arc::new(Behind::open(store.clone()));
        let desk = Desk::open(Office {
            store: store.for_desk(),
            clock: clock.clone(),
            places: at_hand,
            keyring: keys,
            behind: Arc::clone(&behind),
            idle: Idle::default(),
        });
        let (hasher, attempts, lists) = (Hasher::new(), Attempts::default(), Lists::default());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let in_flight = InFlight::default();
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            confirmed,
            vault,
            keyring,
            desk,
            behind,
            in_flight,
            places,
            lists,
            hasher,
            cores: Arc::new(tokio::sync::Semaphore::new(cores)),
            attempts,
            rate_limits: RateLimits::default(),
            noted: Noted::default(),
            refused_logouts: NotedOf::default(),
            provider: provider::ProviderCache::default(),
            counts: counts::LastCounts::default(),
            issuer,
            swept_events: tokio::sync::Mutex::default(),
            issuers: std::sync::OnceLock::new(),
            device_settings: std::sync::OnceLock::new(),
        })))
    }

    /// The data layer, for reads.
    pub fn store(&self) -> &store::Store {
        &self.0.store
    }

    /// The data layer, for what devices and programs ask: no page keeps it waiting.
    pub(crate) fn api_store(&self) -> store::Store {
        self.0.store.for_api()
    }

    /// Whether the database answers and takes writes, going by what the activation desk saw last.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.0.store.ready().await?)
    }

    /// The one clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The tokens' `iss`: this server's public URL, without a slash at its end.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The public half of every key that a live token may need, as a JWK set (RFC 7517 §5). Answered from memory when the
    /// database is away.
    pub async fn jwks(&self) -> Arc<serde_json::Value> {
        self.0.keyring.jwks().await
    }

    /// The public key that verifies this token of ours: base64 of its SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7).
    pub fn public_key_of(&self, token: &str) -> Result<String> {
        self.0.keyring.public_key_of(token)
    }

    /// The public key that verifies this token of ours, as a JWK (RFC 7517).
    pub(crate) async fn public_jwk_of(&self, token: &str) -> Result<serde_json::Value> {
        let lost = || Error::defect("a token whose key is not here");
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(lost)?;
        Ok(self.0.keyring.public_jwk(&kid).await.ok_or_else(lost)?.1)
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// Finishes what the desk has begun, writes down the refusals that wait for it, and closes the database. Requests after
    /// this are answered `Unavailable`.
    pub async fn close(&self) {
        self.0.desk.close().await;
        self.0.behind.close().await;
        self.leave_time().await;
        self.0.store.close().await;
    }
}
