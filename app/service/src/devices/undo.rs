//! Undo of a seat that staff freed or revoked.

use chrono::{DateTime, Utc};
use licensing::{
    EventKind,
    terms::Identity,
    undo::{RevokedSeat, UndoContext, Undone, undo},
};
use serde_json::json;
use store::{Tx, activations::Activation, licenses::LicenseWithTerms, status::TokenStatus};
use uuid::Uuid;

use crate::{Actor, Devices, Error, Result, audit::Record, devices::names::subject, retry::retried};

impl Devices {
    /// Restores a seat that staff freed or revoked within the last ten minutes. The session continues as before, and the
    /// status list marks its tokens as valid.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if staff did not free or revoke the seat, if that was too long ago, or if the seat has
    /// been given to another device since.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn undo_release(&self, id: Uuid, actor: &Actor) -> Result<()> {
        retried(|| self.try_to_undo(id, actor)).await
    }

    async fn try_to_undo(&self, id: Uuid, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let license_id = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?.license_id;
        let (mut license, _) = self.licenses.lock(&mut tx, license_id).await?;
        if license.terms().identity != Identity::License {
            tx.lock_products(&[license.license.product_id]).await?;
            // The terms may have changed while this waited for the product's lock.
            license = tx.on().license_with_terms(license_id).await?.ok_or(Error::NotFound("license"))?;
        }
        let terms = license.terms();
        let now = self.clock.synchronized(&mut tx.on()).await?;
        let device = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?;
        let not_taken = || {
            Error::Conflict(
                "Support did not free or revoke this device’s seat, so there is nothing to undo.".to_owned(),
            )
        };
        let seat = tx.on().taken_seat(id).await?.ok_or_else(not_taken)?;
        let held = tx.on().held_seats(&[license_id], now).await?;
        let taken = RevokedSeat {
            at: seat.taken_at,
            hold_until: seat.hold_until,
            tokens_end_at: seat.token_expires_at,
            cools_down: device.hold_until > now,
            checked_out: device.checked_out_at.is_some(),
        };
        let around = UndoContext {
            state: license.license.state,
            terms: &terms,
            used: held.first().map_or(0, |held| u32::try_from(held.used).unwrap_or(u32::MAX)),
            elsewhere: terms.identity != Identity::License
                && holds_elsewhere(&mut tx, &license, &device, terms.identity, now).await?,
        };
        let back = undo(taken, around, now).map_err(|stays| Error::Conflict(stays.to_string()))?;
        tx.restore_seat(id, seat).await?;
        if let Some(place) = device.place() {
            let status = match back {
                Undone::Held => None,
                Undone::Away => Some(TokenStatus::Suspended),
            };
            tx.amend_status(place, status).await?;
        }
        Record::new(actor, EventKind::DeviceRestored, subject(&device))
            .changed(&json!({ "hold_until": device.hold_until }), &json!({ "hold_until": seat.hold_until }))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Returns `true` if the device holds a seat on another license, within the reach of the terms' `identity`.
async fn holds_elsewhere(
    tx: &mut Tx,
    license: &LicenseWithTerms,
    device: &Activation,
    within: Identity,
    now: DateTime<Utc>,
) -> Result<bool> {
    let hash = device.fingerprint_hash.as_slice().try_into().map_err(Error::defect)?;
    let held = tx.on().desk_seats_of(&[hash], now).await?;
    Ok(held.iter().filter(|seat| seat.license_id != device.license_id).any(|seat| match within {
        Identity::License => false,
        Identity::Policy => seat.policy_id == license.license.policy_id,
        Identity::Product => seat.product_id == license.license.product_id,
    }))
}
