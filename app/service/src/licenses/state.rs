//! Suspending, reinstating and revoking licenses.

use chrono::{DateTime, Utc};
use licensing::{EventKind, license::StateChange};
use serde_json::json;
use store::{
    Tx,
    licenses::{License, LicenseWithTerms},
    status::TokenStatus,
};
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result, audit::Record, licenses::change::subject, reason::read_reason, retry::retried,
};

impl Licenses {
    /// Suspends, reinstates or revokes a license. Revoking also takes the seats of all its devices. Returns the number
    /// of devices revoked.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license's state does not allow the change; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn change_state(&self, id: Uuid, change: StateChange, reason: &str, actor: &Actor) -> Result<u64> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let devices = self.change_state_within(&mut tx, id, change, &reason, actor).await?;
            tx.commit().await?;
            Ok(devices)
        })
        .await
    }

    /// The same within a transaction. An error other than of the database leaves nothing written, except for `Forbidden`.
    pub(crate) async fn change_state_within(
        &self,
        tx: &mut Tx,
        id: Uuid,
        change: StateChange,
        reason: &str,
        actor: &Actor,
    ) -> Result<u64> {
        let (LicenseWithTerms { license: old, .. }, now) = self.lock(tx, id).await?;
        let state = old.state.after(change).map_err(|why| Error::Conflict(why.to_owned()))?;
        let (state_reason, revision) = (Some(reason.to_owned()), old.revision + 1);
        let new = License { state, state_reason, updated_at: now, revision, ..old.clone() };
        tx.update_license(&new).await?;
        let (kind, devices) = self.change_devices(tx, id, change, now).await?;
        Record::new(actor, kind, subject(&new))
            .changed(&json!({ "state": old.state }), &json!({ "state": state, "devices_revoked": devices }))
            .because(Some(reason.to_owned()))
            .write(tx, now)
            .await?;
        Ok(devices)
    }

    /// Applies the change to the devices.
    async fn change_devices(
        &self,
        tx: &mut Tx,
        id: Uuid,
        change: StateChange,
        now: DateTime<Utc>,
    ) -> Result<(EventKind, u64)> {
        Ok(match change {
            StateChange::Suspend => (EventKind::LicenseSuspended, 0),
            StateChange::Reinstate => (EventKind::LicenseReinstated, 0),
            StateChange::Revoke => {
                // Includes tokens that only seem expired because the clock is ahead.
                tx.mark_license(id, TokenStatus::Invalid, self.clock.certainly_past()).await?;
                (EventKind::LicenseRevoked, tx.revoke_activations_of(id, now).await?)
            }
        })
    }
}
