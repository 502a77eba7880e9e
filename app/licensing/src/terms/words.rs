//! Terms as a list: a name and a value in words for each.

use serde::{Deserialize, Serialize};

use super::*;
use crate::sentence::{count, day, thousands, times};

/// Source of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TermSource {
    /// The policy.
    Policy,
    /// The license, which overrides the policy.
    License,
}

/// A term in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// Name of the term.
    pub name: String,
    /// Value in words.
    pub value: String,
    /// Source of the value.
    pub origin: TermSource,
    /// Value that the policy sets.
    pub policy: String,
}

/// Returns every term in effect and its source. Always the same list, in the same order.
pub fn effective(policy: &Terms, own: &Overrides) -> Vec<Effective> {
    let own = own.words();
    let line = |(name, policy): (&str, String)| {
        let set = own.iter().find(|(set, _)| *set == name).map(|(_, value)| value.clone());
        let origin = if set.is_some() { TermSource::License } else { TermSource::Policy };
        Effective { name: name.to_owned(), value: set.unwrap_or_else(|| policy.clone()), origin, policy }
    };
    Overrides::whole(policy).words().into_iter().map(line).collect()
}

impl Overrides {
    /// Returns the name and value of each term that is set, in the order in which pages list them.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("Seats", self.seats.map(Seats::words)),
            ("Seat type", self.holding.map(Holding::words)),
            ("When all seats are in use", self.when_full.map(WhenFull::words)),
            ("Overage", self.overage.map(Overage::words)),
            ("Lease", self.lease.map(|lease| lease.default.to_string())),
            ("Requested lease", self.lease.map(|lease| format!("{} to {}", lease.minimum, lease.maximum))),
            (
                "Offline grace",
                self.grace.map(|grace| if grace == Span::ZERO { "none".to_owned() } else { grace.to_string() }),
            ),
            ("Features in grace", self.grace_features.as_ref().map(|values| words_of(values, "the same"))),
            ("Ends", self.validity.map(Validity::words)),
            ("After the end", self.after_end.map(AfterEnd::words)),
            ("Trial", self.trial.as_ref().map(|trial| trial.as_ref().map_or_else(|| "no".to_owned(), Trial::words))),
            ("E-mail", self.email.map(EmailTerm::words)),
            ("Sign-in", self.sign_in.as_ref().map(SignIn::words)),
            ("Devices", self.devices.map(Devices::words)),
            ("One seat per device in", self.identity.map(Identity::words)),
            ("Versions", self.versions.as_ref().map(Versions::words)),
            ("Maintenance", self.maintenance.map(Maintenance::words)),
            ("Activating again", self.reactivation.map(Reactivation::words)),
            ("Seats are freed by", self.release.map(Release::words)),
            ("Seats may be transferred", self.transfers.map(Transfers::words)),
            ("A freed seat", self.strictness.map(Strictness::words)),
        ];
        all.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
    }
}

impl Seats {
    /// `3 devices`, `1 device`, `Any number of devices`.
    pub fn words(self) -> String {
        match self {
            Self::Limited(n) => count(n.into(), "device"),
            Self::Unlimited => "Any number of devices".to_owned(),
        }
    }
}

impl Holding {
    /// `fixed, until released or expired`, `floating, only while checked in`.
    pub fn words(self) -> String {
        match self {
            Self::Fixed => "fixed, until released or expired",
            Self::Floating => "floating, only while checked in",
        }
        .to_owned()
    }
}

impl WhenFull {
    /// `the next device is refused`, `a lapsed seat is taken over`.
    pub fn words(self) -> String {
        match self {
            Self::Refuse => "the next device is refused",
            Self::TakeOver => "a lapsed seat is taken over",
        }
        .to_owned()
    }
}

impl Overage {
    /// `none`, `2 more`, `10 % more`.
    pub fn words(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Seats(n) => format!("{} more", thousands(n.into())),
            Self::Percent(n) => format!("{} % more", thousands(n.into())),
        }
    }
}

impl Validity {
    /// `never`, `12 March 2027`, `1 year after issue`.
    pub fn words(self) -> String {
        match self {
            Self::Perpetual => "never".to_owned(),
            Self::Until(end) => day(end),
            Self::FromIssue(period) => format!("{period} after issue"),
            Self::FromFirstActivation(period) => format!("{period} after the first activation"),
        }
    }
}

impl AfterEnd {
    /// `everything stops`, `keeps running without newer versions`.
    pub fn words(self) -> String {
        match self {
            Self::Stop => "everything stops",
            Self::KeepRunning => "keeps running without newer versions",
        }
        .to_owned()
    }
}

impl Trial {
    /// `14 days for each device`, `14 days for each device, with export: on`.
    pub fn words(&self) -> String {
        let lasts = format!("{} for each device", self.lasts);
        if self.features.is_empty() { lasts } else { format!("{lasts}, with {}", words_of(&self.features, "")) }
    }
}

impl EmailTerm {
    /// `not required`, `any address`, `the license’s own`.
    pub fn words(self) -> String {
        match self {
            Self::NotAsked => "not required",
            Self::Required => "any address",
            Self::MustMatch => "the license’s own",
        }
        .to_owned()
    }
}

impl SignIn {
    /// `not required`, `anyone`, `anyone from example.com`.
    pub fn words(&self) -> String {
        match self {
            Self::NotAsked => "not required".to_owned(),
            Self::Required => "anyone".to_owned(),
            Self::VerifiedEmail => "the user with the license’s e-mail address".to_owned(),
            Self::Domain(domain) => format!("anyone from {domain}"),
            Self::Role(role) => format!("anyone with the role “{role}”"),
        }
    }
}

impl Devices {
    /// `any`, `only pre-registered devices`.
    pub fn words(self) -> String {
        match self {
            Self::Any => "any",
            Self::Authorized => "only pre-registered devices",
        }
        .to_owned()
    }
}

impl Identity {
    /// `the license`, `the policy`, `the product`.
    pub fn words(self) -> String {
        match self {
            Self::License => "the license",
            Self::Policy => "the policy",
            Self::Product => "the product",
        }
        .to_owned()
    }
}

impl Versions {
    /// `all`, `<3`.
    pub fn words(&self) -> String {
        match self {
            Self::Any => "all".to_owned(),
            Self::Range(range) => range.to_string(),
        }
    }
}

impl Maintenance {
    /// `always`, `until 12 March 2027`, `1 year from issue`.
    pub fn words(self) -> String {
        match self {
            Self::Always => "always".to_owned(),
            Self::Until(end) => format!("until {}", day(end)),
            Self::FromIssue(period) => format!("{period} from issue"),
        }
    }
}

impl Reactivation {
    /// `gets the same seat`, `is refused`.
    pub fn words(self) -> String {
        match self {
            Self::SameSeat => "gets the same seat",
            Self::Refuse => "is refused",
        }
        .to_owned()
    }
}

impl Release {
    /// `the device or support`, `support only`, `the device, twice in 30 days, or support`.
    pub fn words(self) -> String {
        match self {
            Self::ByDevice => "the device or support".to_owned(),
            Self::BySupport => "support only".to_owned(),
            Self::Limited { times: n, per } => format!("the device, {} in {per}, or support", times(n)),
        }
    }
}

impl Transfers {
    /// `at any time`, `5 times in 30 days`.
    pub fn words(self) -> String {
        match self {
            Self::Unlimited => "at any time".to_owned(),
            Self::Limited { moves, per } => format!("{} in {per}", times(moves)),
        }
    }
}

impl Strictness {
    /// `is available at once`, `waits until its tokens end`.
    pub fn words(self) -> String {
        match self {
            Self::Lenient => "is available at once",
            Self::Strict => "waits until its tokens end",
        }
        .to_owned()
    }
}

/// `export: on, seats: 3`, or `none` if there are no values.
fn words_of(values: &FeatureValues, none: &str) -> String {
    if values.is_empty() {
        return none.to_owned();
    }
    values.iter().map(|(code, value)| format!("{code}: {value}")).collect::<Vec<_>>().join(", ")
}
