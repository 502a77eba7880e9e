//! Why the rules say no, with the numbers that explain it.

mod remedy;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Span, Version, VersionRange,
    activation::BlockScope,
    sentence::{day, moment, times},
    terms::Identity,
};

/// Why an activation was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Refusal {
    /// No license has this code, or the license has ended. Callers get the same answer for both.
    CodeNotFound {
        /// Inside only: there is a license, and it is over.
        ended: bool,
    },
    /// The device's trial of the product is over. Callers get the same answer as for an unknown code.
    TrialOver {
        /// When its window closed.
        ended_at: DateTime<Utc>,
    },
    /// The product was withdrawn.
    ProductUnavailable,
    /// The license was revoked.
    LicenseRevoked,
    /// The license is suspended.
    LicenseSuspended,
    /// The session was revoked or released, or never was.
    SessionEnded,
    /// The terms ask for a person who is signed in, and nobody is.
    AuthenticationRequired,
    /// The person who is signed in lacks the role that the terms ask for.
    RoleMissing {
        /// That role.
        role: String,
    },
    /// The person's verified e-mail address, if they have one, is not the license's.
    PersonMismatch,
    /// The person has no verified e-mail address at the domain that the terms ask for.
    DomainMismatch {
        /// That domain.
        domain: String,
    },
    /// The policy asks for an e-mail address, and none came.
    EmailRequired,
    /// The address is not the license's.
    EmailMismatch,
    /// The device is blocked.
    DeviceBlocked {
        /// Inside only: for what.
        scope: BlockScope,
    },
    /// Only devices that were entered beforehand may activate, and this one was not.
    DeviceNotAuthorized,
    /// The license does not cover this version.
    VersionNotCovered {
        /// What was asked for.
        version: Version,
        /// What is covered.
        range: VersionRange,
    },
    /// The version was released after the license ceased to cover new ones.
    VersionTooNew {
        /// What was asked for.
        version: Version,
        /// The newest version that is covered, if one is known.
        newest: Option<Version>,
        /// What was released later is not covered.
        until: DateTime<Utc>,
    },
    /// The device holds a seat, and the policy forbids activating again.
    AlreadyActivated,
    /// The device holds a seat under another license, and the terms forbid a second one.
    ActivatedElsewhere {
        /// Within what it may hold only one.
        within: Identity,
    },
    /// Every seat is in use.
    SeatLimit {
        /// Seats in use now.
        used: u32,
        /// Seats there are, the overage included.
        allowed: u32,
        /// When the next one comes free by itself.
        next_at: Option<DateTime<Utc>>,
    },
    /// The terms do not let the device give its seat up.
    ReleaseNotAllowed,
    /// The device gave its seat up too often, or seats moved too often.
    TransferLimit {
        /// How often it is allowed.
        moves: u32,
        /// In any period of this length.
        per: Span,
        /// From when it is allowed again.
        next_at: DateTime<Utc>,
    },
}

impl Refusal {
    /// Every [`code`](Self::code) there is.
    pub const CODES: [&'static str; 15] = [
        "code_not_found",
        "product_unavailable",
        "license_revoked",
        "license_suspended",
        "session_not_found",
        "authentication_required",
        "email_required",
        "email_mismatch",
        "device_blocked",
        "device_not_authorized",
        "version_not_covered",
        "already_activated",
        "seat_limit",
        "release_not_allowed",
        "transfer_limit",
    ];

    /// Returns `true` where the caller gets the answer of an unknown code, which does not tell that there is a license.
    pub const fn hides_license(&self) -> bool {
        matches!(self, Self::CodeNotFound { .. } | Self::TrialOver { .. })
    }

    /// The problem code of the public contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CodeNotFound { .. } | Self::TrialOver { .. } => "code_not_found",
            Self::ProductUnavailable => "product_unavailable",
            Self::LicenseRevoked => "license_revoked",
            Self::LicenseSuspended => "license_suspended",
            Self::SessionEnded => "session_not_found",
            Self::AuthenticationRequired | Self::RoleMissing { .. } => "authentication_required",
            Self::EmailRequired => "email_required",
            Self::EmailMismatch | Self::PersonMismatch | Self::DomainMismatch { .. } => "email_mismatch",
            Self::DeviceBlocked { .. } => "device_blocked",
            Self::DeviceNotAuthorized => "device_not_authorized",
            Self::VersionNotCovered { .. } | Self::VersionTooNew { .. } => "version_not_covered",
            Self::AlreadyActivated | Self::ActivatedElsewhere { .. } => "already_activated",
            Self::SeatLimit { .. } => "seat_limit",
            Self::ReleaseNotAllowed => "release_not_allowed",
            Self::TransferLimit { .. } => "transfer_limit",
        }
    }
}

/// One sentence that the user of the software can act on.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CodeNotFound { .. } | Self::TrialOver { .. } => f.write_str(
                "This activation code is not known or no longer valid: check it for slips, or ask your vendor for a new one.",
            ),
            Self::ProductUnavailable => {
                f.write_str("This product is no longer available for activation: ask your vendor what replaces it.")
            }
            Self::LicenseRevoked => f.write_str("This license was revoked: ask your vendor why."),
            Self::LicenseSuspended => {
                f.write_str("This license is suspended: ask your vendor to reinstate it, then try again.")
            }
            Self::SessionEnded => {
                f.write_str("This device's session is over: activate again with your activation code.")
            }
            Self::AuthenticationRequired => f.write_str("This license asks who you are: sign in and try again."),
            Self::RoleMissing { role } => write!(
                f,
                "This license is for people with the role “{role}”: sign in as one of them, or ask your administrator for the role."
            ),
            Self::PersonMismatch => f.write_str(
                "You are signed in with another e-mail address than the one the license was issued to: sign in with that one.",
            ),
            Self::DomainMismatch { domain } => write!(
                f,
                "This license is for people with an e-mail address at {domain}: sign in with yours."
            ),
            Self::EmailRequired => f.write_str("This license asks for an e-mail address: enter yours and try again."),
            Self::EmailMismatch => f.write_str(
                "This is not the e-mail address the license was issued to: enter the one your order was sent to.",
            ),
            Self::DeviceBlocked { .. } => f.write_str("This device was blocked: ask your vendor why."),
            Self::DeviceNotAuthorized => f.write_str(
                "This license runs only on devices that your vendor has entered: send them this device's fingerprint.",
            ),
            Self::VersionNotCovered { version, range } => {
                write!(f, "This license covers versions {range}, not {version}: use a version it covers, or renew it.")
            }
            Self::VersionTooNew { version, newest, until } => {
                write!(f, "This license covers versions released until {}", day(*until))?;
                if let Some(newest) = newest {
                    write!(f, ", up to {newest}")?;
                }
                write!(f, "; {version} is newer: use a version it covers, or renew it.")
            }
            Self::AlreadyActivated => f.write_str(
                "This device is activated already, and this license allows that once: use the token it has, or ask your vendor to free its seat.",
            ),
            Self::ActivatedElsewhere { .. } => f.write_str(
                "This device is activated already with another code: go on with that one, or free its seat first.",
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
            Self::ReleaseNotAllowed => {
                f.write_str("This license does not let a device give its seat up: ask your vendor to free it.")
            }
            Self::TransferLimit { moves, per, next_at } => write!(
                f,
                "This license lets seats move {} in {per}: try again after {}, or ask your vendor to free the seat.",
                times(*moves),
                moment(*next_at)
            ),
        }
    }
}
