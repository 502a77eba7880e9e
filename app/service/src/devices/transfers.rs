//! Transfers of seats between devices, which a license's terms may limit.

use licensing::{EventKind, release::looks_back};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Actor, Devices, Error, Result, audit::Record, licenses::change::subject, reason::read_reason, retry::retried,
};

impl Devices {
    /// Resets the transfer count of a license: the transfers that count against its limit now no longer do. Returns how
    /// many there were.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if no transfer counts now; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%license_id))]
    pub async fn reset_transfers(&self, license_id: Uuid, reason: &str, actor: &Actor) -> Result<u64> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (license, now) = self.licenses.lock(&mut tx, license_id).await?;
            let terms = license.terms();
            let lifted = tx.reset_transfers(license_id, looks_back(&terms).before(now), now).await?;
            if lifted == 0 {
                return Err(Error::Conflict(
                    "No transfer counts against this license now, so there is nothing to reset.".to_owned(),
                ));
            }
            Record::new(actor, EventKind::LicenseTransfersReset, subject(&license.license))
                .changed(&json!({ "moves_counted": lifted }), &json!({ "moves_counted": 0 }))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(lifted)
        })
        .await
    }
}
