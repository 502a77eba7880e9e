//! Placeholder fingerprints, which many machines report instead of a serial number.

use licensing::{Fingerprint, Invalid};
use store::desk::LicenseKeys;

use crate::{Devices, Result, activation::desk::request::Credential};

impl Devices {
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
