//! The rules of an activation, in the order in which they are checked.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// One check of an activation. The variants are in the order in which decisions and explanations check them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rule {
    /// The code belongs to a license.
    CodeKnown,
    /// The license has not ended, or keeps running. Checked right after the code, so that an ended code is answered
    /// like an unknown one.
    NotEnded,
    /// The device's trial of the product has not ended. Checked this early for the same reason.
    TrialOpen,
    /// The product is available.
    ProductAvailable,
    /// The license is not revoked.
    NotRevoked,
    /// The license is not suspended.
    NotSuspended,
    /// The session that renews or checks in was neither revoked nor released.
    SessionAlive,
    /// A person is signed in, if the terms require it.
    SignedIn,
    /// The terms allow that person.
    PersonAllowed,
    /// An e-mail address was sent, if the terms require one.
    EmailGiven,
    /// The address is the license's, if the terms require that.
    EmailMatches,
    /// The device is not blocked.
    DeviceNotBlocked,
    /// The device was pre-registered, if the terms require that.
    DeviceAuthorized,
    /// The software's version is covered.
    VersionCovered,
    /// Activating again is allowed, if the device is already activated.
    MayActivateAgain,
    /// The device holds no seat under another license, if the terms forbid that.
    NotElsewhere,
    /// A seat is free for the device.
    SeatFree,
}

impl Rule {
    /// Every rule, in the order of the checks.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Label in an explanation: the condition that holds if the rule passes.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CodeKnown => "Code is known",
            Self::NotEnded => "License has not ended",
            Self::TrialOpen => "Trial is still running",
            Self::ProductAvailable => "Product is available",
            Self::NotRevoked => "License is not revoked",
            Self::NotSuspended => "License is not suspended",
            Self::SessionAlive => "Session is valid",
            Self::SignedIn => "User is signed in",
            Self::PersonAllowed => "User may activate",
            Self::EmailGiven => "E-mail address is given",
            Self::EmailMatches => "E-mail address matches",
            Self::DeviceNotBlocked => "Device is not blocked",
            Self::DeviceAuthorized => "Device is pre-registered",
            Self::VersionCovered => "Version is covered",
            Self::MayActivateAgain => "Device may activate again",
            Self::NotElsewhere => "No seat under another license",
            Self::SeatFree => "A seat is free",
        }
    }
}
