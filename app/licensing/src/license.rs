//! Licenses: their states, the changes between them, and their end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::{Span, terms::Validity};

/// State of a license, set by staff. The end of a license is computed, never stored.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum State {
    /// Devices may activate.
    #[default]
    Active,
    /// Nothing activates or renews until the license is reinstated. Devices keep their seats.
    Suspended,
    /// Permanent. Its devices lose their seats.
    Revoked,
}

/// Change of a license's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateChange {
    /// Suspends the license until it is reinstated.
    Suspend,
    /// Ends a suspension.
    Reinstate,
    /// Revokes the license permanently.
    Revoke,
}

/// Time before its end in which an active license is `ending`. Shorter than a month, so that a license that is paid by the
/// month is not `ending` all the time.
pub const ENDS_SOON: Span = Span::days(7);

/// Status of a license at a given time, as shown in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenseStatus {
    /// Active, and no device has activated yet.
    NotStarted,
    /// Active.
    Active,
    /// Active, and ends within [`ENDS_SOON`].
    Ending,
    /// Its end has passed.
    Ended,
    /// Suspended.
    Suspended,
    /// Revoked.
    Revoked,
}

impl State {
    /// Returns the state after the change, or a sentence that explains why the change is not possible.
    pub const fn after(self, change: StateChange) -> Result<Self, &'static str> {
        match (self, change) {
            (Self::Active, StateChange::Suspend) => Ok(Self::Suspended),
            (Self::Suspended, StateChange::Reinstate) => Ok(Self::Active),
            (Self::Active | Self::Suspended, StateChange::Revoke) => Ok(Self::Revoked),
            (Self::Suspended, StateChange::Suspend) => Err("This license is already suspended."),
            (Self::Active, StateChange::Reinstate) => Err("This license is already active."),
            (Self::Revoked, _) => Err("This license was revoked permanently. Create a new one."),
        }
    }
}

/// Returns the end of a license; `None` if it never ends, or if its validity starts with a first activation that has
/// not happened yet.
pub fn ends_at(
    validity: Validity,
    issued_at: DateTime<Utc>,
    first_activated_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    match validity {
        Validity::Perpetual => None,
        Validity::Until(end) => Some(end),
        Validity::FromIssue(period) => Some(period.after(issued_at)),
        Validity::FromFirstActivation(period) => first_activated_at.map(|first| period.after(first)),
    }
}

/// Returns `true` if a license with this end has ended. Compares whole seconds, as tokens do.
pub fn has_ended(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    ends_at.is_some_and(|end| end.timestamp() <= now.timestamp())
}

/// Returns the status of a license at `now`.
pub fn status(
    state: State,
    ends_at: Option<DateTime<Utc>>,
    first_activated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> LicenseStatus {
    match state {
        State::Revoked => LicenseStatus::Revoked,
        _ if has_ended(ends_at, now) => LicenseStatus::Ended,
        State::Suspended => LicenseStatus::Suspended,
        State::Active if ends_at.is_some_and(|end| end < ENDS_SOON.after(now)) => LicenseStatus::Ending,
        State::Active if first_activated_at.is_none() => LicenseStatus::NotStarted,
        State::Active => LicenseStatus::Active,
    }
}
