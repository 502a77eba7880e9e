//! Devices of a license: release and undo, blocks, registration, tickets.

pub(crate) mod authorize;
pub(crate) mod blocks;
pub(crate) mod budget;
pub(crate) mod names;
mod placeholders;
pub(crate) mod release;
pub(crate) mod settings;
pub(crate) mod tickets;
pub(crate) mod transfers;
pub(crate) mod undo;

use std::sync::{Arc, OnceLock};

use settings::DeviceSettings;
use store::Store;

use crate::{Calls, Clock, Decisions, Keys, Licenses, base::Base, crypto::vault::Vault, rate_limit::RateLimits};

/// The acts on devices and their seats. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Devices {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    keys: Keys,
    licenses: Licenses,
    decisions: Decisions,
    calls: Calls,
    rate_limits: Arc<RateLimits>,
    settings: Arc<OnceLock<DeviceSettings>>,
}

impl Devices {
    pub(crate) fn new(
        base: &Base,
        keys: Keys,
        licenses: Licenses,
        decisions: Decisions,
        calls: Calls,
        rate_limits: Arc<RateLimits>,
    ) -> Self {
        let Base { store, clock, vault } = base.clone();
        Self { store, clock, vault, keys, licenses, decisions, calls, rate_limits, settings: Arc::default() }
    }

    /// Sets this server's settings for devices. Must be called once at the start; until then the defaults apply.
    pub fn set_device_settings(&self, settings: DeviceSettings) {
        _ = self.settings.set(settings);
    }

    /// The settings for devices.
    pub fn device_settings(&self) -> DeviceSettings {
        self.settings.get().copied().unwrap_or_default()
    }
}
