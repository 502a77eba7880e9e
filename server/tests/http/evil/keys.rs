//! Signing by hand, so that no library of ours refuses to create malicious tokens.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
        RsaKeyPair,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::weak;

pub(crate) type Members = serde_json::Map<String, Value>;

/// A key pair. Cheap enough to make one for each test.
pub(crate) enum Key {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    /// RSA with 512 bits, which can be factored within hours.
    Weak,
}

impl Key {
    pub(crate) fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn p384() -> Self {
        Self::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    /// The usual algorithm of this kind of key.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) | Self::Weak => "RS256",
            Self::P256(_) => "ES256",
            Self::P384(_) => "ES384",
            Self::Ed(_) => "EdDSA",
        }
    }

    /// A signature: with RSA by the scheme that the algorithm names, with other keys always by their own.
    pub(crate) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let scheme: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    "PS256" => &RSA_PSS_SHA256,
                    "PS384" => &RSA_PSS_SHA384,
                    "PS512" => &RSA_PSS_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(scheme, &random, message, &mut signature).unwrap();
                signature
            }
            Self::P256(pair) | Self::P384(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Weak => weak::sign(message),
        }
    }

    /// The public key as in a key set.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            // An `RSAPublicKey` of 2,048 bits in DER: a head of nine bytes, the modulus, and 65537 (RFC 8017 §A.1.1).
            Self::Rsa(pair) => {
                json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": b64(&pair.public_key().as_ref()[9..265]), "e": "AQAB" })
            }
            Self::Weak => json!({ "kty": "RSA", "kid": kid, "use": "sig", "n": b64(&weak::modulus()), "e": "AQAB" }),
            Self::P256(pair) => point(pair, "P-256", 32, kid),
            Self::P384(pair) => point(pair, "P-384", 48, kid),
            Self::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": b64(pair.public_key().as_ref()) })
            }
        }
    }
}

fn point(pair: &EcdsaKeyPair, curve: &str, size: usize, kid: &str) -> Value {
    let point = pair.public_key().as_ref();
    let (x, y) = (b64(&point[1..=size]), b64(&point[size + 1..]));
    json!({ "kty": "EC", "crv": curve, "kid": kid, "use": "sig", "x": x, "y": y })
}

/// An HMAC-SHA-256 with anything that is to pass as a shared secret.
pub(crate) fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The members of a JSON object.
pub(crate) fn members(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        other => panic!("not an object: {other}"),
    }
}

/// Replaces members; `null` removes one.
pub(crate) fn lay(all: &mut Members, over: &Value) {
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
}

/// The first two parts of a compact JWS.
pub(crate) fn unsigned(header: &Members, claims: &Members) -> String {
    let part = |members: &Members| b64(&serde_json::to_vec(members).unwrap());
    format!("{}.{}", part(header), part(claims))
}
