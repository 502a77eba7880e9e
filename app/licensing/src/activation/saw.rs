//! Facts that each rule looked at, in words. Leaves out addresses, names and fingerprints, since readers may not be
//! allowed to see them.

use super::{
    Purpose, Rule, SeatCount,
    case::{Case, Coverage},
};
use crate::{
    license::State,
    product::Lifecycle,
    sentence::{Sentence, day, moment, thousands},
    terms::{AfterEnd, Devices, EmailTerm, Identity, Overage, SignIn, Versions},
};

/// Reason why a session needs no sign-in and no address.
const PROVED: &str = "the session was verified when it began";

fn plain(text: &str) -> Sentence {
    Sentence::default().plain(text)
}

impl Case<'_> {
    /// Describes the facts that the rule looked at.
    pub(super) fn saw(&self, rule: Rule) -> Sentence {
        let terms = &self.license.terms;
        match rule {
            Rule::CodeKnown => plain("a license has this code"),
            Rule::NotEnded => self.saw_end(),
            Rule::TrialOpen => self.saw_trial(),
            Rule::ProductAvailable => plain("the product is ").strong(match self.license.lifecycle {
                Lifecycle::Active => "active",
                Lifecycle::Withdrawn => "withdrawn",
            }),
            Rule::NotRevoked | Rule::NotSuspended => plain("the license is ").strong(match self.license.state {
                State::Active => "active",
                State::Suspended => "suspended",
                State::Revoked => "revoked",
            }),
            Rule::SessionAlive => self.saw_session(),
            Rule::SignedIn | Rule::PersonAllowed => self.saw_person(rule),
            Rule::EmailGiven | Rule::EmailMatches => self.saw_email(rule),
            Rule::DeviceNotBlocked => match self.facts.blocked {
                None => plain("the device is not blocked"),
                Some(scope) => plain("the device is blocked for the whole ").strong(scope.name()),
            },
            Rule::DeviceAuthorized => match (terms.devices, self.facts.authorized) {
                (Devices::Any, _) => plain("any device may activate"),
                (Devices::Authorized, true) => plain("the device is pre-registered"),
                (Devices::Authorized, false) => plain("the device is not pre-registered"),
            },
            Rule::VersionCovered => self.saw_version(),
            Rule::MayActivateAgain => {
                plain(match (self.request.purpose, self.facts.device.is_some_and(|d| d.is_in(self.now))) {
                    (Purpose::Renew | Purpose::CheckIn, _) => "the session already exists",
                    (Purpose::Activate, false) => "the device is not activated",
                    (Purpose::Activate, true) => "the device holds a seat",
                })
                .plain("; activating again ")
                .strong(terms.reactivation.words())
            }
            Rule::NotElsewhere => match (terms.identity, self.facts.elsewhere) {
                (Identity::License, _) => plain("the device may hold seats of other licenses"),
                (within, false) => plain("the device holds no other seat in ").strong(within.words()),
                (within, true) => plain("the device holds a seat of another license in ").strong(within.words()),
            },
            Rule::SeatFree => self.saw_seats(),
        }
    }

    fn saw_end(&self) -> Sentence {
        let terms = &self.license.terms;
        match (self.license.ends_at(self.now), terms.after_end) {
            (None, _) => plain("the license never ends"),
            (Some(end), AfterEnd::Stop) => plain("the license ends on ").strong(moment(end)),
            (Some(end), AfterEnd::KeepRunning) => {
                plain("the license ends on ").strong(moment(end)).plain(" and keeps running")
            }
        }
    }

    fn saw_trial(&self) -> Sentence {
        match (self.trial_ends_at(), self.facts.trial_began_at) {
            (None, _) => plain("the license is not a trial"),
            (Some(end), None) => {
                plain("the device has not tried the product yet; its trial would end on ").strong(moment(end))
            }
            (Some(end), Some(began)) => {
                plain("the device's trial began on ").strong(moment(began)).plain(" and ends on ").strong(moment(end))
            }
        }
    }

    fn saw_session(&self) -> Sentence {
        plain(match (self.request.purpose, self.facts.device) {
            (Purpose::Activate, _) => "not needed to activate",
            (Purpose::Renew | Purpose::CheckIn, None) => "no such session exists",
            (Purpose::Renew | Purpose::CheckIn, Some(device)) if device.revoked => "the session was revoked",
            (Purpose::Renew | Purpose::CheckIn, Some(device)) if device.released => "the session was released",
            (Purpose::Renew | Purpose::CheckIn, Some(_)) => "the session was neither revoked nor released",
        })
    }

    fn saw_person(&self, rule: Rule) -> Sentence {
        let asked = &self.license.terms.sign_in;
        let phrase = match (asked, &self.request.person) {
            (SignIn::NotAsked, _) => return plain("no sign-in is required"),
            (_, None) if !self.activates() => return plain(PROVED),
            (_, None) => plain("no user is signed in"),
            (SignIn::Required, Some(_)) => plain("a user is signed in"),
            (_, Some(_)) if rule == Rule::SignedIn => plain("a user is signed in"),
            (SignIn::VerifiedEmail, Some(person)) => plain(match person.email {
                Some(_) => "the user has a verified address",
                None => "the user has no verified address",
            }),
            (SignIn::Domain(_), Some(person)) => match &person.email {
                Some(email) => plain("the user's verified address is at ").strong(email.domain()),
                None => plain("the user has no verified address"),
            },
            (SignIn::Role(_), Some(person)) if person.roles.is_empty() => plain("the user has no role"),
            (SignIn::Role(_), Some(person)) => plain("the user's roles are ").strong(person.roles.join(", ")),
        };
        phrase.plain("; must be: ").strong(asked.words())
    }

    fn saw_email(&self, rule: Rule) -> Sentence {
        let asked = self.license.terms.email;
        let phrase = match (&self.request.email, &self.license.email) {
            _ if asked == EmailTerm::NotAsked => return plain("no address is required"),
            _ if !self.activates() => return plain(PROVED),
            (None, _) => plain("no address was sent"),
            (Some(_), _) if rule == Rule::EmailGiven || asked == EmailTerm::Required => plain("an address was sent"),
            (Some(_), None) => plain("the license has no address"),
            (Some(given), Some(own)) if own.same_mailbox(given) => plain("the address is the license’s"),
            (Some(_), Some(_)) => plain("the address is not the license’s"),
        };
        phrase.plain("; required: ").strong(asked.words())
    }

    fn saw_version(&self) -> Sentence {
        let Some(version) = &self.request.version else { return plain("the software named no version") };
        let mut phrase = plain("version ").strong(version.to_string());
        if let Versions::Range(range) = &self.license.terms.versions {
            phrase = phrase.plain("; covers ").strong(range.to_string());
        }
        let Some(until) = self.license.maintained_until(self.now) else { return phrase };
        phrase = phrase.plain("; covers releases until ").strong(day(until));
        match self.coverage() {
            None if until > self.now => phrase,
            None => phrase.plain(", but no releases are listed"),
            Some(Coverage { newest: Some(newest), .. }) => phrase.plain(", up to ").strong(newest.to_string()),
            Some(Coverage { newest: None, .. }) => phrase.plain(", older than every listed release"),
        }
    }

    fn saw_seats(&self) -> Sentence {
        let SeatCount { used, lapsed, .. } = self.facts.seats;
        let Some(allowed) = self.license.terms.allowed() else { return plain("seats are unlimited") };
        if self.holds_seat() {
            return plain("the device already holds a seat");
        }
        let phrase = plain("seats ").strong(thousands(used.into())).plain(" of ").strong(thousands(allowed.into()));
        let phrase = match self.license.terms.overage {
            Overage::None => phrase,
            Overage::Seats(_) | Overage::Percent(_) => phrase.plain(", overage included"),
        };
        match lapsed {
            0 => phrase,
            n => phrase.plain("; ").strong(thousands(n.into())).plain(" lapsed"),
        }
    }
}
