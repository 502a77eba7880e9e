//! Products, policies and licenses.

pub(crate) mod change;
pub(crate) mod codes;
mod expiring_days;
pub(crate) mod export;
mod extend;
pub(crate) mod filter;
mod fold;
pub(crate) mod hints;
pub(crate) mod issue;
mod notices;
pub(crate) mod policies;
pub(crate) mod policy_effect;
pub(crate) mod products;
pub(crate) mod selection;
mod state;
pub(crate) mod tag_list;
pub(crate) mod tags;
mod token_room;
pub(crate) mod views;

use std::sync::Arc;

use store::Store;

use self::expiring_days::ExpiringDays;
use crate::{Clock, base::Base, crypto::vault::Vault, keys::Keyring};

/// The acts on products, policies and licenses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Licenses {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    keyring: Arc<Keyring>,
    expiring: ExpiringDays,
}

impl Licenses {
    pub(crate) fn new(base: &Base, keyring: Arc<Keyring>) -> Self {
        let Base { store, clock, vault } = base.clone();
        Self { store, clock, vault, keyring, expiring: ExpiringDays::default() }
    }
}
