//! Offline requests: activating a device without a network.

use licensing::{
    ActivationCode, EventKind, Invalid, SubjectKind,
    activation::{Purpose, Request},
    code,
    offline::{OfflineRequest, check_age},
};
use store::offline::OfflineFileKind;
use uuid::Uuid;

use super::{OfflineResponse, Presented, SignedRequest};
use crate::{
    Actor, Offline, Origin, Result,
    activation::desk::request::{Credential, DeskRequest},
    audit::{Record, Subject},
};

impl Offline {
    /// Activates a license on a device without a network, from its offline request. `license` is the license that staff
    /// chose: in place of a code, or to make sure that the code belongs to it. When this returns `Ok`, the activation
    /// is committed.
    ///
    /// # Errors
    /// `Invalid` if the request is too old, was used before or is for another product, or if neither it nor staff names
    /// a license; otherwise as for [`activate`](crate::Activations::activate).
    #[tracing::instrument(skip_all, fields(?license))]
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
            check_age(made_at, self.clock.now(), self.devices.device_settings().max_offline_age)?;
        }
        let code = match code {
            Some(code) => Some(self.licenses.code_meant(code).await?),
            None => None,
        };
        let credential = self.credential_for(code.as_ref(), license, &origin)?;
        self.devices.check_fingerprint(&fingerprint, &credential).await?;
        let (hash, id) = (key.paper_hash(&nonce), self.clock.id());
        let granted = self
            .desk
            .submit(DeskRequest {
                credential,
                fingerprint_hash: fingerprint.digest(),
                fingerprint: Some(fingerprint),
                input: Request { purpose: Purpose::Activate, ..request },
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
        check_age(signed.request.made_at, self.clock.now(), self.devices.device_settings().max_offline_age)
    }

    /// Accepts a request despite its device's clock, since staff know that it is new: the device's battery may be dead.
    /// It can still be used only once. Records an event under the license that staff chose.
    #[tracing::instrument(skip_all, fields(?license))]
    pub async fn let_pass(&self, signed: SignedRequest, license: Option<Uuid>, actor: &Actor) -> Result<SignedRequest> {
        let OfflineRequest { device_name, fingerprint, made_at, .. } = &signed.request;
        let name = device_name.clone().unwrap_or_else(|| fingerprint.as_str().chars().take(80).collect());
        let subject = Subject { kind: SubjectKind::Request, id: None, name, license_id: license };
        let mut tx = self.store.begin().await?;
        Record::new(actor, EventKind::RequestAgeWaived, subject)
            .made(&serde_json::json!({ "made_at": made_at }))
            .write(&mut tx, self.clock.now())
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
            (Some(code), _) if code.origin() == code::CodeOrigin::Mistyped => Err(self.decisions.refuse_mistyped(code, origin)),
            (Some(code), _) => Ok(Credential::Code(self.vault.code_hmac(code))),
            (None, Some(license)) => Ok(Credential::License(license)),
            (None, None) => Err(Invalid::one(
                "activationCode",
                "is missing: create a request that contains it, or ask your vendor to choose the license in the admin app",
            )
            .into()),
        }
    }

    /// Returns the id under which the response to this request can be written again, if the request was granted before.
    pub async fn granted_before(&self, signed: &SignedRequest) -> Result<Option<Uuid>> {
        let hash = signed.key.paper_hash(&signed.request.nonce);
        let used = self.store.read().await?.on().used_offline_files(&[hash]).await?;
        Ok(used.into_iter().find(|file| file.kind == OfflineFileKind::Request).map(|file| file.id))
    }
}
