//! Offline releases: releasing the seat of a device without a network.

use licensing::{
    EventKind, Invalid,
    offline::{OfflineRelease, check_age},
};
use store::{
    activations::Activation,
    offline::{OfflineFile, OfflineFileKind},
};
use uuid::Uuid;

use super::{
    DeviceKey, SignedRelease,
    file::{check_product, check_unused},
};
use crate::{Actor, Error, Offline, Origin, Result, activation::decisions::RELEASE, audit::Record, devices::names};

impl Offline {
    /// Releases the seat of a device that has deleted its token and proves it with an offline release, signed with the
    /// key of its last request. Under strict terms the seat is free when the device's last token has expired.
    ///
    /// # Errors
    /// `Invalid` if the release is too old, was used before, names no such session, is for another product or is signed
    /// with another key; `Refused` if the terms do not let the device release its seat.
    #[tracing::instrument(skip_all)]
    pub async fn release_offline(&self, signed: &SignedRelease, by: Option<Actor>, origin: Origin) -> Result<()> {
        if !signed.of_any_age {
            self.check_release_age(signed)?;
        }
        let file = self.check_release(signed).await?;
        let session = (Some(file.license_id), file.activation_id);
        self.devices.release_seat_by(file, by, origin.clone()).await.map_err(|error| match error {
            // The device has activated again and has another session now.
            Error::NotFound("device") => self.decisions.no_such_session(session, None, RELEASE, &origin),
            other => other,
        })
    }

    /// Checks that an offline release is neither too old nor from the future. The error gives the reason.
    pub fn check_release_age(&self, signed: &SignedRelease) -> Result<(), Invalid> {
        check_age(signed.release.made_at, self.clock.now(), self.devices.device_settings().max_offline_age)
    }

    /// Accepts an offline release despite its device's clock, like [`let_pass`](Self::let_pass). Records an event of
    /// the device.
    ///
    /// # Errors
    /// As for [`session_of_release`](Self::session_of_release).
    #[tracing::instrument(skip_all)]
    pub async fn let_release_pass(&self, mut signed: SignedRelease, actor: &Actor) -> Result<SignedRelease> {
        let device = self.session_of_release(&signed).await?;
        let mut tx = self.store.begin().await?;
        Record::new(actor, EventKind::ReleaseAgeWaived, names::subject(&device))
            .made(&serde_json::json!({ "made_at": signed.release.made_at }))
            .write(&mut tx, self.clock.now())
            .await?;
        tx.commit().await?;
        signed.of_any_age = true;
        Ok(signed)
    }

    /// Returns the session whose seat the offline release would release, regardless of the release's age.
    ///
    /// # Errors
    /// As for [`release_offline`](Self::release_offline), except for terms and age; `Conflict` if the session is over.
    pub async fn session_of_release(&self, signed: &SignedRelease) -> Result<Activation> {
        let file = self.check_release(signed).await?;
        let session = self.store.read().await?.on().activation(file.activation_id).await?;
        let runs = session.filter(|session| session.revoked_at.is_none() && session.released_at.is_none());
        runs.ok_or_else(|| {
            Error::Conflict("This device's session is already over, and its seat is released.".to_owned())
        })
    }

    /// Checks an offline release except for its age, and returns the record of its use.
    async fn check_release(&self, signed: &SignedRelease) -> Result<OfflineFile> {
        let OfflineRelease { product, session, nonce, made_at } = &signed.release;
        let now = self.clock.now();
        let unknown = || Invalid::one("sid", "is not the session of a device that was activated offline here");
        let session = Uuid::try_parse(session).map_err(|_| unknown())?;
        let mut reading = self.store.read().await?;
        let last = reading.on().last_request_of(session).await?.ok_or_else(unknown)?;
        let key = last.device_key.as_slice().try_into().map(DeviceKey).map_err(Error::defect)?;
        signed.verify(&key)?;
        let license = reading.on().license_with_terms(last.license_id).await?.ok_or(Error::NotFound("license"))?;
        check_product(product, &license.product_code)?;
        let hash = key.paper_hash(nonce);
        let file = OfflineFile {
            paper_hash: hash.to_vec(),
            id: self.clock.id(),
            kind: OfflineFileKind::Release,
            activation_id: session,
            made_at: *made_at,
            used_at: now,
            granted: None,
            ..last
        };
        check_unused(&mut reading.on(), &file).await?;
        Ok(file)
    }
}
