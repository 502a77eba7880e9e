//! Cryptographic storage of secrets: codes are found by a keyed hash and stored encrypted, private keys are encrypted,
//! and tokens are hashed.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, RandomizedNonceKey},
    digest, hkdf, hmac, rand,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use licensing::ActivationCode;
use uuid::Uuid;

use crate::{Error, Result};

/// Master key from which all others derive: 32 random bytes, kept outside the database.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

/// The error for a text that is not a sealing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealing key must be 32 bytes in base64 (44 characters)")]
pub struct SealingKeyError;

impl SealingKey {
    /// Generates a key from the system's random source.
    pub fn generate() -> Result<Self> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| Error::defect("the system returned no random bytes"))?;
        Ok(Self(key))
    }

    /// Reads the form that [`to_text`](Self::to_text) writes, ignoring surrounding white space.
    pub fn read(text: &str) -> Result<Self, SealingKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| SealingKeyError)?;
        bytes.try_into().map(Self).map_err(|_| SealingKeyError)
    }

    /// The key in base64, as key files hold it.
    pub fn to_text(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(secret)")
    }
}

/// The use of a sealed value. It is authenticated as associated data, so a value cannot be used for another purpose.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Code,
    SigningKey,
    UpstreamSession,
    Webhook,
}

/// The keys derived from the sealing key (HKDF-SHA-256, RFC 5869), each for one use.
pub(crate) struct Vault {
    codes: hmac::Key,
    calls: hmac::Key,
    sign_ins: hmac::Key,
    seal: RandomizedNonceKey,
    /// A separate key: strangers can have any number of cookies sealed with it, and a key with random nonces is safe
    /// for a limited number of encryptions only (NIST SP 800-38D §8.3).
    cookies: RandomizedNonceKey,
    lists: hkdf::Prk,
}

/// Output length for HKDF, in bytes.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(secret)")
    }
}

impl Vault {
    pub(crate) fn new(key: &SealingKey) -> Result<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey").extract(&key.0);
        let derive = |info: &'static [u8]| -> Result<[u8; 32]> {
            let mut out = [0; 32];
            root.expand(&[info], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut out))
                .map_err(|_| Error::defect("HKDF"))?;
            Ok(out)
        };
        Ok(Self {
            codes: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"codes")?),
            calls: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"calls")?),
            sign_ins: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"sign-ins")?),
            seal: RandomizedNonceKey::new(&AES_256_GCM, &derive(b"seal")?).map_err(|_| Error::defect("AES-256-GCM"))?,
            cookies: RandomizedNonceKey::new(&AES_256_GCM, &derive(b"keepsakes")?)
                .map_err(|_| Error::defect("AES-256-GCM"))?,
            lists: hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &derive(b"status lists")?),
        })
    }

    /// The keyed hash by which a code is found.
    pub(crate) fn code_hmac(&self, code: &ActivationCode) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.codes, code.canonical().as_bytes()).as_ref());
        out
    }

    /// The keyed hash that identifies a call, or its body. See [`hmac_of`] for how the parts are combined.
    pub(crate) fn call_hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(&self.calls, parts)
    }

    /// The key under which failed sign-ins are counted. Keyed, because addresses are easy to guess.
    pub(crate) fn sign_in_hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(&self.sign_ins, parts)
    }

    /// Returns key material for one round of the permutation that scatters a status list's places; at most 8,160 bytes.
    pub(crate) fn scatter<const N: usize>(&self, list: Uuid, round: u8) -> Result<[u8; N]> {
        let mut out = [0; N];
        self.lists
            .expand(&[list.as_bytes(), &[round]], Length(N))
            .and_then(|okm| okm.fill(&mut out))
            .map_err(|_| Error::defect("HKDF"))?;
        Ok(out)
    }

    /// Encrypts a secret. Returns nonce, ciphertext and tag.
    pub(crate) fn seal(&self, purpose: Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        let mut text = secret.to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(purpose.label()), &mut text)
            .map_err(|_| Error::defect("a secret cannot be sealed"))?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    /// Decrypts a value from [`seal`](Self::seal).
    pub(crate) fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::defect("a secret cannot be unsealed: is this the sealing key it was sealed with?");
        let (nonce, text) = sealed.split_first_chunk::<12>().ok_or_else(broken)?;
        let mut text = text.to_vec();
        let opened =
            self.seal.open_in_place(nonce.into(), Aad::from(purpose.label()), &mut text).map_err(|_| broken())?;
        Ok(opened.to_vec())
    }

    /// Encrypts a value that a browser keeps.
    pub(crate) fn seal_cookie(&self, of: SealedCookie, what: &[u8]) -> Result<String> {
        let mut text = what.to_vec();
        let nonce = self
            .cookies
            .seal_in_place_append_tag(Aad::from(label_of(of)), &mut text)
            .map_err(|_| Error::defect("a cookie cannot be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &text].concat()))
    }

    /// Decrypts a value that a browser sent. `None` if this server did not seal it for this use.
    pub(crate) fn open_cookie(&self, of: SealedCookie, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, text) = sealed.split_first_chunk::<12>()?;
        let mut text = text.to_vec();
        let opened = self.cookies.open_in_place(nonce.into(), Aad::from(label_of(of)), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

/// HMAC over the parts, each preceded by its length so that no two lists of parts collide.
fn hmac_of(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

const fn label_of(cookie: SealedCookie) -> &'static [u8] {
    match cookie {
        SealedCookie::Attempt => b"attempt",
        SealedCookie::SignOut => b"sign-out",
        SealedCookie::Device => b"device",
        SealedCookie::Kept => b"kept",
    }
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"activation code",
            Self::SigningKey => b"signing key",
            Self::UpstreamSession => b"sign-on",
            Self::Webhook => b"webhook secret",
        }
    }
}

/// SHA-256, for secrets that are random enough to be stored as a plain hash.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Returns random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::defect("the system returned no random bytes"))?;
    Ok(bytes)
}

/// The use of a sealed cookie. A browser can neither read nor change its content, and one use cannot be taken for
/// another. A `PrivateCookieJar` binds a value to the cookie's name only, and would need a key outside this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedCookie {
    /// A sign-in attempt at a provider.
    Attempt,
    /// The address for signing out at a provider.
    SignOut,
    /// A mark that an account was signed in in this browser.
    Device,
    /// Data that one page leaves for the next: tokens of links, secrets that are shown once.
    Kept,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(&SealingKey([7; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_is_opened_again_and_never_sealed_twice_alike() {
        let vault = vault();
        for secret in [&b""[..], b"a code", &[0; 5000]] {
            let (one, two) = (vault.seal(Purpose::Code, secret).unwrap(), vault.seal(Purpose::Code, secret).unwrap());
            assert_eq!(vault.open(Purpose::Code, &one).unwrap(), secret);
            assert_ne!(one, two);
            assert_eq!(one.len(), 12 + secret.len() + 16);
        }
    }

    #[test]
    fn another_key_another_purpose_and_a_flipped_bit_open_nothing() {
        let vault = vault();
        let sealed = vault.seal(Purpose::Code, b"a code").unwrap();
        assert!(Vault::new(&SealingKey([8; 32])).unwrap().open(Purpose::Code, &sealed).is_err());
        assert!(vault.open(Purpose::SigningKey, &sealed).is_err());
        for byte in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[byte] ^= 1;
            assert!(vault.open(Purpose::Code, &broken).is_err(), "byte {byte}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open(Purpose::Code, &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_code_is_found_by_what_only_the_key_can_make() {
        let read = |text| ActivationCode::read(text).unwrap();
        let hmac = vault().code_hmac(&read("ABC-DEF-1"));
        assert_eq!(hmac, vault().code_hmac(&read("abcdefl")));
        assert_ne!(hmac, vault().code_hmac(&read("ABC-DEF-2")));
        assert_ne!(hmac, Vault::new(&SealingKey([8; 32])).unwrap().code_hmac(&read("ABC-DEF-1")));
        assert_ne!(hmac, sha256(b"ABCDEF1"));
    }
}
