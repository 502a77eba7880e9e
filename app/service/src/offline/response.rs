//! Offline responses: the license token, and the key that verifies it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::offline::armor::Block;
use uuid::Uuid;

use crate::{Activated, Error, Offline, Result};

/// The response to an offline request.
#[derive(Clone, Debug, PartialEq)]
pub struct OfflineResponse {
    /// Id of the request on this server, under which the response can be written again.
    pub id: Uuid,
    /// The grant.
    pub granted: Activated,
    /// Token, a tilde, and the JWK of its key in base64url, as in a QR code. As secret as the token.
    pub compact: String,
}

impl OfflineResponse {
    /// Returns the response as a text block that survives e-mail.
    pub fn armored(&self) -> String {
        Block::Response.around(&self.compact)
    }
}

impl Offline {
    /// Signs the response for a grant.
    pub(super) async fn respond(&self, id: Uuid, granted: Activated) -> Result<OfflineResponse> {
        let token = self.keys.sign(&granted).await?;
        let jwk = self.keys.public_jwk_of(&token).await?;
        let compact = format!("{token}~{}", URL_SAFE_NO_PAD.encode(jwk.to_string()));
        Ok(OfflineResponse { id, granted, compact })
    }

    /// Writes the response to a request again: the same claims, newly signed.
    ///
    /// # Errors
    /// `NotFound` if there is no such request; `Conflict` if its session is over or its token has expired.
    pub async fn offline_response(&self, id: Uuid) -> Result<OfflineResponse> {
        let mut reading = self.store.read().await?;
        let file = reading.on().offline_file(id).await?.ok_or(Error::NotFound("request"))?;
        let granted: Activated = match file.granted {
            Some(granted) => serde_json::from_value(granted).map_err(Error::defect)?,
            None => return Err(Error::NotFound("request")),
        };
        let session = reading.on().activation(granted.session_id).await?;
        drop(reading);
        if session.is_none_or(|session| session.revoked_at.is_some() || session.released_at.is_some()) {
            return Err(Error::Conflict(
                "This device's session is over, so its response cannot be written again: make a new request on the device."
                    .to_owned(),
            ));
        }
        if granted.token_expires_at <= self.clock.now() {
            return Err(Error::Conflict(
                "The token of this response has expired: make a new request on the device.".to_owned(),
            ));
        }
        self.respond(id, granted).await
    }
}
