//! What keeps secrets: codes are found by a keyed hash and kept sealed, private keys are sealed, tokens are hashed.

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

use crate::{Error, Result, sign_ons::Keepsake};

/// The key that everything secret hangs on: 32 random bytes that live outside the database.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

/// Why a text is no sealing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealing key is 32 bytes in base64 (44 characters), and this is not")]
pub struct SealingKeyError;

impl SealingKey {
    /// A fresh key from the system's random source.
    pub fn generate() -> Result<Self> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| Error::defect("the system gives no random bytes"))?;
        Ok(Self(key))
    }

    /// Reads the form that [`to_text`](Self::to_text) writes; white space around it does not matter.
    pub fn read(text: &str) -> Result<Self, SealingKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| SealingKeyError)?;
        bytes.try_into().map(Self).map_err(|_| SealingKeyError)
    }

    /// The key in base64, for the file it is kept in.
    pub fn to_text(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(secret)")
    }
}

/// What a sealed text is for. Bound into the seal, so that one cannot be put in another's place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Code,
    SigningKey,
    SignOn,
}

/// The keys derived from the sealing key (HKDF-SHA-256, RFC 5869), each for one use.
pub(crate) struct Vault {
    codes: hmac::Key,
    calls: hmac::Key,
    sign_ins: hmac::Key,
    seal: RandomizedNonceKey,
    /// A key of its own: strangers have as much sealed with it as they like, and a key with random nonces is good for only
    /// so many seals (NIST SP 800-38D §8.3).
    keepsakes: RandomizedNonceKey,
    lists: hkdf::Prk,
}

/// So many bytes from HKDF.
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
            keepsakes: RandomizedNonceKey::new(&AES_256_GCM, &derive(b"keepsakes")?)
                .map_err(|_| Error::defect("AES-256-GCM"))?,
            lists: hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &derive(b"status lists")?),
        })
    }

    /// What a code is found by.
    pub(crate) fn code_hmac(&self, code: &ActivationCode) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.codes, code.canonical().as_bytes()).as_ref());
        out
    }

    /// What a call under a key is found by, and told from others by: of each part its length and itself.
    pub(crate) fn call_hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(&self.calls, parts)
    }

    /// The key under which failed sign-ins are counted. Keyed, since addresses are easily guessed.
    pub(crate) fn sign_in_hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(&self.sign_ins, parts)
    }

    /// What the places of a status list are scattered by, for one round of it. At most 8,160 bytes.
    pub(crate) fn scatter<const N: usize>(&self, list: Uuid, round: u8) -> Result<[u8; N]> {
        let mut out = [0; N];
        self.lists
            .expand(&[list.as_bytes(), &[round]], Length(N))
            .and_then(|okm| okm.fill(&mut out))
            .map_err(|_| Error::defect("HKDF"))?;
        Ok(out)
    }

    /// Seals: nonce, ciphertext, tag.
    pub(crate) fn seal(&self, purpose: Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        let mut text = secret.to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(purpose.label()), &mut text)
            .map_err(|_| Error::defect("a secret could not be sealed"))?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    /// Opens what [`seal`](Self::seal) made.
    pub(crate) fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::defect("a secret cannot be unsealed: is this the sealing key it was sealed with?");
        let (nonce, text) = sealed.split_first_chunk::<12>().ok_or_else(broken)?;
        let mut text = text.to_vec();
        let opened =
            self.seal.open_in_place(nonce.into(), Aad::from(purpose.label()), &mut text).map_err(|_| broken())?;
        Ok(opened.to_vec())
    }

    /// Seals what a browser keeps.
    pub(crate) fn seal_keepsake(&self, of: Keepsake, what: &[u8]) -> Result<String> {
        let mut text = what.to_vec();
        let nonce = self
            .keepsakes
            .seal_in_place_append_tag(Aad::from(label_of(of)), &mut text)
            .map_err(|_| Error::defect("a keepsake could not be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &text].concat()))
    }

    /// Opens what a browser brings back, if it is ours.
    pub(crate) fn open_keepsake(&self, of: Keepsake, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, text) = sealed.split_first_chunk::<12>()?;
        let mut text = text.to_vec();
        let opened = self.keepsakes.open_in_place(nonce.into(), Aad::from(label_of(of)), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

/// Of each part its length and itself, so that no two lists of parts are alike.
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

const fn label_of(keepsake: Keepsake) -> &'static [u8] {
    match keepsake {
        Keepsake::Attempt => b"attempt",
        Keepsake::SignOut => b"sign-out",
        Keepsake::Device => b"device",
        Keepsake::Kept => b"kept",
    }
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"activation code",
            Self::SigningKey => b"signing key",
            Self::SignOn => b"sign-on",
        }
    }
}

/// SHA-256, for secrets that are random enough to be found by a bare hash.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::defect("the system gives no random bytes"))?;
    Ok(bytes)
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
