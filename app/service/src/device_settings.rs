//! What the settings say of devices.

use licensing::{Fingerprint, Invalid, Span, offline::LONGEST_WAY};
use store::desk::LicenseKeys;

use crate::{Result, Service, activate::Door};

/// What the settings say of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceSettings {
    /// How old an offline request or release may be when it arrives.
    pub longest_way: Span,
    /// Whether fingerprints are taken that many machines have in common.
    pub placeholders: bool,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { longest_way: LONGEST_WAY, placeholders: false }
    }
}

impl Service {
    /// Tells the acts what this server's settings say of devices. Once, at the start; until then the defaults hold.
    pub fn set_device_settings(&self, settings: DeviceSettings) {
        _ = self.0.device_settings.set(settings);
    }

    /// What the settings say of devices.
    pub fn device_settings(&self) -> DeviceSettings {
        self.0.device_settings.get().copied().unwrap_or_default()
    }

    /// Refuses a fingerprint that many machines have in common: two of them would share a seat, and nobody would notice. A
    /// device that is on record goes on as before, since it was let in by an earlier version or under another setting.
    pub(crate) async fn check_fingerprint(&self, fingerprint: &Fingerprint, door: &Door) -> Result<()> {
        if !fingerprint.is_placeholder() || self.device_settings().placeholders {
            return Ok(());
        }
        let (codes, ids) = match door {
            Door::Code(hmac) => (vec![*hmac], vec![]),
            Door::License(id) | Door::Session { license: id, .. } => (vec![], vec![*id]),
        };
        let mut reading = self.api_store().read().await?;
        let licenses = reading.on().desk_licenses(LicenseKeys { codes: &codes, ids: &ids }).await?;
        let ids: Vec<_> = licenses.iter().map(|license| license.id).collect();
        if reading.on().desk_activations(&[fingerprint.digest()], &ids).await?.is_empty() {
            let fault = "is a placeholder that many machines report instead of a number of their own: send something that \
                         tells this device from others, such as an id that the software makes at its first start";
            return Err(Invalid::one("fingerprint", fault).into());
        }
        Ok(())
    }
}
