//! Dry runs: for devices, and for staff who ask "what if".

use chrono::{DateTime, Utc};
use licensing::{Fingerprint, Terms, activation::Request, code};
use uuid::Uuid;

use crate::{
    Activation, Activations, Error, Origin, Result, Simulation,
    activation::{
        desk::request::{Credential, DeskRequest},
        desk::{code_of, simulate},
    },
};

/// The assumptions of a "what if".
#[derive(Clone, Debug)]
pub struct Hypothetical {
    /// Fingerprint of the device.
    pub fingerprint: Fingerprint,
    /// Request of the device.
    pub request: Request,
    /// Time of the request. Devices and seats are the current ones, as far as they last until then.
    pub at: DateTime<Utc>,
    /// Terms to apply instead of the license's own, if any.
    pub terms: Option<Terms>,
}

impl Activations {
    /// Returns the answer that [`activate`](Self::activate) would give now. Takes no seat, writes nothing, and signs no
    /// token.
    ///
    /// # Errors
    /// `Refused` for a code that is unknown or has ended, exactly as for a real attempt, and recorded like one;
    /// `Unavailable`. Every other refusal is part of the result.
    pub async fn dry_run(&self, activation: Activation) -> Result<Simulation> {
        let activation = Activation { code: self.licenses.code_meant(activation.code).await?, ..activation };
        if activation.code.origin() == code::CodeOrigin::Mistyped {
            return Err(self.decisions.refuse_activation(&activation));
        }
        let fingerprint = activation.fingerprint.clone();
        let hmac = self.vault.code_hmac(&activation.code);
        let (request, now) = (Self::desk_request(activation, hmac), self.clock.now());
        self.devices.check_fingerprint(&fingerprint, &request.credential).await?;
        let (foreseen, refused) = simulate(&self.store.for_api(), &request, None, now).await?;
        match refused {
            Some((declined, row)) if declined.refusal.hides_license() => {
                self.decisions.keep_refusal(row, now);
                Err(Error::declined(declined, &request.origin))
            }
            Some(_) | None => Ok(foreseen),
        }
    }

    /// Returns the answer that this device would get from this license at that time, under these terms.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn what_if(&self, license: Uuid, supposed: Hypothetical) -> Result<Simulation> {
        let Hypothetical { fingerprint, request, at, terms } = supposed;
        let code = code_of(&self.store, license).await?.ok_or(Error::NotFound("license"))?;
        let request = DeskRequest {
            credential: Credential::Code(code),
            fingerprint_hash: fingerprint.digest(),
            fingerprint: Some(fingerprint),
            input: request,
            code_tail: None,
            device_name: None,
            platform: None,
            origin: Origin::default(),
            file: None,
            once: None,
        };
        Ok(simulate(&self.store, &request, terms.as_ref(), at).await?.0)
    }
}
