//! Verdicts of the rules.

use serde::{Deserialize, Serialize};

use super::{Rule, case::Case};
use crate::{
    Refusal,
    license::{State, has_ended},
    product::Lifecycle,
    terms::{Devices, EmailTerm, Identity, Reactivation, SignIn, Versions},
};

/// Verdict of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The check passed.
    Passed,
    /// The check failed, with the reason.
    Failed(Refusal),
    /// The terms or the request leave nothing to check.
    NotAsked,
}

/// Passes if `holds`, otherwise fails with the refusal.
fn when(holds: bool, refusal: impl FnOnce() -> Refusal) -> Verdict {
    if holds { Verdict::Passed } else { Verdict::Failed(refusal()) }
}

impl Case<'_> {
    /// Every rule with its verdict, in order. Shared by [`decide`](super::decide) and [`explain`](super::explain), so
    /// that they cannot disagree.
    pub(super) fn walk(&self) -> impl Iterator<Item = (Rule, Verdict)> {
        Rule::ALL.iter().copied().map(|rule| (rule, self.judge(rule)))
    }

    /// Checks one rule.
    fn judge(&self, rule: Rule) -> Verdict {
        let (license, terms) = (self.license, &self.license.terms);
        match rule {
            Rule::CodeKnown => Verdict::Passed,
            Rule::NotEnded => {
                when(!has_ended(Some(self.stops_at()), self.now), || Refusal::CodeNotFound { ended: true })
            }
            Rule::TrialOpen => self.trial_ends_at().map_or(Verdict::NotAsked, |ended_at| {
                when(!has_ended(Some(ended_at), self.now), || Refusal::TrialOver { ended_at })
            }),
            Rule::ProductAvailable => when(license.lifecycle != Lifecycle::Withdrawn, || Refusal::ProductUnavailable),
            Rule::NotRevoked => when(license.state != State::Revoked, || Refusal::LicenseRevoked),
            Rule::NotSuspended => when(license.state != State::Suspended, || Refusal::LicenseSuspended),
            Rule::SessionAlive if self.activates() => Verdict::NotAsked,
            Rule::SessionAlive => {
                when(self.facts.device.is_some_and(|device| !device.is_over()), || Refusal::SessionEnded)
            }
            Rule::SignedIn | Rule::PersonAllowed => self.judge_person(rule),
            Rule::EmailGiven | Rule::EmailMatches => self.judge_email(rule),
            Rule::DeviceNotBlocked => {
                self.facts.blocked.map_or(Verdict::Passed, |scope| Verdict::Failed(Refusal::DeviceBlocked { scope }))
            }
            Rule::DeviceAuthorized => match terms.devices {
                Devices::Any => Verdict::NotAsked,
                Devices::Authorized => when(self.facts.authorized, || Refusal::DeviceNotAuthorized),
            },
            Rule::VersionCovered => self.judge_version(),
            Rule::MayActivateAgain if self.activates() && self.facts.device.is_some_and(|d| d.is_in(self.now)) => {
                when(terms.reactivation != Reactivation::Refuse, || Refusal::AlreadyActivated)
            }
            Rule::MayActivateAgain => Verdict::NotAsked,
            Rule::NotElsewhere if self.holds_seat() => Verdict::NotAsked,
            Rule::NotElsewhere => match terms.identity {
                Identity::License => Verdict::NotAsked,
                within @ (Identity::Policy | Identity::Product) => {
                    when(!self.facts.elsewhere, || Refusal::ActivatedElsewhere { within })
                }
            },
            Rule::SeatFree => self.judge_seat(),
        }
    }

    /// Checks the person who is signed in. Renewals and check-ins need none, since the session was verified when it
    /// began; but a person that is given must be allowed.
    fn judge_person(&self, rule: Rule) -> Verdict {
        match (&self.request.person, &self.license.terms.sign_in) {
            (_, SignIn::NotAsked) => Verdict::NotAsked,
            (None, _) if rule == Rule::SignedIn && self.activates() => Verdict::Failed(Refusal::AuthenticationRequired),
            (None, _) => Verdict::NotAsked,
            (Some(_), _) if rule == Rule::SignedIn => Verdict::Passed,
            (Some(_), SignIn::Required) => Verdict::NotAsked,
            (Some(person), SignIn::VerifiedEmail) => {
                let own = self.license.email.as_ref();
                let same = own.zip(person.email.as_ref()).is_some_and(|(own, theirs)| own.same_mailbox(theirs));
                when(same, || Refusal::PersonMismatch)
            }
            (Some(person), SignIn::Domain(domain)) => {
                let theirs = person.email.as_ref().is_some_and(|email| email.is_of(domain));
                when(theirs, || Refusal::DomainMismatch { domain: domain.clone() })
            }
            (Some(person), SignIn::Role(role)) => {
                when(person.roles.contains(role), || Refusal::RoleMissing { role: role.clone() })
            }
        }
    }

    fn judge_email(&self, rule: Rule) -> Verdict {
        let asked = if self.activates() { self.license.terms.email } else { EmailTerm::NotAsked };
        match (asked, &self.request.email) {
            (EmailTerm::NotAsked, _) => Verdict::NotAsked,
            (EmailTerm::Required | EmailTerm::MustMatch, given) if rule == Rule::EmailGiven => {
                when(given.is_some(), || Refusal::EmailRequired)
            }
            (EmailTerm::Required, _) | (EmailTerm::MustMatch, None) => Verdict::NotAsked,
            (EmailTerm::MustMatch, Some(given)) => {
                let same = self.license.email.as_ref().is_some_and(|own| own.same_mailbox(given));
                when(same, || Refusal::EmailMismatch)
            }
        }
    }

    /// Checks the version range, then the end of maintenance. Passes software that names no version, and products
    /// without listed releases: the token holds both limits, and the software checks them itself.
    fn judge_version(&self) -> Verdict {
        let (versions, maintained) = (&self.license.terms.versions, self.license.maintained_until(self.now));
        match (&self.request.version, versions) {
            (None, _) => Verdict::NotAsked,
            (Some(_), Versions::Any) if maintained.is_none() => Verdict::NotAsked,
            (Some(version), Versions::Range(range)) if !range.covers(version) => {
                Verdict::Failed(Refusal::VersionNotCovered { version: version.clone(), range: range.clone() })
            }
            (Some(version), Versions::Any | Versions::Range(_)) => {
                self.coverage().map_or(Verdict::Passed, |coverage| {
                    when(coverage.covers(version), || Refusal::VersionTooNew {
                        version: version.clone(),
                        newest: coverage.newest.cloned(),
                        until: coverage.until,
                    })
                })
            }
        }
    }

    fn judge_seat(&self) -> Verdict {
        let seats = self.facts.seats;
        match self.license.terms.allowed() {
            _ if self.holds_seat() => Verdict::NotAsked,
            None => Verdict::NotAsked,
            Some(allowed) => when(seats.used < allowed || self.to_take_over(allowed).is_some(), || {
                Refusal::SeatLimit { used: seats.used, allowed, next_at: seats.next_at }
            }),
        }
    }
}
