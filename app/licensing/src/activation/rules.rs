//! The rules of an activation, in the order in which they are asked.

use serde::{Deserialize, Serialize};

/// One check of an activation. [`Rule::ALL`] is the order, and the order of every decision's trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The code belongs to a license.
    CodeKnown,
    /// The license has not ended, or keeps running. Before every other rule, so that an ended code answers like an
    /// unknown one.
    NotEnded,
    /// The device's trial of the product is not over. Up here for the same reason.
    TrialOpen,
    /// The product is available.
    ProductAvailable,
    /// The license is not revoked.
    NotRevoked,
    /// The license is not suspended.
    NotSuspended,
    /// The session that renews or checks in was neither revoked nor released.
    SessionAlive,
    /// Somebody is signed in, where the terms ask for it.
    SignedIn,
    /// They are whom the terms let in.
    PersonAllowed,
    /// An e-mail address came, where the terms ask for one.
    EmailGiven,
    /// It is the license's, where the terms ask for that.
    EmailMatches,
    /// The device is not blocked.
    DeviceNotBlocked,
    /// The device was entered beforehand, where the terms ask for that.
    DeviceAuthorized,
    /// The software's version is covered.
    VersionCovered,
    /// Activating again is allowed, where the device holds a seat.
    MayActivateAgain,
    /// The device holds no seat under another license, where the terms ask for that.
    NotElsewhere,
    /// There is a seat for the device.
    SeatFree,
}

impl Rule {
    /// Every rule, top to bottom.
    pub const ALL: [Self; 17] = [
        Self::CodeKnown,
        Self::NotEnded,
        Self::TrialOpen,
        Self::ProductAvailable,
        Self::NotRevoked,
        Self::NotSuspended,
        Self::SessionAlive,
        Self::SignedIn,
        Self::PersonAllowed,
        Self::EmailGiven,
        Self::EmailMatches,
        Self::DeviceNotBlocked,
        Self::DeviceAuthorized,
        Self::VersionCovered,
        Self::MayActivateAgain,
        Self::NotElsewhere,
        Self::SeatFree,
    ];

    /// The name it is recorded under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeKnown => "code_known",
            Self::NotEnded => "not_ended",
            Self::TrialOpen => "trial_open",
            Self::ProductAvailable => "product_available",
            Self::NotRevoked => "not_revoked",
            Self::NotSuspended => "not_suspended",
            Self::SessionAlive => "session_alive",
            Self::SignedIn => "signed_in",
            Self::PersonAllowed => "person_allowed",
            Self::EmailGiven => "email_given",
            Self::EmailMatches => "email_matches",
            Self::DeviceNotBlocked => "device_not_blocked",
            Self::DeviceAuthorized => "device_authorized",
            Self::VersionCovered => "version_covered",
            Self::MayActivateAgain => "may_activate_again",
            Self::NotElsewhere => "not_elsewhere",
            Self::SeatFree => "seat_free",
        }
    }

    /// What it is called in a trace: what holds where it says yes.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CodeKnown => "Code is known",
            Self::NotEnded => "License has not ended",
            Self::TrialOpen => "Trial is still running",
            Self::ProductAvailable => "Product is available",
            Self::NotRevoked => "License is not revoked",
            Self::NotSuspended => "License is not suspended",
            Self::SessionAlive => "Session is valid",
            Self::SignedIn => "Somebody is signed in",
            Self::PersonAllowed => "The person may activate",
            Self::EmailGiven => "E-mail address came",
            Self::EmailMatches => "E-mail address matches",
            Self::DeviceNotBlocked => "Device is not blocked",
            Self::DeviceAuthorized => "Device was entered",
            Self::VersionCovered => "Version is covered",
            Self::MayActivateAgain => "Device may activate again",
            Self::NotElsewhere => "No seat elsewhere",
            Self::SeatFree => "A seat is free",
        }
    }

    /// The rule of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}
