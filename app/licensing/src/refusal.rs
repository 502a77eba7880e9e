//! Why the rules say no, with the numbers that explain it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Version, VersionRange, sentence::moment};

/// Why an activation was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Refusal {
    /// No license has this code, or the license has ended. Callers get the same answer for both.
    CodeNotFound {
        /// Inside only: there is a license, and it is over.
        ended: bool,
    },
    /// The product was withdrawn.
    ProductUnavailable,
    /// The license was revoked.
    LicenseRevoked,
    /// The license is suspended.
    LicenseSuspended,
    /// The policy asks for an e-mail address, and none came.
    EmailRequired,
    /// The address is not the license's.
    EmailMismatch,
    /// The license does not cover this version.
    VersionNotCovered {
        /// What was asked for.
        version: Version,
        /// What is covered.
        range: VersionRange,
    },
    /// The device holds a seat, and the policy forbids activating again.
    AlreadyActivated,
    /// Every seat is in use.
    SeatLimit {
        /// Seats in use now.
        used: u32,
        /// Seats there are.
        allowed: u32,
        /// When the next one comes free by itself.
        next_at: Option<DateTime<Utc>>,
    },
}

impl Refusal {
    /// The problem code of the public contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CodeNotFound { .. } => "code_not_found",
            Self::ProductUnavailable => "product_unavailable",
            Self::LicenseRevoked => "license_revoked",
            Self::LicenseSuspended => "license_suspended",
            Self::EmailRequired => "email_required",
            Self::EmailMismatch => "email_mismatch",
            Self::VersionNotCovered { .. } => "version_not_covered",
            Self::AlreadyActivated => "already_activated",
            Self::SeatLimit { .. } => "seat_limit",
        }
    }
}

/// One sentence that the user of the software can act on.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CodeNotFound { .. } => f.write_str(
                "This activation code is not known or no longer valid: check it for slips, or ask your vendor for a new one.",
            ),
            Self::ProductUnavailable => {
                f.write_str("This product is no longer available for activation: ask your vendor what replaces it.")
            }
            Self::LicenseRevoked => f.write_str("This license was revoked: ask your vendor why."),
            Self::LicenseSuspended => {
                f.write_str("This license is suspended: ask your vendor to reinstate it, then try again.")
            }
            Self::EmailRequired => f.write_str("This license asks for an e-mail address: enter yours and try again."),
            Self::EmailMismatch => f.write_str(
                "This is not the e-mail address the license was issued to: enter the one your order was sent to.",
            ),
            Self::VersionNotCovered { version, range } => {
                write!(f, "This license covers versions {range}, not {version}: use a version it covers, or renew it.")
            }
            Self::AlreadyActivated => f.write_str(
                "This device is activated already, and this license allows that once: use the token it has, or ask your vendor to free its seat.",
            ),
            Self::SeatLimit { used, allowed, next_at } => {
                match allowed {
                    1 => f.write_str("The only seat of this license is in use on another device")?,
                    n => write!(f, "All {n} seats of this license are in use ({used} of {n})")?,
                }
                f.write_str(": ask your vendor to free one or to add more")?;
                match next_at {
                    Some(at) => write!(f, ", or try again after {}, when the next comes free.", moment(*at)),
                    None => f.write_str("."),
                }
            }
        }
    }
}
