//! Names that staff give devices.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{EventKind, Invalid, SubjectKind, text};
use serde_json::json;
use store::activations::Activation;
use uuid::Uuid;

use crate::{
    Actor, Devices, Error, Result, Stale,
    actor::UNNAMED,
    audit::{Record, Subject},
    retry::retried,
};

/// Maximum length of such a name, in characters.
const LONGEST_LABEL: usize = 80;

impl Devices {
    /// Sets staff's own name for a device, shown in addition to the one that its software sends. An empty name removes
    /// it.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `name`.
    pub async fn name_device(&self, id: Uuid, name: &str, actor: &Actor) -> Result<()> {
        self.save_device_name(id, None, name, actor).await
    }

    /// Like [`name_device`](Self::name_device), for a form opened at revision `opened`.
    ///
    /// # Errors
    /// Also `Stale` if another change of the name came first.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn save_device_name(&self, id: Uuid, opened: Option<i64>, name: &str, actor: &Actor) -> Result<()> {
        let label = text::line(name, LONGEST_LABEL).map_err(|fault| Invalid::one("name", fault.to_string()))?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let license_id = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?.license_id;
            let (_, now) = self.licenses.lock(&mut tx, license_id).await?;
            let device = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?;
            let (before, after) = (json!({ "name": device.label }), json!({ "name": label }));
            Stale::check(opened, device.label_revision, (&before, &after))?;
            if device.label == label {
                return Ok(());
            }
            tx.label_device(id, label.as_deref()).await?;
            Record::new(actor, EventKind::DeviceNamed, subject(&device))
                .changed(&before, &after)
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// The subject of a device's events.
pub(crate) fn subject(device: &Activation) -> Subject {
    let name = device.label.clone().or_else(|| device.device_name.clone());
    Subject::new(SubjectKind::Device, device.id, name.unwrap_or_else(|| UNNAMED.to_owned()))
        .of_license(device.license_id)
}

/// Encodes the SHA-256 of a fingerprint as tokens contain it: base64url without padding (RFC 4648 §5).
pub fn hash_in_words(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hash)
}
