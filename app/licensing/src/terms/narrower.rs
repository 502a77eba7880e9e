//! Changes of a policy that leave customers with less than before.

use super::*;

/// A narrowed term: its name, its old value and its new value.
pub type Narrowed = (&'static str, String, String);

impl Terms {
    /// Returns the terms because of which devices that are admitted today may be refused under `new`: fewer seats, an
    /// earlier end, and new requirements for devices or people. Changes of the lease are left out, since they refuse no
    /// device.
    pub fn narrowed_by(&self, new: &Self) -> Vec<Narrowed> {
        let fewer = match (self.allowed(), new.allowed()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(now)) => now < before,
        };
        let names = [
            ("Seats", fewer && self.seats != new.seats),
            ("Overage", fewer && self.overage != new.overage),
            ("Ends", self.validity.may_end_sooner_as(new.validity)),
            ("Trial", self.trial != new.trial && new.trial.is_some()),
            ("E-mail", self.email != new.email && new.email != EmailTerm::NotAsked),
            ("Sign-in", self.sign_in != new.sign_in && new.sign_in != SignIn::NotAsked),
            ("Devices", self.devices != new.devices && new.devices != Devices::default()),
            ("Versions", self.versions != new.versions && new.versions != Versions::Any),
        ];
        let (before, now) = (Overrides::whole(self).words(), Overrides::whole(new).words());
        let words_of = |all: &[(&str, String)], name: &str| {
            all.iter().find(|(it, _)| *it == name).map(|(_, words)| words.clone()).unwrap_or_default()
        };
        let narrowed = names.into_iter().filter(|(_, narrower)| *narrower);
        narrowed.map(|(name, _)| (name, words_of(&before, name), words_of(&now, name))).collect()
    }
}

impl Validity {
    /// Returns `true` if some license could end sooner under `new`. Ends that count from different times cannot be
    /// compared without the license, so any such change counts.
    fn may_end_sooner_as(self, new: Self) -> bool {
        match (self, new) {
            (_, Self::Perpetual) => false,
            (Self::Until(before), Self::Until(now)) => now < before,
            (Self::FromIssue(before), Self::FromIssue(now))
            | (Self::FromFirstActivation(before), Self::FromFirstActivation(now)) => now < before,
            (before, now) => before != now,
        }
    }
}
