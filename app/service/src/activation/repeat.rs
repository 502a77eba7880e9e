//! Repeating a refused request as a dry run: would it be granted now?

use licensing::{Email, activation::Purpose};
use store::decisions::DecisionRow;

use crate::{
    Activations, Origin, Result, Simulation,
    activation::{
        decisions::masked,
        desk::request::{Credential, DeskRequest},
        desk::{code_of, simulate},
    },
};

impl Activations {
    /// Returns the answer that the request of this decision would get now. `None` if it cannot be repeated: its license
    /// or device is unknown, or it was no request for a seat.
    ///
    /// The e-mail address was stored masked. It counts as the license's if both are masked alike, so that a corrected
    /// license shows the correction's effect.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn repeat(&self, row: &DecisionRow) -> Result<Option<Simulation>> {
        let saw = row.facts.as_ref().and_then(|facts| facts.saw.as_deref());
        let hash = row.fingerprint_hash.as_deref().and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let (Some(license), Some(saw), Some(fingerprint_hash)) = (row.license_id, saw, hash) else { return Ok(None) };
        let Some(known) = self.store.read().await?.on().license_with_terms(license).await? else { return Ok(None) };
        let own = known.license.email.as_deref().and_then(Email::stored);
        let sends_own = row.email.is_some() && row.email == masked(own.as_ref());
        let input = saw.request(own.as_ref(), sends_own);
        let credential = match (input.purpose, row.activation_id) {
            (Purpose::Activate, _) => {
                match row.code_tail.as_ref().is_none_or(|tail| *tail == known.license.code_tail) {
                    true => code_of(&self.store, license).await?.map(Credential::Code),
                    // The license has another code now, so the one that was sent is unknown: no code has this HMAC.
                    false => Some(Credential::Code([0; 32])),
                }
            }
            (Purpose::Renew | Purpose::CheckIn, session) => {
                session.map(|session| Credential::Session { license, session })
            }
        };
        let Some(credential) = credential else { return Ok(None) };
        let request = DeskRequest {
            credential,
            fingerprint: None,
            fingerprint_hash,
            input,
            code_tail: None,
            device_name: None,
            platform: None,
            origin: Origin::default(),
            file: None,
            once: None,
        };
        Ok(Some(simulate(&self.store, &request, None, self.clock.now()).await?.0))
    }
}
