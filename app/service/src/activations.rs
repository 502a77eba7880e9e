//! Devices: what support does to them.

use serde_json::json;
use store::status::TokenStatus;
use uuid::Uuid;

use crate::{
    Actor, Error, Result, Service,
    licenses::read_reason,
    record::{Record, Subject},
};

impl Service {
    /// Revokes a device's activation: its seat is free at once, and the status list says that its tokens are good no
    /// more. A device that stays offline and does not look there runs on until its token ends. It may ask for a seat again;
    /// suspend or revoke the license to keep it out.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it was revoked before; `Invalid` with the field `reason`.
    pub async fn revoke_activation(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        let mut tx = self.store().begin().await?;
        let license_id = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?.license_id;
        // The license's lock is what the desk takes too: a device cannot renew while it is being revoked.
        tx.lock_license(license_id, self.clock().now()).await?;
        // After the wait for the lock, so that the log tells things in the order they happened.
        let now = self.clock().now();
        let device = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?;
        tx.mark_activation(id, TokenStatus::Invalid, now).await?;
        if !tx.revoke_activation(id, now).await? {
            return Err(Error::Conflict("This device was revoked already.".to_owned()));
        }
        let name = device.device_name.unwrap_or_else(|| "unnamed device".to_owned());
        let subject = Subject::new("device", id, name).of_license(license_id);
        Record::new(actor, "device.revoked", subject)
            .changed(&json!({ "hold_until": device.hold_until }), &json!({ "hold_until": now }))
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }
}
