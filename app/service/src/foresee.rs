//! Asking without taking: dry runs of devices, and "what if" of those who help them.

use chrono::{DateTime, Utc};
use licensing::{Fingerprint, Terms, activation::Request, code};
use uuid::Uuid;

use crate::{
    Activation, Error, Foreseen, Origin, Result, Service,
    activate::{Ask, Door},
    desk::{code_of, foresee},
};

/// What is supposed.
#[derive(Clone, Debug)]
pub struct Supposed {
    /// The device that asks.
    pub fingerprint: Fingerprint,
    /// What it asks.
    pub request: Request,
    /// When. Devices and seats are those of today, as far as they last until then.
    pub at: DateTime<Utc>,
    /// Under which terms, if not the license's own.
    pub terms: Option<Terms>,
}

impl Service {
    /// What [`activate`](Self::activate) would answer now. No seat is taken, nothing is written, no token is signed.
    ///
    /// # Errors
    /// `Refused` for a code that is unknown or over, exactly as for a plain attempt, and kept as such; `Unavailable`. Every
    /// other refusal is an answer.
    pub async fn dry_run(&self, activation: Activation) -> Result<Foreseen> {
        let activation = Activation { code: self.code_meant(activation.code).await?, ..activation };
        if activation.code.origin() == code::Origin::Mistyped {
            return Err(self.mistyped(&activation));
        }
        let fingerprint = activation.fingerprint.clone();
        let (ask, now) = (self.at_the_desk(activation), self.clock().now());
        self.check_fingerprint(&fingerprint, &ask.door).await?;
        let (foreseen, refused) = foresee(&self.api_store(), &ask, None, now).await?;
        match refused {
            Some((declined, row)) if declined.refusal.hides_license() => {
                self.keep_refusal(row, now);
                Err(Error::declined(declined, &ask.origin))
            }
            Some(_) | None => Ok(foreseen),
        }
    }

    /// What would happen if this device asked for a seat of this license at that time, under these terms.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn what_if(&self, license: Uuid, supposed: Supposed) -> Result<Foreseen> {
        let Supposed { fingerprint, request, at, terms } = supposed;
        let code = code_of(self.store(), license).await?.ok_or(Error::NotFound("license"))?;
        let ask = Ask {
            door: Door::Code(code),
            fingerprint_hash: fingerprint.digest(),
            fingerprint: Some(fingerprint),
            request,
            code_tail: None,
            device_name: None,
            platform: None,
            origin: Origin::default(),
            paper: None,
            once: None,
        };
        Ok(foresee(self.store(), &ask, terms.as_ref(), at).await?.0)
    }
}
