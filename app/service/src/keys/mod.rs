//! Signing keys: created, sealed, loaded, published.
//!
//! The times of the keys in the database determine **which key signs** ([`rotation`]). A key is published long before it
//! signs, and afterwards until its last token has expired. That time is in its row (`tokens_until`) before the token is
//! signed. It is written a day ahead, so once a day, and only ever moves forward. This needs neither a count of devices
//! nor an estimate, and a key with short-lived tokens is soon removed.
//!
//! **Several instances** reload the keys every ten seconds and report which ones they publish ([`instances`]). No key
//! signs before all of them publish it.

mod acts;
mod instances;
mod live_tokens;
mod pair;
mod pregenerated;
mod published;
mod ring;
mod rotation;
pub(crate) mod status_list;
pub(crate) mod token;

use std::sync::Arc;

use store::Store;
use tokio::sync::Semaphore;

pub use acts::{ListedKey, PublicKey};
pub(crate) use ring::Keyring;
pub use rotation::KeyState;
use status_list::{Lists, Places};

use crate::{Clock, base::Base, crypto::vault::Vault};

/// The acts on signing keys, tokens and status lists. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keys {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    keyring: Arc<Keyring>,
    places: Places,
    lists: Arc<Lists>,
    /// One permit per core, for requests that sign with an expensive algorithm.
    cores: Arc<Semaphore>,
    issuer: Arc<str>,
    live_tokens: Arc<live_tokens::LastCount>,
    verified_tokens: Arc<token::VerifiedTokens>,
}

impl Keys {
    pub(crate) fn new(base: &Base, keyring: Arc<Keyring>, places: Places, issuer: Arc<str>) -> Self {
        let Base { store, clock, vault } = base.clone();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (lists, cores) = (Arc::default(), Arc::new(Semaphore::new(cores)));
        let (live_tokens, verified_tokens) = (Arc::default(), Arc::default());
        Self { store, clock, vault, keyring, places, lists, cores, issuer, live_tokens, verified_tokens }
    }

    /// The tokens' `iss`: this server's public URL, without a trailing slash.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}
