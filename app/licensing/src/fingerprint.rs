//! What a device says of itself: opaque to us.

use sha2::{Digest, Sha256};

/// The longest fingerprint, in bytes.
pub const LONGEST: usize = 512;

/// A device's fingerprint: 1 to 512 bytes of UTF-8, compared byte for byte, never trimmed, folded or interpreted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

/// Why a text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// No byte at all.
    #[error("must not be empty")]
    Empty,
    /// More than 512 bytes.
    #[error("is longer than 512 bytes: send a hash of it instead")]
    TooLong,
    /// U+0000, which PostgreSQL cannot keep.
    #[error("must not hold the character U+0000")]
    Nul,
}

impl Fingerprint {
    /// Takes the text as it is.
    pub fn read(text: &str) -> Result<Self, FingerprintError> {
        match text.len() {
            0 => Err(FingerprintError::Empty),
            n if n > LONGEST => Err(FingerprintError::TooLong),
            _ if text.contains('\0') => Err(FingerprintError::Nul),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text as the device sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the bytes: what devices are found by, and what the token says, so that software can compare.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}
