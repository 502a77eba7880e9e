//! What each rule saw of a case, in words. No addresses, names or fingerprints: whoever reads this may not be meant to
//! see them.

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

/// Why a session is not asked whose it is.
const PROVED: &str = "the session has proved whose it is";

fn plain(text: &str) -> Sentence {
    Sentence::default().plain(text)
}

impl Case<'_> {
    /// The facts that the rule looked at.
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
                (Devices::Authorized, true) => plain("the device was entered beforehand"),
                (Devices::Authorized, false) => plain("the device was not entered beforehand"),
            },
            Rule::VersionCovered => self.saw_version(),
            Rule::MayActivateAgain => {
                plain(match (self.request.purpose, self.facts.device.is_some_and(|d| d.is_in(self.now))) {
                    (Purpose::Renew | Purpose::CheckIn, _) => "the session goes on",
                    (Purpose::Activate, false) => "the device holds no seat that it could activate again",
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
            (None, _) => plain("not a trial"),
            (Some(end), None) => plain("the device has not tried the product yet and may until ").strong(moment(end)),
            (Some(end), Some(began)) => plain("the device has tried the product since ")
                .strong(moment(began))
                .plain(" and may until ")
                .strong(moment(end)),
        }
    }

    fn saw_session(&self) -> Sentence {
        plain(match (self.request.purpose, self.facts.device) {
            (Purpose::Activate, _) => "not needed",
            (Purpose::Renew | Purpose::CheckIn, None) => "there is no such session",
            (Purpose::Renew | Purpose::CheckIn, Some(device)) if device.revoked => "the session was revoked",
            (Purpose::Renew | Purpose::CheckIn, Some(device)) if device.released => "the session was released",
            (Purpose::Renew | Purpose::CheckIn, Some(_)) => "the session was neither revoked nor released",
        })
    }

    fn saw_person(&self, rule: Rule) -> Sentence {
        let asked = &self.license.terms.sign_in;
        let said = match (asked, &self.request.person) {
            (SignIn::NotAsked, _) => return plain("no sign-in is asked for"),
            (_, None) if !self.activates() => return plain(PROVED),
            (_, None) => plain("nobody is signed in"),
            (SignIn::Required, Some(_)) => plain("somebody is signed in"),
            (_, Some(_)) if rule == Rule::SignedIn => plain("somebody is signed in"),
            (SignIn::VerifiedEmail, Some(person)) => plain(match person.email {
                Some(_) => "the person has a verified address",
                None => "the person has no verified address",
            }),
            (SignIn::Domain(_), Some(person)) => match &person.email {
                Some(email) => plain("the person's verified address is at ").strong(email.domain()),
                None => plain("the person has no verified address"),
            },
            (SignIn::Role(_), Some(person)) if person.roles.is_empty() => plain("the person has no role"),
            (SignIn::Role(_), Some(person)) => plain("the person's roles are ").strong(person.roles.join(", ")),
        };
        said.plain("; must be: ").strong(asked.words())
    }

    fn saw_email(&self, rule: Rule) -> Sentence {
        let asked = self.license.terms.email;
        let said = match (&self.request.email, &self.license.email) {
            _ if asked == EmailTerm::NotAsked => return plain("no address is asked for"),
            _ if !self.activates() => return plain(PROVED),
            (None, _) => plain("no address came"),
            (Some(_), _) if rule == Rule::EmailGiven || asked == EmailTerm::Required => plain("an address came"),
            (Some(_), None) => plain("the license has no address"),
            (Some(given), Some(own)) if own.same_mailbox(given) => plain("the address is the license's"),
            (Some(_), Some(_)) => plain("the address is not the license's"),
        };
        said.plain("; asked for: ").strong(asked.words())
    }

    fn saw_version(&self) -> Sentence {
        let Some(version) = &self.request.version else { return plain("no version was named") };
        let mut said = plain("version ").strong(version.to_string());
        if let Versions::Range(range) = &self.license.terms.versions {
            said = said.plain("; covers ").strong(range.to_string());
        }
        let Some(until) = self.license.maintained_until(self.now) else { return said };
        said = said.plain("; covers what is released until ").strong(day(until));
        match self.coverage() {
            None if until > self.now => said,
            None => said.plain(", but no release is known"),
            Some(Coverage { newest: Some(newest), .. }) => said.plain(", up to ").strong(newest.to_string()),
            Some(Coverage { newest: None, .. }) => said.plain(", before every release that is known"),
        }
    }

    fn saw_seats(&self) -> Sentence {
        let SeatCount { used, lapsed, .. } = self.facts.seats;
        let Some(allowed) = self.license.terms.allowed() else { return plain("seats are unlimited") };
        if self.holds_seat() {
            return plain("the device's seat counts already");
        }
        let said = plain("seats ").strong(thousands(used.into())).plain(" of ").strong(thousands(allowed.into()));
        let said = match self.license.terms.overage {
            Overage::None => said,
            Overage::Seats(_) | Overage::Percent(_) => said.plain(", overage included"),
        };
        match lapsed {
            0 => said,
            n => said.plain("; ").strong(thousands(n.into())).plain(" lapsed"),
        }
    }
}
