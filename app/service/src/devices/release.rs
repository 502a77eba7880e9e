//! Releasing seats. A device releases its own, within the terms; staff free or revoke it, without them. Freeing and revoking
//! differ only in what is recorded.

use chrono::{DateTime, Utc};
use licensing::{
    EventKind,
    activation::DeviceFacts,
    release::{By, KeptRelease, Past, ReleaseAct, Released, looks_back, release},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Tx,
    activations::{Activation, ReleaseKind},
    licenses::LicenseWithTerms,
    offline::OfflineFile,
    seat_releases::SeatRelease,
    status::TokenStatus,
};
use uuid::Uuid;

use crate::{
    Actor, Devices, Error, Origin, Result,
    activation::idempotency::Once,
    audit::Record,
    devices::{budget, names::subject},
    offline,
    rate_limit::{Bucket, Limit},
    reason::read_reason,
    retry::retried,
};

/// A seat that was checked out or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedOut {
    /// Id of the session.
    pub session_id: Uuid,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// Expiry of the last token.
    pub token_expires_at: DateTime<Utc>,
}

/// A request to end a device's use of its seat.
#[derive(Clone)]
pub(crate) struct ReleaseRequest {
    pub(crate) by: By,
    pub(crate) act: ReleaseAct,
    /// `None` for the device itself.
    pub(crate) actor: Option<Actor>,
    pub(crate) origin: Origin,
    pub(crate) reason: Option<String>,
    /// The signed offline release of a device without a network.
    pub(crate) file: Option<OfflineFile>,
}

impl ReleaseRequest {
    pub(crate) fn by_support(act: ReleaseAct, reason: String, actor: &Actor) -> Self {
        let (actor, origin) = (Some(actor.clone()), actor.origin.clone());
        Self { by: By::Support, act, actor, origin, reason: Some(reason), file: None }
    }
}

impl Devices {
    /// Revokes a device's activation. The seat is free at once or, under strict terms, when the device's last token has
    /// expired. The status list marks its tokens as invalid; a device that stays offline and does not read the list can
    /// run until its token expires. It may activate again; suspend or revoke the license, or block the device, to keep
    /// it out.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if its session is already over; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn revoke_activation(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        self.release_activation(id, ReleaseRequest::by_support(ReleaseAct::Revoke, reason, actor), None).await.map(drop)
    }

    /// Frees a device's seat on behalf of its user. Neither the terms of release nor the transfer limit applies, and it
    /// does not count as a transfer. The device may activate again.
    ///
    /// # Errors
    /// As for [`revoke_activation`](Self::revoke_activation).
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn free_seat(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        self.release_activation(id, ReleaseRequest::by_support(ReleaseAct::Release, reason, actor), None)
            .await
            .map(drop)
    }

    /// Releases a device's seat at its own request: permanently, or, for a floating seat, until it next checks in.
    ///
    /// # Errors
    /// `Refused` if the terms do not allow it, or not again yet; `Throttled` if devices of this license release seats
    /// faster than any real customer's do; `NotFound`; `Call`.
    pub(crate) async fn release_activation_once(
        &self,
        id: Uuid,
        act: ReleaseAct,
        once: Option<Once>,
        origin: Origin,
    ) -> Result<CheckedOut> {
        self.release_activation(
            id,
            ReleaseRequest { by: By::Device, act, actor: None, origin, reason: None, file: None },
            once,
        )
        .await
    }

    /// Releases the seat of a device without a network, whose offline release proves that its token is deleted. Anyone
    /// may submit the proof.
    ///
    /// # Errors
    /// As for [`release_activation_once`](Self::release_activation_once); `Invalid` if the offline release has been used meanwhile.
    pub(crate) async fn release_seat_by(&self, file: OfflineFile, actor: Option<Actor>, origin: Origin) -> Result<()> {
        let (by, act, id) = (By::Device, ReleaseAct::Release, file.activation_id);
        let request = ReleaseRequest { by, act, actor, origin, reason: None, file: Some(file) };
        self.release_activation(id, request, None).await.map(drop)
    }

    async fn release_activation(&self, id: Uuid, request: ReleaseRequest, once: Option<Once>) -> Result<CheckedOut> {
        retried(|| self.try_release(id, request.clone(), once)).await
    }

    async fn try_release(&self, id: Uuid, request: ReleaseRequest, once: Option<Once>) -> Result<CheckedOut> {
        let store = if request.actor.is_none() { self.store.for_api() } else { self.store.clone() };
        let mut tx = store.begin().await?;
        let license_id = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?.license_id;
        // The desk takes this lock too, so a device cannot renew while its seat is being released.
        let (license, now) = self.licenses.lock(&mut tx, license_id).await?;
        // A concurrent call with the same key waited for the same lock and may be done by now.
        if let Some(once) = once
            && let Some(done) = once.done(&mut tx.on(), now).await?
        {
            return Ok(done);
        }
        let device = tx.on().activation(id).await?.ok_or(Error::NotFound("device"))?;
        let lease_ends_at = device.lease_ends_at;
        let token_expires_at = self.release_locked(&mut tx, (&license, now), device, request).await?;
        let done = CheckedOut { session_id: id, lease_ends_at, token_expires_at };
        if let Some(once) = once {
            tx.keep_calls(&[once.kept(&done, now)?], now).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Releases the seat of a device. Its license must be locked since `now`, and `device` must have been read under
    /// that lock. Returns the time at which the device's last token expires.
    pub(crate) async fn release_locked(
        &self,
        tx: &mut Tx,
        (license, now): (&LicenseWithTerms, DateTime<Utc>),
        device: Activation,
        request: ReleaseRequest,
    ) -> Result<DateTime<Utc>> {
        let ReleaseRequest { by, act, actor, origin, reason, file } = request;
        let (id, license_id) = (device.id, device.license_id);
        if let Some(actor) = &actor {
            budget::take_one(tx, actor, &self.clock).await?;
        }
        if let Some(file) = &file {
            offline::check_unused(&mut tx.on(), file).await?;
        }
        let terms = license.terms();
        let past = tx.on().releases(license_id, looks_back(&terms).before(now)).await?;
        let releases: Vec<_> = past.iter().map(|release| release.at).collect();
        let transfers: Vec<_> =
            past.iter().filter(|r| r.is_transfer && r.forgiven_at.is_none()).map(|release| release.at).collect();
        let past = Past { releases: &releases, transfers: &transfers };
        let facts = DeviceFacts::from(&device);
        let released = match release(&terms, &facts, past, by, act, now) {
            Ok(released) => released,
            Err(_) if by == By::Support => {
                return Err(Error::Conflict(
                    "This device was already revoked or has already released its seat.".to_owned(),
                ));
            }
            Err(refusal) => {
                let saw = KeptRelease::of(&terms, &facts, past, by, act, now);
                return Err(self.decisions.not_released((license, &device), (refusal, saw), &origin, now));
            }
        };
        let Released { hold_until, tokens_end_at, is_transfer } = released;
        if actor.is_none() {
            // Otherwise a floating seat could be checked out and in without limit.
            let bucket = Bucket::Id(license_id);
            self.rate_limits.take(Limit::ReleasedSeat, bucket, now).map_err(Error::Throttled)?;
        }
        let (how, status, reported) = match act {
            ReleaseAct::Revoke => (ReleaseKind::Revoked, TokenStatus::Invalid, EventKind::DeviceRevoked),
            ReleaseAct::Release if by == By::Support => {
                (ReleaseKind::Released, TokenStatus::Invalid, EventKind::DeviceFreed)
            }
            ReleaseAct::Release => (ReleaseKind::Released, TokenStatus::Invalid, EventKind::DeviceReleased),
            ReleaseAct::CheckOut => (ReleaseKind::CheckedOut, TokenStatus::Suspended, EventKind::DeviceCheckedOut),
        };
        // A token may only seem expired because the clock is ahead; it is valid again once the clock is corrected.
        tx.mark_activation(id, status, self.clock.certainly_past()).await?;
        if by == By::Support {
            tx.note_seat(id, now).await?;
        }
        tx.release_seat(id, how, hold_until, tokens_end_at, now).await?;
        if act == ReleaseAct::Release && by != By::Support {
            let release = SeatRelease {
                id: self.clock.id(),
                license_id,
                activation_id: id,
                at: now,
                is_transfer,
                forgiven_at: None,
            };
            tx.insert_release(&release).await?;
        }
        let mut after = json!({ "hold_until": hold_until });
        if let Some(file) = file {
            tx.insert_offline_file(&OfflineFile { used_at: now, ..file }).await?;
            after = json!({ "hold_until": hold_until, "token_deleted": true });
        }
        let actor = actor.unwrap_or_else(|| Actor::device(device.device_name.clone(), origin));
        Record::new(&actor, reported, subject(&device))
            .changed(&json!({ "hold_until": device.hold_until }), &after)
            .because(reason)
            .write(tx, now)
            .await?;
        Ok(tokens_end_at)
    }
}
