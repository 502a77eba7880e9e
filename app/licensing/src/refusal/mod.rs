//! Reasons for a refusal, with the numbers that explain them.

mod remedy;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Span, Version, VersionRange,
    block::BlockScope,
    sentence::{day, moment, times},
    terms::Identity,
};

/// Reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Refusal {
    /// No license has this code, or the license has ended. Callers get the same answer for both.
    CodeNotFound {
        /// `true` if the license exists but has ended. Not sent to callers.
        ended: bool,
    },
    /// The device's trial of the product has ended. Callers get the same answer as for an unknown code.
    TrialOver {
        /// End of the trial.
        ended_at: DateTime<Utc>,
    },
    /// The product was withdrawn.
    ProductUnavailable,
    /// The license was revoked.
    LicenseRevoked,
    /// The license is suspended.
    LicenseSuspended,
    /// The session was revoked or released, or does not exist.
    SessionEnded,
    /// The terms require sign-in, and no person is signed in.
    AuthenticationRequired,
    /// The person who is signed in lacks the required role.
    RoleMissing {
        /// Required role.
        role: String,
    },
    /// The person has no verified e-mail address, or it is not the license's.
    PersonMismatch,
    /// The person has no verified e-mail address at the required domain.
    DomainMismatch {
        /// Required domain.
        domain: String,
    },
    /// The policy requires an e-mail address, and none was sent.
    EmailRequired,
    /// The address is not the license's.
    EmailMismatch,
    /// The device is blocked.
    DeviceBlocked {
        /// Scope of the block. Not sent to callers.
        scope: BlockScope,
    },
    /// Only pre-registered devices may activate, and this one is not.
    DeviceNotAuthorized,
    /// The license does not cover this version.
    VersionNotCovered {
        /// Requested version.
        version: Version,
        /// Covered versions.
        range: VersionRange,
    },
    /// The version was released after maintenance ended.
    VersionTooNew {
        /// Requested version.
        version: Version,
        /// Newest covered version; `None` if no listed release is covered.
        newest: Option<Version>,
        /// End of maintenance.
        until: DateTime<Utc>,
    },
    /// The device holds a seat, and the policy forbids activating again.
    AlreadyActivated,
    /// The device holds a seat under another license, and the terms forbid a second one.
    ActivatedElsewhere {
        /// Scope in which the device may hold only one seat.
        within: Identity,
    },
    /// Every seat is in use.
    SeatLimit {
        /// Seats in use now.
        used: u32,
        /// Allowed seats, including the overage.
        allowed: u32,
        /// Time at which the next seat becomes free by itself.
        next_at: Option<DateTime<Utc>>,
    },
    /// The terms do not let the device release its seat.
    ReleaseNotAllowed,
    /// The device released its seat too often, or seats were transferred too often.
    TransferLimit {
        /// Maximum number of times.
        moves: u32,
        /// Period in which they are counted.
        per: Span,
        /// Time from which it is allowed again.
        next_at: DateTime<Utc>,
    },
}

impl Refusal {
    /// Every [`code`](Self::code).
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

    /// Returns the time after which the same request would be granted if nothing else changes; `None` if waiting does not help,
    /// or the time is not known.
    pub const fn next_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::SeatLimit { next_at, .. } => *next_at,
            Self::TransferLimit { next_at, .. } => Some(*next_at),
            _ => None,
        }
    }

    /// Returns `true` if the caller gets the answer of an unknown code, which does not reveal that the license exists.
    pub const fn hides_license(&self) -> bool {
        matches!(self, Self::CodeNotFound { .. } | Self::TrialOver { .. })
    }

    /// Problem code in the public API.
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

/// One sentence that tells the user of the software what to do.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CodeNotFound { .. } | Self::TrialOver { .. } => f.write_str(
                "This activation code is unknown or no longer valid: check it for typing errors, or ask your vendor for a new one.",
            ),
            Self::ProductUnavailable => {
                f.write_str("This product is no longer available for activation: ask your vendor what replaces it.")
            }
            Self::LicenseRevoked => f.write_str("This license was revoked: ask your vendor why."),
            Self::LicenseSuspended => {
                f.write_str("This license is suspended: ask your vendor to reinstate it, then try again.")
            }
            Self::SessionEnded => {
                f.write_str("This device's session has ended: activate again with your activation code.")
            }
            Self::AuthenticationRequired => f.write_str("This license requires sign-in: sign in and try again."),
            Self::RoleMissing { role } => write!(
                f,
                "This license requires the role “{role}”: sign in with an account that has it, or ask your administrator for the role."
            ),
            Self::PersonMismatch => f.write_str(
                "You are signed in with a different e-mail address from the one the license was issued to: sign in with that one.",
            ),
            Self::DomainMismatch { domain } => write!(
                f,
                "This license requires an e-mail address at {domain}: sign in with yours."
            ),
            Self::EmailRequired => f.write_str("This license requires an e-mail address: enter yours and try again."),
            Self::EmailMismatch => f.write_str(
                "This is not the e-mail address the license was issued to: enter the one your order was sent to.",
            ),
            Self::DeviceBlocked { .. } => f.write_str("This device was blocked: ask your vendor why."),
            Self::DeviceNotAuthorized => f.write_str(
                "This license runs only on devices that your vendor has registered: send them this device's fingerprint.",
            ),
            Self::VersionNotCovered { version, range } => {
                write!(f, "This license covers versions {range}, not {version}: use a version it covers, or renew the license.")
            }
            Self::VersionTooNew { version, newest, until } => {
                write!(f, "This license covers versions released until {}", day(*until))?;
                if let Some(newest) = newest {
                    write!(f, ", up to {newest}")?;
                }
                write!(f, "; {version} is newer: use a version it covers, or renew the license.")
            }
            Self::AlreadyActivated => f.write_str(
                "This device is already activated, and this license allows that only once: use the token it has, or ask your vendor to free its seat.",
            ),
            Self::ActivatedElsewhere { .. } => f.write_str(
                "This device is already activated with another code: keep using that one, or release its seat first.",
            ),
            Self::SeatLimit { used, allowed, next_at } => {
                match allowed {
                    1 => f.write_str("The only seat of this license is in use on another device")?,
                    n if used > n => write!(f, "All {n} seats of this license are in use ({used} of {n})")?,
                    2 => f.write_str("Both seats of this license are in use")?,
                    n => write!(f, "All {n} seats of this license are in use")?,
                }
                f.write_str(": ask your vendor to free one or to add more")?;
                match next_at {
                    Some(at) => write!(f, ", or try again after {}, when the next one becomes free.", moment(*at)),
                    None => f.write_str("."),
                }
            }
            Self::ReleaseNotAllowed => {
                f.write_str("This license does not let devices release their seats: ask your vendor to free this one.")
            }
            Self::TransferLimit { moves, per, next_at } => write!(
                f,
                "This license lets seats be transferred {} in {per}: try again after {}, or ask your vendor to free the seat.",
                times(*moves),
                moment(*next_at)
            ),
        }
    }
}
