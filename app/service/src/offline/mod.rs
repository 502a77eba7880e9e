//! Devices without a network: their offline requests and offline releases (`docs/offline.md`).
//!
//! An offline request goes through the activation desk like any other, under the same rules. Its use is recorded in the
//! same transaction as the seat, together with the grant, so that a lost response can be signed again.

mod jws;
mod presented;
mod response;

use licensing::{
    ActivationCode, Invalid,
    activation::{Purpose, Request},
    code,
    offline::{OfflineRelease, OfflineRequest, check_age},
};
use store::{
    Connection,
    activations::Activation,
    offline::{OfflineFile, OfflineFileKind},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Origin, Result, Service,
    activation::{
        activate::{Ask, Credential},
        decisions::RELEASE,
    },
    audit::{Record, Subject},
    devices::names,
};

pub use jws::{SignedOfflineFile, SignedRelease, SignedRequest};
pub use presented::DeviceKey;
pub(crate) use presented::{Presented, REPLAYED};
pub use response::OfflineResponse;

impl Service {
    /// Activates a license on a device without a network, from its offline request. `license` is the license that staff
    /// chose: in place of a code, or to make sure that the code belongs to it. When this returns `Ok`, the activation
    /// is committed.
    ///
    /// # Errors
    /// `Invalid` if the request is too old, was used before or is for another product, or if neither it nor staff names
    /// a license; otherwise as for [`activate`](Self::activate).
    pub async fn activate_offline(
        &self,
        signed: SignedRequest,
        license: Option<Uuid>,
        by: Option<Actor>,
        origin: Origin,
    ) -> Result<OfflineResponse> {
        let SignedRequest { request, key, of_any_age } = signed;
        let OfflineRequest { product, nonce, made_at, code, fingerprint, request, device_name, platform } = request;
        if !of_any_age {
            check_age(made_at, self.clock().now(), self.device_settings().longest_way)?;
        }
        let code = match code {
            Some(code) => Some(self.licenses().code_meant(code).await?),
            None => None,
        };
        let credential = self.credential_for(code.as_ref(), license, &origin)?;
        self.check_fingerprint(&fingerprint, &credential).await?;
        let (hash, id) = (key.paper_hash(&nonce), self.clock().id());
        let granted = self
            .0
            .desk
            .ask(Ask {
                credential,
                fingerprint_hash: fingerprint.digest(),
                fingerprint: Some(fingerprint),
                request: Request { purpose: Purpose::Activate, ..request },
                code_tail: code.as_ref().map(ActivationCode::tail),
                device_name,
                platform,
                origin,
                file: Some(Box::new(Presented { key, hash, by, product, license, made_at, id })),
                once: None,
            })
            .await?;
        self.respond(id, granted).await
    }

    /// Checks that a request is neither too old nor from the future. The error gives the reason.
    pub fn check_request_age(&self, signed: &SignedRequest) -> Result<(), Invalid> {
        check_age(signed.request.made_at, self.clock().now(), self.device_settings().longest_way)
    }

    /// Accepts a request despite its device's clock, since staff know that it is new: the device's battery may be dead.
    /// It can still be used only once. Records an event under the license that staff chose.
    pub async fn let_pass(&self, signed: SignedRequest, license: Option<Uuid>, actor: &Actor) -> Result<SignedRequest> {
        let OfflineRequest { device_name, fingerprint, made_at, .. } = &signed.request;
        let name = device_name.clone().unwrap_or_else(|| fingerprint.as_str().chars().take(80).collect());
        let subject = Subject { kind: "request", id: None, name, license_id: license };
        let mut tx = self.store().begin().await?;
        Record::new(actor, "request.age_waived", subject)
            .made(&serde_json::json!({ "made_at": made_at }))
            .write(&mut tx, self.clock().now())
            .await?;
        tx.commit().await?;
        Ok(SignedRequest { of_any_age: true, ..signed })
    }

    fn credential_for(
        &self,
        code: Option<&ActivationCode>,
        license: Option<Uuid>,
        origin: &Origin,
    ) -> Result<Credential> {
        match (code, license) {
            // The check symbol is wrong, as in `activate_once`.
            (Some(code), _) if code.origin() == code::Origin::Mistyped => Err(self.unknown_code(code, origin)),
            (Some(code), _) => Ok(Credential::Code(self.0.vault.code_hmac(code))),
            (None, Some(license)) => Ok(Credential::License(license)),
            (None, None) => Err(Invalid::one(
                "activationCode",
                "is missing: create a request that contains it, or ask your vendor to choose the license in the admin app",
            )
            .into()),
        }
    }

    /// Releases the seat of a device that has deleted its token and proves it with an offline release, signed with the
    /// key of its last request. Under strict terms the seat is free when the device's last token has expired.
    ///
    /// # Errors
    /// `Invalid` if the release is too old, was used before, names no such session, is for another product or is signed
    /// with another key; `Refused` if the terms do not let the device release its seat.
    pub async fn release_offline(&self, signed: &SignedRelease, by: Option<Actor>, origin: Origin) -> Result<()> {
        if !signed.of_any_age {
            self.check_release_age(signed)?;
        }
        let file = self.check_release(signed).await?;
        let session = (Some(file.license_id), file.activation_id);
        self.release_seat_by(file, by, origin.clone()).await.map_err(|error| match error {
            // The device has activated again and has another session now.
            Error::NotFound("device") => self.no_such_session(session, None, RELEASE, &origin),
            other => other,
        })
    }

    /// Returns the id under which the response to this request can be written again, if the request was granted before.
    pub async fn granted_before(&self, signed: &SignedRequest) -> Result<Option<Uuid>> {
        let hash = signed.key.paper_hash(&signed.request.nonce);
        let used = self.store().read().await?.on().used_offline_files(&[hash]).await?;
        Ok(used.into_iter().find(|file| file.kind == OfflineFileKind::Request).map(|file| file.id))
    }

    /// Checks that an offline release is neither too old nor from the future. The error gives the reason.
    pub fn check_release_age(&self, signed: &SignedRelease) -> Result<(), Invalid> {
        check_age(signed.release.made_at, self.clock().now(), self.device_settings().longest_way)
    }

    /// Accepts an offline release despite its device's clock, like [`let_pass`](Self::let_pass). Records an event of
    /// the device.
    ///
    /// # Errors
    /// As for [`session_of_release`](Self::session_of_release).
    pub async fn let_release_pass(&self, mut signed: SignedRelease, actor: &Actor) -> Result<SignedRelease> {
        let device = self.session_of_release(&signed).await?;
        let mut tx = self.store().begin().await?;
        Record::new(actor, "release.age_waived", names::subject(&device))
            .made(&serde_json::json!({ "made_at": signed.release.made_at }))
            .write(&mut tx, self.clock().now())
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
        let session = self.store().read().await?.on().activation(file.activation_id).await?;
        let runs = session.filter(|session| session.revoked_at.is_none() && session.released_at.is_none());
        runs.ok_or_else(|| {
            Error::Conflict("This device's session is already over, and its seat is released.".to_owned())
        })
    }

    /// Checks an offline release except for its age, and returns the record of its use.
    async fn check_release(&self, signed: &SignedRelease) -> Result<OfflineFile> {
        let OfflineRelease { product, session, nonce, made_at } = &signed.release;
        let now = self.clock().now();
        let unknown = || Invalid::one("sid", "is not the session of a device that was activated offline here");
        let session = Uuid::try_parse(session).map_err(|_| unknown())?;
        let mut reading = self.store().read().await?;
        let last = reading.on().last_request_of(session).await?.ok_or_else(unknown)?;
        let key = last.device_key.as_slice().try_into().map(DeviceKey).map_err(Error::defect)?;
        signed.verify(&key)?;
        let license = reading.on().license_with_terms(last.license_id).await?.ok_or(Error::NotFound("license"))?;
        check_product(product, &license.product_code)?;
        let hash = key.paper_hash(nonce);
        let file = OfflineFile {
            paper_hash: hash.to_vec(),
            id: self.clock().id(),
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

/// Checks that the offline request or release has not been used.
pub(crate) async fn check_unused(on: &mut Connection<'_>, file: &OfflineFile) -> Result<()> {
    let hash = file.paper_hash.as_slice().try_into().map_err(Error::defect)?;
    if on.used_offline_files(&[hash]).await?.is_empty() { Ok(()) } else { Err(Invalid::one("jti", REPLAYED).into()) }
}

/// Checks that the offline request or release names the product of the license.
pub(crate) fn check_product(product: &str, licensed: &str) -> Result<()> {
    if product == licensed {
        return Ok(());
    }
    Err(Invalid::one("aud", format!("names the product “{product}”, but the license is for “{licensed}”")).into())
}
