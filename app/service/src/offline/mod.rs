//! Devices without a network: their offline requests and offline releases (`docs/offline.md`).
//!
//! An offline request goes through the activation desk like any other, under the same rules. Its use is recorded in the
//! same transaction as the seat, together with the grant, so that a lost response can be signed again.

mod file;
mod jws;
mod presented;
mod release;
pub(crate) mod replayed;
mod request;
mod response;

use std::sync::Arc;

use store::Store;

pub(crate) use file::{check_product, check_unused};
pub use jws::{SignedOfflineFile, SignedRelease, SignedRequest};
pub use presented::DeviceKey;
pub(crate) use presented::Presented;
pub use response::OfflineResponse;

use crate::{Clock, Decisions, Devices, Keys, Licenses, activation::desk::Desk, base::Base, crypto::vault::Vault};

/// The acts on offline requests and releases. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Offline {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    desk: Arc<Desk>,
    keys: Keys,
    licenses: Licenses,
    devices: Devices,
    decisions: Decisions,
}

impl Offline {
    pub(crate) fn new(
        base: &Base,
        desk: Arc<Desk>,
        keys: Keys,
        licenses: Licenses,
        devices: Devices,
        decisions: Decisions,
    ) -> Self {
        let Base { store, clock, vault } = base.clone();
        Self { store, clock, vault, desk, keys, licenses, devices, decisions }
    }
}
