//! The rules of an activation, in the order in which they are asked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Facts, LicenseFacts, Request};
use crate::{
    Refusal,
    license::{self, State},
    product::Lifecycle,
    terms::{EmailTerm, Reactivation, Seats, Versions},
};

/// One check of an activation. [`Rule::ALL`] is the order, and the order of every decision's trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The code belongs to a license.
    CodeKnown,
    /// The license has not ended. Before every other rule, so that an ended code answers like an unknown one.
    NotEnded,
    /// The product is available.
    ProductAvailable,
    /// The license is not revoked.
    NotRevoked,
    /// The license is not suspended.
    NotSuspended,
    /// An e-mail address came, where the policy asks for one.
    EmailGiven,
    /// It is the license's, where the policy asks for that.
    EmailMatches,
    /// The software's version is covered.
    VersionCovered,
    /// Activating again is allowed, where the device holds a seat.
    MayActivateAgain,
    /// There is a seat for the device.
    SeatFree,
}

impl Rule {
    /// Every rule, top to bottom.
    pub const ALL: [Self; 10] = [
        Self::CodeKnown,
        Self::NotEnded,
        Self::ProductAvailable,
        Self::NotRevoked,
        Self::NotSuspended,
        Self::EmailGiven,
        Self::EmailMatches,
        Self::VersionCovered,
        Self::MayActivateAgain,
        Self::SeatFree,
    ];

    /// The name it is recorded under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeKnown => "code_known",
            Self::NotEnded => "not_ended",
            Self::ProductAvailable => "product_available",
            Self::NotRevoked => "not_revoked",
            Self::NotSuspended => "not_suspended",
            Self::EmailGiven => "email_given",
            Self::EmailMatches => "email_matches",
            Self::VersionCovered => "version_covered",
            Self::MayActivateAgain => "may_activate_again",
            Self::SeatFree => "seat_free",
        }
    }

    /// Asks this rule alone, of a license that exists.
    pub(super) fn check(
        self,
        license: &LicenseFacts,
        facts: Facts<'_>,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let terms = &license.terms;
        let holds_seat = facts.device.is_some_and(|d| d.holds_seat(now));
        let refusal = match self {
            Self::CodeKnown => None,
            Self::NotEnded => {
                let end = license::ends_at(terms.validity, license.issued_at, license.first_activated_at);
                license::has_ended(end, now).then_some(Refusal::CodeNotFound { ended: true })
            }
            Self::ProductAvailable => match license.lifecycle {
                Lifecycle::Active => None,
                Lifecycle::Withdrawn => Some(Refusal::ProductUnavailable),
            },
            Self::NotRevoked => (license.state == State::Revoked).then_some(Refusal::LicenseRevoked),
            Self::NotSuspended => (license.state == State::Suspended).then_some(Refusal::LicenseSuspended),
            Self::EmailGiven => {
                (terms.email != EmailTerm::NotAsked && request.email.is_none()).then_some(Refusal::EmailRequired)
            }
            Self::EmailMatches => {
                let matches = match (&license.email, &request.email) {
                    (Some(own), Some(given)) => own.same_mailbox(given),
                    _ => false,
                };
                (terms.email == EmailTerm::MustMatch && !matches).then_some(Refusal::EmailMismatch)
            }
            Self::VersionCovered => match (&terms.versions, &request.version) {
                (Versions::Range(range), Some(version)) if !range.covers(version) => {
                    Some(Refusal::VersionNotCovered { version: version.clone(), range: range.clone() })
                }
                _ => None,
            },
            Self::MayActivateAgain => {
                (terms.reactivation == Reactivation::Refuse && holds_seat).then_some(Refusal::AlreadyActivated)
            }
            Self::SeatFree => match terms.seats {
                Seats::Limited(allowed) if !holds_seat && facts.seats.used >= allowed => {
                    Some(Refusal::SeatLimit { used: facts.seats.used, allowed, next_at: facts.seats.next_at })
                }
                _ => None,
            },
        };
        refusal.map_or(Ok(()), Err)
    }
}
