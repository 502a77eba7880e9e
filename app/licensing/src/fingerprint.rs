//! Device fingerprints. The server does not interpret them.

use sha2::{Digest, Sha256};

/// Maximum length of a fingerprint, in bytes.
pub const LONGEST: usize = 512;

/// Values that firmware, hypervisors and operating systems report if there is no serial number, UUID or address;
/// letters and digits only, in lower case. The inventories of GLPI and FusionInventory ignore these too. A vendor that
/// sends such a value unchanged has many machines under one fingerprint.
const PLACEHOLDERS: &[&str] = &[
    // Serial numbers and names of boards.
    "defaultstring",
    "tobefilledbyoem",
    "tobefilledbyoemoem",
    "systemserialnumber",
    "systemserialnumb",
    "baseboardserialnumber",
    "chassisserialnumber",
    "boardserialnumber",
    "oemserial",
    "serialnumberxxxxxx",
    "systemproductname",
    "systemmanufacturer",
    "notspecified",
    "notapplicable",
    "notavailable",
    "notsettable",
    "none",
    "null",
    "nullstring",
    "undefined",
    "unknown",
    "unknow",
    "empty",
    "invalid",
    "na",
    "oem",
    "0123456789",
    "12345678",
    "123456789",
    "1234567890",
    "sn1234567890",
    "mb1234567890",
    "xxxxxxxxxxx",
    "nnnnnnn",
    // UUIDs.
    "03000200040005000006000700080009",
    "6ab5b300538d10149fb5b0684d007b53",
    "01010101010101010101010101010101",
    "000102030405060708090a0b0c0d0e0f",
    "fefefefefefefefefefefefefefefefe",
    // ID that a bug gave to many Android devices.
    "9774d56d682e549c",
    // Network addresses: Android's for apps, PPP and VPN adapters, host adapters of VMware and VirtualBox.
    "020000000000",
    "204153594eff",
    "02004e435049",
    "505054503030",
    "33506f453030",
    "005056c00001",
    "005056c00008",
    "0a0027000000",
];

/// Fingerprint of a device: 1 to 512 bytes of UTF-8, compared byte for byte, never trimmed, folded or interpreted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

/// Error for a text that is not a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// Empty.
    #[error("must not be empty")]
    Empty,
    /// Longer than 512 bytes.
    #[error("is longer than 512 bytes: send a hash of it instead")]
    TooLong,
    /// Contains U+0000, which PostgreSQL cannot store.
    #[error("must not contain the character U+0000")]
    Nul,
}

impl Fingerprint {
    /// Takes the text unchanged.
    pub fn read(text: &str) -> Result<Self, FingerprintError> {
        match text.len() {
            0 => Err(FingerprintError::Empty),
            n if n > LONGEST => Err(FingerprintError::TooLong),
            _ if text.contains('\0') => Err(FingerprintError::Nul),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Text as the device sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` for a value that many machines report, and that therefore does not identify a device.
    pub fn is_placeholder(&self) -> bool {
        let compact: String = self.0.chars().filter(char::is_ascii_alphanumeric).collect();
        let compact = compact.to_ascii_lowercase();
        let is_all = |digit: u8, least: usize| compact.len() >= least && compact.bytes().all(|b| b == digit);
        // A single `f` may be a vendor's own hexadecimal numbering; zeros are not.
        self.0.trim().is_empty()
            || is_all(b'0', 1)
            || is_all(b'f', 8)
            || PLACEHOLDERS.contains(&compact.as_str()) && self.0.is_ascii()
    }

    /// SHA-256 of the bytes. Devices are looked up by it, and the token contains it, so that the software can compare.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}
