//! Activating a device: from its request to a signed token.

use licensing::code;

use crate::{
    Activated, Activations, CallKey, Result,
    activation::desk::request::{Activation, Credential, DeskRequest},
};

impl Activations {
    /// Activates a license on a device, or confirms an existing activation: the same device keeps its seat and gets a
    /// new token. When this returns `Ok`, the activation is committed.
    ///
    /// # Errors
    /// `Refused` if the rules refuse the device; `Unavailable` if the database is unavailable or full, or too many
    /// requests are waiting. Repeating the request is always safe: if the connection broke during the commit, the
    /// device finds its seat.
    pub async fn activate(&self, activation: Activation) -> Result<(Activated, String)> {
        self.activate_once(activation, None).await
    }

    /// Like [`activate`](Self::activate), but done only once per key. A repeat returns the same claims.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate), and `Call`.
    pub async fn activate_once(&self, activation: Activation, key: Option<&CallKey>) -> Result<(Activated, String)> {
        // The check symbol is wrong, so this code was never issued and needs no look-up.
        let activation = Activation { code: self.licenses.code_meant(activation.code).await?, ..activation };
        if activation.code.origin() == code::CodeOrigin::Mistyped {
            return Err(self.decisions.refuse_activation(&activation));
        }
        let hmac = self.vault.code_hmac(&activation.code);
        let fingerprint = activation.fingerprint.clone();
        let request = Self::desk_request(activation, hmac);
        self.devices.check_fingerprint(&fingerprint, &request.credential).await?;
        let call = self.calls.begin_call(key, &hmac, &request.body())?;
        let once = call.as_ref().map(|(once, _)| *once);
        let granted = self.desk.submit(DeskRequest { once, ..request }).await?;
        let token = self.keys.sign(&granted).await?;
        Ok((granted, token))
    }

    /// Like [`activate`](Self::activate), without a token: for devices of demonstrations and load tests.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate).
    pub async fn activate_unsigned(&self, activation: Activation) -> Result<Activated> {
        let hmac = self.vault.code_hmac(&activation.code);
        self.desk.submit(Self::desk_request(activation, hmac)).await
    }

    /// Converts the request into one for the desk. `hmac` is that of its code.
    pub(crate) fn desk_request(activation: Activation, hmac: [u8; 32]) -> DeskRequest {
        let Activation { code, fingerprint, request, device_name, platform, origin } = activation;
        DeskRequest {
            credential: Credential::Code(hmac),
            fingerprint_hash: fingerprint.digest(),
            fingerprint: Some(fingerprint),
            input: request,
            code_tail: Some(code.tail()),
            device_name,
            platform,
            origin,
            file: None,
            once: None,
        }
    }
}
