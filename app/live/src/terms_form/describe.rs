//! From the terms to the fields.

use licensing::{
    Overrides, Span, Terms,
    feature::FeatureValues,
    terms::{Lease, Maintenance, Overage, Release, Seats, SignIn, Transfers, Trial, Validity, Versions},
};

use super::{ANY, LIMITED, NONE, TermsFields, UNLIMITED, choices, length};
use crate::{day, feature_values};

impl TermsFields {
    /// A policy's terms as fields.
    pub fn of(terms: &Terms) -> Self {
        let mut fields = Self::of_overrides(&Overrides::whole(terms));
        // A policy may leave these fields empty if it does not limit or set them.
        let silent: [(&mut String, &str); 3] =
            [(&mut fields.overage, NONE), (&mut fields.versions, ANY), (&mut fields.grace_features, NONE)];
        silent.into_iter().filter(|(field, word)| *field == word).for_each(|(field, _)| field.clear());
        Self { policy_features: feature_values::print(&terms.features), ..fields }
    }

    /// A license's exceptions as fields; empty for a term without an exception.
    pub fn of_overrides(own: &Overrides) -> Self {
        let mut fields = Self {
            seats: own.seats.map(seats).unwrap_or_default(),
            holding: choices::say(choices::HOLDING, own.holding),
            when_full: choices::say(choices::WHEN_FULL, own.when_full),
            overage: own.overage.map(overage).unwrap_or_default(),
            grace_features: own.grace_features.as_ref().map(features).unwrap_or_default(),
            after_end: choices::say(choices::AFTER_END, own.after_end),
            email_term: choices::say(choices::EMAIL, own.email),
            devices: choices::say(choices::DEVICES, own.devices),
            identity: choices::say(choices::IDENTITY, own.identity),
            versions: own.versions.as_ref().map(versions).unwrap_or_default(),
            reactivation: choices::say(choices::REACTIVATION, own.reactivation),
            strictness: choices::say(choices::STRICTNESS, own.strictness),
            ..Self::default()
        };
        let lease = own.lease;
        let part = |part: fn(Lease) -> Span| lease.map(part).map(length::say).unwrap_or_default();
        (fields.lease_default, fields.lease_default_unit) = part(|it| it.default);
        (fields.lease_minimum, fields.lease_minimum_unit) = part(|it| it.minimum);
        (fields.lease_maximum, fields.lease_maximum_unit) = part(|it| it.maximum);
        (fields.grace, fields.grace_unit) = own.grace.map(length::say).unwrap_or_default();
        own.validity.into_iter().for_each(|it| fields.say_validity(it));
        own.trial.iter().for_each(|it| fields.say_trial(it.as_ref()));
        own.sign_in.iter().for_each(|it| fields.say_sign_in(it));
        own.maintenance.into_iter().for_each(|it| fields.say_maintenance(it));
        own.release.into_iter().for_each(|it| fields.say_release(it));
        own.transfers.into_iter().for_each(|it| fields.say_transfers(it));
        fields
    }

    fn say_validity(&mut self, validity: Validity) {
        let (word, period) = match validity {
            Validity::Perpetual => ("perpetual", None),
            Validity::Until(end) => {
                self.validity_until = day::format(end, day::END);
                ("until", None)
            }
            Validity::FromIssue(period) => ("from-issue", Some(period)),
            Validity::FromFirstActivation(period) => ("from-first-activation", Some(period)),
        };
        self.validity = word.to_owned();
        if let Some(period) = period {
            (self.validity_period, self.validity_period_unit) = length::say_period(period);
        }
    }

    fn say_trial(&mut self, trial: Option<&Trial>) {
        self.trial = if trial.is_some() { "yes" } else { "no" }.to_owned();
        if let Some(trial) = trial {
            (self.trial_length, self.trial_length_unit) = length::say(trial.lasts);
            self.trial_features = feature_values::print(&trial.features);
        }
    }

    fn say_sign_in(&mut self, sign_in: &SignIn) {
        let word = match sign_in {
            SignIn::NotAsked => "not-asked",
            SignIn::Required => "required",
            SignIn::VerifiedEmail => "verified-email",
            SignIn::Domain(domain) => {
                self.sign_in_domain.clone_from(domain);
                "domain"
            }
            SignIn::Role(role) => {
                self.sign_in_role.clone_from(role);
                "role"
            }
        };
        self.sign_in = word.to_owned();
    }

    fn say_maintenance(&mut self, maintenance: Maintenance) {
        let word = match maintenance {
            Maintenance::Always => "always",
            Maintenance::Until(end) => {
                self.maintenance_until = day::format(end, day::END);
                "until"
            }
            Maintenance::FromIssue(period) => {
                (self.maintenance_period, self.maintenance_period_unit) = length::say_period(period);
                "from-issue"
            }
        };
        self.maintenance = word.to_owned();
    }

    fn say_release(&mut self, release: Release) {
        let word = match release {
            Release::ByDevice => "by-device",
            Release::BySupport => "by-support",
            Release::Limited { times, per } => {
                self.release_times = times.to_string();
                (self.release_per, self.release_per_unit) = length::say(per);
                LIMITED
            }
        };
        self.release = word.to_owned();
    }

    fn say_transfers(&mut self, transfers: Transfers) {
        let word = match transfers {
            Transfers::Unlimited => UNLIMITED,
            Transfers::Limited { moves, per } => {
                self.transfers_moves = moves.to_string();
                (self.transfers_per, self.transfers_per_unit) = length::say(per);
                LIMITED
            }
        };
        self.transfers = word.to_owned();
    }
}

fn seats(seats: Seats) -> String {
    match seats {
        Seats::Limited(n) => n.to_string(),
        Seats::Unlimited => UNLIMITED.to_owned(),
    }
}

fn overage(overage: Overage) -> String {
    match overage {
        Overage::None => NONE.to_owned(),
        Overage::Seats(n) => n.to_string(),
        Overage::Percent(n) => format!("{n} %"),
    }
}

fn versions(versions: &Versions) -> String {
    match versions {
        Versions::Any => ANY.to_owned(),
        Versions::Range(range) => range.to_string(),
    }
}

fn features(values: &FeatureValues) -> String {
    if values.is_empty() { NONE.to_owned() } else { feature_values::print(values) }
}
