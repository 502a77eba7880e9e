//! The public halves of the signing keys.

use std::sync::Arc;

use licensing::product::Algorithm;
use pem_rfc7468::LineEnding;
use serde_json::Value;

use crate::{Error, Keys, PublicKey, Result};

impl Keys {
    /// The public half of every key that a valid token may need, as a JWK set (RFC 7517 §5). Answered from memory while
    /// the database is unavailable.
    pub async fn jwks(&self) -> Arc<Value> {
        self.keyring.jwks().await
    }

    /// The public half of the key that signs with this algorithm for the product now. `None` if there is none yet.
    ///
    /// # Errors
    /// `Defect` if the key cannot be encoded.
    pub async fn product_key(&self, algorithm: Algorithm, product: &str) -> Result<Option<PublicKey>> {
        let Some(key) = self.keyring.held_signer(algorithm, Some(product)) else { return Ok(None) };
        let pem = pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, &key.public).map_err(Error::defect)?;
        Ok(self.keyring.public_jwk(&key.kid).await.map(|(_, jwk)| PublicKey { pem, jwk }))
    }

    /// The public key that verifies a token of this server, in base64: its SubjectPublicKeyInfo in DER (RFC 5280
    /// §4.1.2.7).
    pub fn public_key_of(&self, token: &str) -> Result<String> {
        self.keyring.public_key_of(token)
    }

    /// The public key that verifies a token of this server, as a JWK (RFC 7517).
    pub(crate) async fn public_jwk_of(&self, token: &str) -> Result<Value> {
        let lost = || Error::defect("a token signed by an unknown key");
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(lost)?;
        Ok(self.keyring.public_jwk(&kid).await.ok_or_else(lost)?.1)
    }
}
