//! The acts of Latchkey.
//!
//! The public API, the admin app and the command line all call the same acts, so each act is written once: open a
//! transaction, load facts, apply the rules, write, record the event, commit, and only then sign and answer.

mod accounts;
mod activation;
mod actor;
mod api_calls;
mod audit;
mod base;
mod clock;
mod counts;
mod crypto;
mod devices;
mod error;
mod exports;
mod identity;
mod jobs;
mod keys;
mod licenses;
mod live;
mod offline;
mod once_call;
mod origin;
mod overview;
pub mod rate_limit;
mod reason;
mod retry;
mod vendor;
mod webhooks;

use std::sync::Arc;

pub use accounts::local::LocalSignIn;
pub use accounts::setup::SetupLink;
pub use accounts::{AccountLink, Accounts, HostLink, Invited, NewAccount, NewOwner};
pub use activation::bulk::BulkIssue;
pub use activation::call_fault::CallFault;
pub use activation::calls::Calls;
pub use activation::decisions::{Decision, Decisions, Traced};
pub use activation::desk::Simulation;
pub use activation::desk::request::Activation;
pub use activation::dry_run::Hypothetical;
pub use activation::idempotency::{CallKey, HEADER as KEY_HEADER};
pub use activation::session::{Renewal, Session, SessionAct};
pub use activation::{Activations, activated::Activated};
pub use actor::{Actor, ActorKind, SignedIn};
pub use api_calls::{ApiCall, Completed, Outcome};
pub use clock::{Clock, Timekeeper, Trust};
pub use counts::{Counter, Counts};
pub use crypto::vault::{SealedCookie, SealingKey, SealingKeyError};
pub use devices::authorize::{Entry, MOST_AT_ONCE, Registered};
pub use devices::blocks::{BlockedFor, MOST_FOUND, NewBlock};
pub use devices::tickets::{DeviceInUse, InUse};
pub use devices::{Devices, names::hash_in_words, release::CheckedOut, settings::DeviceSettings};
pub use error::{Declined, Error, Result, Stale};
pub use exports::{ExportFormat, Exports, Parts, RecordExport, Records};
pub use identity::Identities;
pub use identity::api_tokens::{ApiCaller, ApiToken, NewApiToken, TokenText};
pub use identity::identities::{Claimed, Connected, Connecting, Entrance};
pub use identity::logins::{Login, LoginRow};
pub use identity::provider_token::{ExpectedToken, audiences, numeric_date};
pub use identity::sign_in::DEVICE_KNOWN_FOR;
pub use identity::upstream_sessions::{NewUpstreamSession, ProviderTokens, UpstreamSession};
pub use jobs::{BulkAct, JobResult, Jobs, MOST_ITEMS};
pub use keys::status_list::{PublishedList, TakenPlaces};
pub use keys::token::{Claims, LicenseClaims, StatusClaim, StatusReference};
pub use keys::{KeyState, Keys, ListedKey, PublicKey};
pub use licenses::change::{LicenseEdit, LicenseForm, NewLicense};
pub use licenses::views::{LicenseView, MOST_VIEWS};
pub use licenses::{Licenses, export::Export, filter::LicenseQuery, selection::Selection, tags::TagChange};
pub use licenses::{policies::PolicyForm, policy_effect::PolicyEffect, products::ProductForm};
pub use live::{Live, PageVersion, Topic, Version};
pub use offline::{DeviceKey, Offline, OfflineResponse, SignedOfflineFile, SignedRelease, SignedRequest};
pub use origin::Origin;
pub use overview::{DayActivity, LASTING, Overview};
pub use store;
pub use vendor::{ProviderForm, Vendor};
pub use webhooks::{
    MOST_REPLAYED, Outgoing, Replay, Report, SubscriptionForm, WebhookSecret, WebhookSettings, Webhooks, example,
};

use crate::{
    activation::{
        Uses,
        decisions::RefusalWriter,
        desk::{Desk, DeskContext, DeskLoad},
    },
    base::Base,
    crypto::{
        password::{Cost, Hasher},
        vault::Vault,
    },
    identity::password_attempts::PasswordAttempts,
    keys::{Keyring, status_list::Places},
    rate_limit::RateLimits,
};

/// The service layer. Its acts are methods of narrow handles, one for each subject. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: store::Store,
    clock: Clock,
    rate_limits: Arc<RateLimits>,
    desk: Arc<Desk>,
    refusal_writer: Arc<RefusalWriter>,
    activations: Activations,
    licenses: Licenses,
    jobs: Jobs,
    devices: Devices,
    offline: Offline,
    keys: Keys,
    accounts: Accounts,
    identity: Identities,
    local_sign_in: LocalSignIn,
    decisions: Decisions,
    calls: Calls,
    vendor: Vendor,
    webhooks: Webhooks,
    counter: Counter,
    exports: Exports,
    live: Live,
    timekeeper: Timekeeper,
}

impl Service {
    /// Opens the service: loads the signing keys, creates the first one if there is none, and starts the activation
    /// desk. `issuer` is the tokens' `iss`, this server's public URL. Must be called inside a Tokio runtime.
    pub async fn open(store: store::Store, sealing_key: &SealingKey, clock: Clock, issuer: String) -> Result<Self> {
        Self::open_with(store, sealing_key, clock, issuer, Cost::STRONG).await
    }

    /// The same, with passwords that are cheap to hash and cheap to guess. For tests only.
    #[doc(hidden)]
    pub async fn open_with_weak_passwords(
        store: store::Store,
        sealing_key: &SealingKey,
        clock: Clock,
        issuer: String,
    ) -> Result<Self> {
        Self::open_with(store, sealing_key, clock, issuer, Cost::TEST).await
    }

    async fn open_with(
        store: store::Store,
        sealing_key: &SealingKey,
        clock: Clock,
        issuer: String,
        cost: Cost,
    ) -> Result<Self> {
        let vault = Arc::new(Vault::new(sealing_key)?);
        let timekeeper = Timekeeper::start(store.clone(), clock.clone()).await?;
        accounts::addresses::canonicalize(&store, clock.now()).await?;
        let keyring = Arc::new(Keyring::load(&store.for_api(), &vault, &clock).await?);
        keyring.signer(licensing::product::Algorithm::default(), None).await?;
        let places = Places::new(store.for_desk(), Arc::clone(&vault), clock.clone());
        let refusal_writer = Arc::new(RefusalWriter::open(store.clone()));
        let desk_load = Arc::<DeskLoad>::default();
        let desk = Arc::new(Desk::open(DeskContext::new(
            (store.for_desk(), clock.clone()),
            (places.clone(), Arc::clone(&keyring)),
            Arc::clone(&refusal_writer),
            Arc::clone(&desk_load),
        )));
        let base = Base { store: store.clone(), clock: clock.clone(), vault };
        let rate_limits = Arc::<RateLimits>::default();
        // Each handle holds only handles that are created before it.
        let licenses = Licenses::new(&base, Arc::clone(&keyring));
        let jobs = Jobs::new(&base, licenses.clone());
        let exports = Exports::new(&base, licenses.clone());
        let webhooks = Webhooks::new(&base, issuer.as_str().into(), desk_load);
        webhooks.refresh_webhooks().await?;
        let keys = Keys::new(&base, keyring, places, issuer.into());
        let decisions = Decisions::new(&base, Arc::clone(&refusal_writer));
        let calls = Calls::new(&base);
        let devices = {
            let (keys, licenses, decisions) = (keys.clone(), licenses.clone(), decisions.clone());
            Devices::new(&base, keys, licenses, decisions, calls.clone(), Arc::clone(&rate_limits))
        };
        let offline = {
            let (keys, licenses, devices) = (keys.clone(), licenses.clone(), devices.clone());
            Offline::new(&base, Arc::clone(&desk), keys, licenses, devices, decisions.clone())
        };
        let uses = Uses {
            keys: keys.clone(),
            licenses: licenses.clone(),
            devices: devices.clone(),
            decisions: decisions.clone(),
            calls: calls.clone(),
        };
        let activations = Activations::new(&base, Arc::clone(&desk), uses);
        let (vendor, counter, local_sign_in) = (Vendor::new(&base), Counter::new(&base), LocalSignIn::new(&base));
        let live = Live::new(&base);
        let (hasher, attempts) = (Hasher::new(cost), PasswordAttempts::new(&base, Arc::clone(&rate_limits)));
        let identity = Identities::new(&base, hasher.clone(), attempts.clone(), local_sign_in.clone());
        let accounts = {
            let (local_sign_in, vendor) = (local_sign_in.clone(), vendor.clone());
            Accounts::new(&base, hasher, attempts, local_sign_in, vendor, Arc::clone(&rate_limits))
        };
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            rate_limits,
            desk,
            refusal_writer,
            activations,
            licenses,
            jobs,
            devices,
            offline,
            keys,
            accounts,
            identity,
            local_sign_in,
            decisions,
            calls,
            vendor,
            webhooks,
            counter,
            exports,
            live,
            timekeeper,
        })))
    }

    /// The data layer, for reads.
    pub fn store(&self) -> &store::Store {
        &self.0.store
    }

    /// Returns `Ok` if the database answers and accepts writes, judged by the activation desk's last result.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.0.store.ready().await?)
    }

    /// The clock that all acts use.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Activations, sessions and dry runs.
    pub fn activations(&self) -> &Activations {
        &self.0.activations
    }

    /// Products, policies and licenses.
    pub fn licenses(&self) -> &Licenses {
        &self.0.licenses
    }

    /// Acts on many licenses, done in the background.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Devices and their seats.
    pub fn devices(&self) -> &Devices {
        &self.0.devices
    }

    /// Offline requests and releases.
    pub fn offline(&self) -> &Offline {
        &self.0.offline
    }

    /// Signing keys, tokens and status lists.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Accounts, invitations, links and passwords.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Sign-in, identities, logins and API tokens.
    pub fn identity(&self) -> &Identities {
        &self.0.identity
    }

    /// Password sign-in, which owners may turn off.
    pub fn local_sign_in(&self) -> &LocalSignIn {
        &self.0.local_sign_in
    }

    /// Decisions and their explanations.
    pub fn decisions(&self) -> &Decisions {
        &self.0.decisions
    }

    /// Calls with an idempotency key.
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The vendor's profile.
    pub fn vendor(&self) -> &Vendor {
        &self.0.vendor
    }

    /// Subscriptions to webhooks, and their deliveries.
    pub fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }

    /// Counts of licenses and seats.
    pub fn counter(&self) -> &Counter {
        &self.0.counter
    }

    /// Exports of records.
    pub fn exports(&self) -> &Exports {
        &self.0.exports
    }

    /// Changes of what pages show.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// The clock mark, and trust in the clock.
    pub fn timekeeper(&self) -> &Timekeeper {
        &self.0.timekeeper
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
