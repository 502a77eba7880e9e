//! Devices that are never online: what they ask and prove on paper (`docs/offline.md`).
//!
//! A request goes over the activation desk like any other, under the same rules. That it was used is written in the same
//! transaction as the seat, and with it what was granted, so that the answer can be written again should it be lost.

mod jws;
mod response;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use licensing::{
    ActivationCode, Invalid,
    activation::{Purpose, Request},
    code,
    offline::{OfflineRelease, OfflineRequest, check_age},
};
use store::{
    Connection,
    activations::Activation,
    offline::{Paper, PaperKind},
};
use uuid::Uuid;

use crate::{
    Activated, Actor, Error, Origin, Result, Service,
    activate::{Ask, Door},
    decisions::RELEASE,
    devices,
    record::{Record, Subject},
    vault::sha256,
};

pub use jws::{SignedPaper, SignedRelease, SignedRequest};
pub use response::OfflineResponse;

/// What is said of a paper that was used before.
pub(crate) const REPLAYED: &str = "was used before (replayed), and a paper is good once: where its answer was lost, ask \
                                   your vendor to write it again, or make a new one on the device";

/// A device's public key: Ed25519 (RFC 8032 §5.1.5). Written in base64url, as in the member `x` of a JWK (RFC 8037 §2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey([u8; 32]);

/// A request as the desk sees it.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    pub(crate) key: DeviceKey,
    pub(crate) hash: [u8; 32],
    /// Who brought it, where that is not the device's own side.
    pub(crate) by: Option<Actor>,
    pub(crate) product: String,
    /// The license that staff chose.
    pub(crate) license: Option<Uuid>,
    made_at: DateTime<Utc>,
    id: Uuid,
}

impl DeviceKey {
    /// The key that stands in a JWK's member `x`.
    fn read(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("must hold the member x: 32 bytes of an Ed25519 key in base64url")
    }

    /// What a paper is found by that this key has signed.
    fn paper_hash(&self, nonce: &str) -> [u8; 32] {
        sha256(&[&self.0, nonce.as_bytes()].concat())
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({self})")
    }
}

impl Presented {
    /// The request once it is granted.
    pub(crate) fn used(&self, granted: &Activated) -> Result<Paper> {
        Ok(Paper {
            paper_hash: self.hash.to_vec(),
            id: self.id,
            kind: PaperKind::Request,
            license_id: granted.license_id,
            activation_id: granted.session_id,
            device_key: self.key.0.to_vec(),
            made_at: self.made_at,
            used_at: granted.at,
            granted: Some(serde_json::to_value(granted).map_err(Error::defect)?),
        })
    }
}

impl Service {
    /// Activates a license on a device that is never online, as it asks on paper. `license` is the one that staff chose,
    /// where the request holds no code, or to make sure that it is that one's. When this returns `Ok`, it is on disk.
    ///
    /// # Errors
    /// `Invalid` where the paper is too old, was used before or is for another product, and where neither it nor staff
    /// names a license; else as for [`activate`](Self::activate).
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
            Some(code) => Some(self.code_meant(code).await?),
            None => None,
        };
        let door = self.door_of(code.as_ref(), license, &origin)?;
        self.check_fingerprint(&fingerprint, &door).await?;
        let (hash, id) = (key.paper_hash(&nonce), self.clock().id());
        let granted = self
            .0
            .desk
            .ask(Ask {
                door,
                fingerprint_hash: fingerprint.digest(),
                fingerprint: Some(fingerprint),
                request: Request { purpose: Purpose::Activate, ..request },
                code_tail: code.as_ref().map(ActivationCode::tail),
                device_name,
                platform,
                origin,
                paper: Some(Box::new(Presented { key, hash, by, product, license, made_at, id })),
                once: None,
            })
            .await?;
        self.respond(id, granted).await
    }

    /// Why a request is too old, or from the future, to be granted as it is.
    pub fn check_request_age(&self, signed: &SignedRequest) -> Result<(), Invalid> {
        check_age(signed.request.made_at, self.clock().now(), self.device_settings().longest_way)
    }

    /// Lets a request pass whatever its device's clock says, since staff know that it is new: the device's battery may be
    /// dead. It is good once all the same. Leaves an event under the license that staff chose.
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

    fn door_of(&self, code: Option<&ActivationCode>, license: Option<Uuid>, origin: &Origin) -> Result<Door> {
        match (code, license) {
            // A slip of the pen, as in any activation.
            (Some(code), _) if code.origin() == code::Origin::Mistyped => Err(self.unknown_code(code, origin)),
            (Some(code), _) => Ok(Door::Code(self.0.vault.code_hmac(code))),
            (None, Some(license)) => Ok(Door::License(license)),
            (None, None) => Err(Invalid::one(
                "activationCode",
                "is missing: make a request that holds it, or have your vendor choose the license in the admin app",
            )
            .into()),
        }
    }

    /// Gives up the seat of a device that has deleted its token and says so on paper, signed with the key of its last
    /// request. Under strict terms the seat is free when its last token has ended.
    ///
    /// # Errors
    /// `Invalid` where the paper is too old, was used before, names no such session, or is for another product or of
    /// another key; `Refused` where the terms do not let the device do so.
    pub async fn release_offline(&self, signed: &SignedRelease, by: Option<Actor>, origin: Origin) -> Result<()> {
        if !signed.of_any_age {
            self.check_release_age(signed)?;
        }
        let paper = self.check_release(signed).await?;
        let session = (Some(paper.license_id), paper.activation_id);
        self.release_seat_by(paper, by, origin.clone()).await.map_err(|error| match error {
            // The device has activated again, and is another session now.
            Error::NotFound("device") => self.no_such_session(session, None, RELEASE, &origin),
            other => other,
        })
    }

    /// The request's id, under which its response can be written again, where it was granted before.
    pub async fn granted_before(&self, signed: &SignedRequest) -> Result<Option<Uuid>> {
        let hash = signed.key.paper_hash(&signed.request.nonce);
        let used = self.store().read().await?.on().used_papers(&[hash]).await?;
        Ok(used.into_iter().find(|paper| paper.kind == PaperKind::Request).map(|paper| paper.id))
    }

    /// Why a proof is too old, or from the future, to be taken as it is.
    pub fn check_release_age(&self, signed: &SignedRelease) -> Result<(), Invalid> {
        check_age(signed.release.made_at, self.clock().now(), self.device_settings().longest_way)
    }

    /// Lets a proof pass whatever its device's clock says, like [`let_pass`](Self::let_pass). Leaves an event of the device.
    ///
    /// # Errors
    /// As for [`session_of_release`](Self::session_of_release).
    pub async fn let_release_pass(&self, mut signed: SignedRelease, actor: &Actor) -> Result<SignedRelease> {
        let device = self.session_of_release(&signed).await?;
        let mut tx = self.store().begin().await?;
        Record::new(actor, "release.age_waived", devices::subject(&device))
            .made(&serde_json::json!({ "made_at": signed.release.made_at }))
            .write(&mut tx, self.clock().now())
            .await?;
        tx.commit().await?;
        signed.of_any_age = true;
        Ok(signed)
    }

    /// The session whose seat the proof would give up, as it stands, however old the proof is.
    ///
    /// # Errors
    /// As for [`release_offline`](Self::release_offline), the terms and the age apart.
    pub async fn session_of_release(&self, signed: &SignedRelease) -> Result<Activation> {
        let paper = self.check_release(signed).await?;
        let session = self.store().read().await?.on().activation(paper.activation_id).await?;
        let runs = session.filter(|session| session.revoked_at.is_none() && session.released_at.is_none());
        runs.ok_or_else(|| Error::Conflict("This device's session is over already, and its seat given up.".to_owned()))
    }

    /// Whether the proof is good now, its age apart: the paper that it would be.
    async fn check_release(&self, signed: &SignedRelease) -> Result<Paper> {
        let OfflineRelease { product, session, nonce, made_at } = &signed.release;
        let now = self.clock().now();
        let unknown = || Invalid::one("sid", "names no session of a device that was activated offline here");
        let session = Uuid::try_parse(session).map_err(|_| unknown())?;
        let mut reading = self.store().read().await?;
        let last = reading.on().last_request_of(session).await?.ok_or_else(unknown)?;
        let key = last.device_key.as_slice().try_into().map(DeviceKey).map_err(Error::defect)?;
        signed.verify(&key)?;
        let license = reading.on().license_with_terms(last.license_id).await?.ok_or(Error::NotFound("license"))?;
        check_product(product, &license.product_code)?;
        let hash = key.paper_hash(nonce);
        let paper = Paper {
            paper_hash: hash.to_vec(),
            id: self.clock().id(),
            kind: PaperKind::Release,
            activation_id: session,
            made_at: *made_at,
            used_at: now,
            granted: None,
            ..last
        };
        check_unused(&mut reading.on(), &paper).await?;
        Ok(paper)
    }
}

/// Whether the paper was not used before.
pub(crate) async fn check_unused(on: &mut Connection<'_>, paper: &Paper) -> Result<()> {
    let hash = paper.paper_hash.as_slice().try_into().map_err(Error::defect)?;
    if on.used_papers(&[hash]).await?.is_empty() { Ok(()) } else { Err(Invalid::one("jti", REPLAYED).into()) }
}

/// Whether the paper names the product that the license is for.
pub(crate) fn check_product(product: &str, licensed: &str) -> Result<()> {
    if product == licensed {
        return Ok(());
    }
    Err(Invalid::one("aud", format!("names the product “{product}”, and the license is for “{licensed}”")).into())
}
