//! Settings for devices.

use licensing::{Fingerprint, Invalid, Span, offline::LONGEST_WAY};
use store::desk::LicenseKeys;

use crate::{Devices, Result, activation::desk::request::Credential};

/// Settings for devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceSettings {
    /// Maximum age of an offline request or release when it arrives.
    pub longest_way: Span,
    /// `true` to accept placeholder fingerprints, which many machines share.
    pub placeholders: bool,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { longest_way: LONGEST_WAY, placeholders: false }
    }
}

impl Devices {
    /// Sets this server's settings for devices. Must be called once at the start; until then the defaults apply.
    pub fn set_device_settings(&self, settings: DeviceSettings) {
        _ = self.settings.set(settings);
    }

    /// The settings for devices.
    pub fn device_settings(&self) -> DeviceSettings {
        self.settings.get().copied().unwrap_or_default()
    }

    /// Refuses a placeholder fingerprint: two machines with the same one would share a seat unnoticed. A device on
    /// record continues as before, since an earlier version or another setting admitted it.
    pub(crate) async fn check_fingerprint(&self, fingerprint: &Fingerprint, credential: &Credential) -> Result<()> {
        if !fingerprint.is_placeholder() || self.device_settings().placeholders {
            return Ok(());
        }
        let (codes, ids) = match credential {
            Credential::Code(hmac) => (vec![*hmac], vec![]),
            Credential::License(id) | Credential::Session { license: id, .. } => (vec![], vec![*id]),
        };
        let mut reading = self.store.for_api().read().await?;
        let licenses = reading.on().desk_licenses(LicenseKeys { codes: &codes, ids: &ids }).await?;
        let ids: Vec<_> = licenses.iter().map(|license| license.id).collect();
        if reading.on().desk_activations(&[fingerprint.digest()], &ids).await?.is_empty() {
            let fault = "is a placeholder that many machines report instead of a serial number: send something that \
                         identifies this device, such as an id that the software generates at its first start";
            return Err(Invalid::one("fingerprint", fault).into());
        }
        Ok(())
    }
}
