//! Activating devices, and the calls of an activation.

pub(crate) mod activate;
pub(crate) mod activated;
pub(crate) mod bulk;
pub(crate) mod call_fault;
pub(crate) mod calls;
pub(crate) mod decisions;
pub(crate) mod desk;
pub(crate) mod dry_run;
pub(crate) mod idempotency;
pub(crate) mod repeat;
pub(crate) mod session;

use std::sync::Arc;

use calls::Calls;
use decisions::Decisions;
use desk::Desk;
use store::Store;

use crate::{Clock, Devices, Keys, Licenses, base::Base, crypto::vault::Vault};

/// The acts by which devices activate, renew and release. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Activations {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    desk: Arc<Desk>,
    keys: Keys,
    licenses: Licenses,
    devices: Devices,
    decisions: Decisions,
    calls: Calls,
}

/// The handles whose acts an activation needs.
pub(crate) struct Uses {
    pub(crate) keys: Keys,
    pub(crate) licenses: Licenses,
    pub(crate) devices: Devices,
    pub(crate) decisions: Decisions,
    pub(crate) calls: Calls,
}

impl Activations {
    pub(crate) fn new(base: &Base, desk: Arc<Desk>, uses: Uses) -> Self {
        let Base { store, clock, vault } = base.clone();
        let Uses { keys, licenses, devices, decisions, calls } = uses;
        Self { store, clock, vault, desk, keys, licenses, devices, decisions, calls }
    }
}
