//! Terms as one sentence.

use super::*;
use crate::sentence::{Sentence, count, day, times};

impl Terms {
    /// Describes the terms in one sentence: "3 devices at a time, each activated for 30 days plus 7 days offline; ends
    /// 1 year after the first activation." Includes every term that differs from the default.
    pub fn sentence(&self) -> Sentence {
        let mut said = Sentence::default().strong(self.seats.words()).plain(match self.seats {
            Seats::Limited(1) => ", activated for ",
            _ => " at a time, each activated for ",
        });
        said = said.strong(self.lease.default.to_string());
        said = if self.grace == Span::ZERO {
            said.plain(", with no offline grace; ")
        } else {
            said.plain(" plus ").strong(self.grace.to_string()).plain(" offline; ")
        };
        said = self.validity.say(said);
        said = match self.after_end {
            AfterEnd::Stop => said,
            AfterEnd::KeepRunning => said.plain(", and then ").strong("keeps running").plain(" without newer versions"),
        };
        if let Some(trial) = &self.trial {
            said = said.plain("; each device may try it for ").strong(trial.lasts.to_string());
        }
        said = self.say_seats(said);
        said = self.say_versions(said);
        said = self.say_who(said);
        said = self.say_release(said);
        said = say_features(said, "; sets ", &self.features, "");
        said = say_features(said, "; changes ", &self.grace_features, " in offline grace");
        said.plain(".")
    }

    fn say_seats(&self, mut said: Sentence) -> Sentence {
        said = match self.holding {
            Holding::Fixed => said,
            Holding::Floating => said.plain("; seats ").strong("float"),
        };
        said = match self.when_full {
            WhenFull::Refuse => said,
            WhenFull::TakeOver => said.plain("; a lapsed seat can be ").strong("taken over"),
        };
        match self.overage {
            Overage::None => said,
            Overage::Seats(_) | Overage::Percent(_) => {
                said.plain("; allows ").strong(self.overage.words()).plain(", shown as over the limit")
            }
        }
    }

    fn say_versions(&self, mut said: Sentence) -> Sentence {
        said = match &self.versions {
            Versions::Any => said,
            Versions::Range(range) => said.plain("; covers versions ").strong(range.to_string()),
        };
        match self.maintenance {
            Maintenance::Always => said,
            Maintenance::Until(end) => said.plain("; covers releases until ").strong(day(end)),
            Maintenance::FromIssue(period) => {
                said.plain("; covers releases within ").strong(period.in_years()).plain(" of issue")
            }
        }
    }

    fn say_who(&self, mut said: Sentence) -> Sentence {
        said = match self.email {
            EmailTerm::NotAsked => said,
            EmailTerm::Required => said.plain("; requires ").strong("an e-mail address"),
            EmailTerm::MustMatch => said.plain("; requires ").strong("the license's e-mail address"),
        };
        said = match &self.sign_in {
            SignIn::NotAsked => said,
            asked => said.plain("; requires sign-in: ").strong(asked.words()),
        };
        said = match self.devices {
            Devices::Any => said,
            Devices::Authorized => said.plain("; devices must be ").strong("pre-registered"),
        };
        said = match self.identity {
            Identity::License => said,
            Identity::Policy => said.plain("; a device may hold ").strong("one seat of the policy"),
            Identity::Product => said.plain("; a device may hold ").strong("one seat of the product"),
        };
        match self.reactivation {
            Reactivation::SameSeat => said,
            Reactivation::Refuse => said.plain("; a device may activate ").strong("only once"),
        }
    }

    fn say_release(&self, mut said: Sentence) -> Sentence {
        said = match self.release {
            Release::ByDevice => said,
            Release::BySupport => said.plain("; only ").strong("support").plain(" frees seats"),
            Release::Limited { times: n, per } => {
                said.plain("; devices may free seats ").strong(times(n)).plain(" in ").strong(per.to_string())
            }
        };
        said = match self.transfers {
            usual if usual == Transfers::default() => said,
            Transfers::Unlimited => said.plain("; seats may be transferred ").strong("at any time"),
            Transfers::Limited { moves, per } => {
                said.plain("; seats may be transferred ").strong(times(moves)).plain(" in ").strong(per.to_string())
            }
        };
        match self.strictness {
            Strictness::Lenient => said,
            Strictness::Strict => said.plain("; a freed seat ").strong("waits").plain(" until its tokens end"),
        }
    }
}

impl Validity {
    fn say(self, said: Sentence) -> Sentence {
        match self {
            Self::Perpetual => said.strong("never ends"),
            Self::Until(end) => said.plain("ends on ").strong(day(end)),
            Self::FromIssue(period) => said.plain("ends ").strong(period.in_years()).plain(" after it was issued"),
            Self::FromFirstActivation(period) => {
                said.plain("ends ").strong(period.in_years()).plain(" after the first activation")
            }
        }
    }
}

fn say_features(said: Sentence, before: &str, values: &FeatureValues, after: &str) -> Sentence {
    match values.len() {
        0 => said,
        n => said.plain(before).strong(count(n as u64, "feature")).plain(after),
    }
}
