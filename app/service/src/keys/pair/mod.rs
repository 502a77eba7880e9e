//! Key pairs: generating, encoding and reading them.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    error::Unspecified,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use jsonwebtoken::{
    EncodingKey,
    jwk::{Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use licensing::product::Algorithm;
use pem_rfc7468::LineEnding;
use tokio::task::spawn_blocking;

use crate::{Error, Result};

/// A key that can sign.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    private: PrivateKey,
    /// The public half, as a SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7).
    pub(crate) public: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads the private half of a key, as PKCS #8 (RFC 5958).
    pub(super) fn read(kid: &str, algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self> {
        let private = PrivateKey::read(algorithm, pkcs8)?;
        Ok(Self { kid: kid.to_owned(), algorithm, public: private.public()?, private })
    }

    /// Signs a message as a JWS does (RFC 7518 §3.3 and §3.4, RFC 8037 §3.1).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.private.sign(message).map_err(|_| Error::defect("a message could not be signed"))
    }
}

/// The private half of a key, ready to sign. jsonwebtoken reads and checks the key anew for every signature, which takes
/// longer than the signature.
enum PrivateKey {
    ES256(EcdsaKeyPair),
    EdDSA(Ed25519KeyPair),
    RS256(RsaKeyPair),
}

impl PrivateKey {
    fn read(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self> {
        let es256 = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        match algorithm {
            Algorithm::ES256 => EcdsaKeyPair::from_pkcs8(es256, pkcs8).map(Self::ES256),
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(pkcs8).map(Self::EdDSA),
            Algorithm::RS256 => RsaKeyPair::from_pkcs8(pkcs8).map(Self::RS256),
        }
        .map_err(Error::defect)
    }

    /// Returns the public half's SubjectPublicKeyInfo in DER.
    fn public(&self) -> Result<Vec<u8>> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::ES256(pair) => pair.public_key().as_der(),
            Self::EdDSA(pair) => pair.public_key().as_der(),
            Self::RS256(pair) => pair.public_key().as_der(),
        }
        .map_err(|_| Error::defect("a public key cannot be encoded"))?;
        Ok(der.as_ref().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match self {
            Self::ES256(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Self::EdDSA(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
            Self::RS256(pair) => {
                let mut signed = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signed)?;
                Ok(signed)
            }
        }
    }
}

/// A newly generated key pair.
pub(super) struct Pair {
    pub(super) kid: String,
    /// The public half.
    pub(super) jwk: Jwk,
    /// The private half.
    pub(super) pkcs8: Vec<u8>,
}

impl Pair {
    /// Generates a key pair on a blocking thread: an RSA key takes hundreds of milliseconds.
    pub(super) async fn generate(algorithm: Algorithm) -> Result<Self> {
        let pkcs8 = spawn_blocking(move || private_key(algorithm)).await.map_err(Error::defect)??;
        let jwk = public_jwk(algorithm, &encoding_key(algorithm, &pkcs8)?)?;
        let kid = jwk.common.key_id.clone().ok_or_else(|| Error::defect("a key without an id"))?;
        Ok(Self { kid, jwk, pkcs8 })
    }
}

/// Generates a private key, as PKCS #8 (RFC 5958).
fn private_key(algorithm: Algorithm) -> Result<Vec<u8>> {
    let failed = |_| Error::defect("a signing key could not be generated");
    let random = SystemRandom::new();
    Ok(match algorithm {
        Algorithm::ES256 => {
            let signing = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            EcdsaKeyPair::generate_pkcs8(signing, &random).map_err(failed)?.as_ref().to_vec()
        }
        Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8v1(&random).map_err(failed)?.as_ref().to_vec(),
        Algorithm::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
            pair.as_der().map_err(failed)?.as_ref().to_vec()
        }
    })
}

fn encoding_key(algorithm: Algorithm, pkcs8: &[u8]) -> Result<EncodingKey> {
    Ok(match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_der(pkcs8),
        Algorithm::EdDSA => EncodingKey::from_ed_der(pkcs8),
        // jsonwebtoken accepts RSA as PKCS #1 in DER, and as PKCS #8 only in PEM.
        Algorithm::RS256 => {
            let pem = pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, pkcs8).map_err(Error::defect)?;
            EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(Error::defect)?
        }
    })
}

/// Returns the public half (RFC 7517 §4), with its RFC 7638 thumbprint as the id, for signatures with this algorithm
/// only.
fn public_jwk(algorithm: Algorithm, key: &EncodingKey) -> Result<Jwk> {
    let mut jwk = Jwk::from_encoding_key(key, token_algorithm(algorithm)).map_err(Error::defect)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(Error::defect)?;
    jwk.common.key_id = Some(kid);
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    jwk.common.key_algorithm = Some(match algorithm {
        Algorithm::ES256 => KeyAlgorithm::ES256,
        Algorithm::EdDSA => KeyAlgorithm::EdDSA,
        Algorithm::RS256 => KeyAlgorithm::RS256,
    });
    Ok(jwk)
}

/// Converts to jsonwebtoken's enum.
pub(crate) const fn token_algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
    }
}

#[cfg(test)]
mod tests;
