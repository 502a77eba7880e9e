//! A license: its states, how it moves between them, and when it ends.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::terms::Validity;

/// What people decided about a license. That it has ended is computed, never kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Devices may activate.
    #[default]
    Active,
    /// Nothing activates or renews until it is reinstated; devices keep their seats.
    Suspended,
    /// Over for good; its devices lose their seats.
    Revoked,
}

/// A step from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// For a while.
    Suspend,
    /// Back from a suspension.
    Reinstate,
    /// For good.
    Revoke,
}

/// Where a license stands at a moment, as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Active, and no device has come yet.
    NotStarted,
    /// Active.
    Active,
    /// Active, and its end is less than 30 days away.
    Ending,
    /// Its end has passed.
    Ended,
    /// Suspended.
    Suspended,
    /// Revoked.
    Revoked,
}

impl State {
    /// The state after the step, or why the step cannot be taken, as a sentence.
    pub const fn after(self, step: Step) -> Result<Self, &'static str> {
        match (self, step) {
            (Self::Active, Step::Suspend) => Ok(Self::Suspended),
            (Self::Suspended, Step::Reinstate) => Ok(Self::Active),
            (Self::Active | Self::Suspended, Step::Revoke) => Ok(Self::Revoked),
            (Self::Suspended, Step::Suspend) => Err("This license is suspended already."),
            (Self::Active, Step::Reinstate) => Err("This license is active already."),
            (Self::Revoked, _) => Err("This license was revoked, and that is for good: create a new one."),
        }
    }

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// The state of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Revoked].into_iter().find(|s| s.name() == name)
    }
}

/// When a license ends: `None` for never, or for not before its first activation.
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

/// Whether a license with that end is over. Compared in whole seconds, as tokens are.
pub fn has_ended(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    ends_at.is_some_and(|end| end.timestamp() <= now.timestamp())
}

/// Where the license stands at `now`.
pub fn standing(
    state: State,
    ends_at: Option<DateTime<Utc>>,
    first_activated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Standing {
    match state {
        State::Revoked => Standing::Revoked,
        _ if has_ended(ends_at, now) => Standing::Ended,
        State::Suspended => Standing::Suspended,
        State::Active if ends_at.is_some_and(|end| end < crate::Span::days(30).after(now)) => Standing::Ending,
        State::Active if first_activated_at.is_none() => Standing::NotStarted,
        State::Active => Standing::Active,
    }
}
