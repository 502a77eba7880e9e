//! Changes of a policy that leave customers with less than before.

use super::*;

/// A narrowed term: its name, its old value and its new value.
pub type Narrowed = (&'static str, String, String);

impl Terms {
    /// Returns the changed terms by which `new` may refuse a device that is admitted today: fewer seats, an earlier end, fewer
    /// versions, and new requirements for devices or people. Lease and grace are left out, since they refuse no device.
    pub fn narrowed_by(&self, new: &Self) -> Vec<Narrowed> {
        let fewer = match (self.allowed(), new.allowed()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(now)) => now < before,
        };
        let names = [
            ("Seats", fewer && self.seats != new.seats),
            ("Overage", fewer && self.overage != new.overage),
            ("When all seats are in use", self.when_full != new.when_full && new.when_full == WhenFull::Refuse),
            ("Ends", self.validity.may_end_sooner_under(new.validity)),
            ("After the end", self.after_end != new.after_end && new.after_end == AfterEnd::Stop),
            ("Trial", self.trial != new.trial && new.trial.is_some()),
            ("E-mail", self.email != new.email && new.email != EmailTerm::NotAsked),
            ("Sign-in", self.sign_in != new.sign_in && new.sign_in != SignIn::NotAsked),
            ("Devices", self.devices != new.devices && new.devices != Devices::default()),
            ("One seat per device in", self.identity.is_narrower_under(new.identity)),
            ("Versions", self.versions != new.versions && new.versions != Versions::Any),
            ("Maintenance", self.maintenance.may_end_sooner_under(new.maintenance)),
            ("Activating again", self.reactivation != new.reactivation && new.reactivation == Reactivation::Refuse),
        ];
        let (before, now) = (Overrides::whole(self).words(), Overrides::whole(new).words());
        let words_of = |all: &[(&str, String)], name: &str| {
            all.iter().find(|(it, _)| *it == name).map(|(_, words)| words.clone()).unwrap_or_default()
        };
        let narrowed = names.into_iter().filter(|(_, narrower)| *narrower);
        narrowed.map(|(name, _)| (name, words_of(&before, name), words_of(&now, name))).collect()
    }
}

impl Identity {
    /// Returns `true` if a device may hold fewer seats under `new`.
    fn is_narrower_under(self, new: Self) -> bool {
        match (self, new) {
            (Self::License, Self::Policy | Self::Product) | (Self::Policy, Self::Product) => true,
            (_, Self::License) | (Self::Policy | Self::Product, Self::Policy) | (Self::Product, Self::Product) => false,
        }
    }
}

impl Maintenance {
    /// Returns `true` if maintenance of some license could end sooner under `new`.
    fn may_end_sooner_under(self, new: Self) -> bool {
        match (self, new) {
            (_, Self::Always) => false,
            (Self::Until(before), Self::Until(now)) => now < before,
            (Self::FromIssue(before), Self::FromIssue(now)) => now.may_be_shorter_than(before),
            (before, now) => before != now,
        }
    }
}

impl Validity {
    /// Returns `true` if some license could end sooner under `new`. Ends that count from different times cannot be
    /// compared without the license, so any such change counts.
    fn may_end_sooner_under(self, new: Self) -> bool {
        match (self, new) {
            (_, Self::Perpetual) => false,
            (Self::Until(before), Self::Until(now)) => now < before,
            (Self::FromIssue(before), Self::FromIssue(now))
            | (Self::FromFirstActivation(before), Self::FromFirstActivation(now)) => now.may_be_shorter_than(before),
            (before, now) => before != now,
        }
    }
}
