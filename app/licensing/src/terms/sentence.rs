//! Terms as one sentence.

use super::*;
use crate::sentence::{Sentence, count, day, times};

impl Terms {
    /// Describes the terms in one sentence: "3 devices at a time, each activated for 30 days plus 7 days offline; ends
    /// 1 year after the first activation." Includes every term that differs from the default.
    pub fn sentence(&self) -> Sentence {
        let mut text = Sentence::default().strong(self.seats.words()).plain(match self.seats {
            Seats::Limited(1) => ", activated for ",
            _ => " at a time, each activated for ",
        });
        text = text.strong(self.lease.default.to_string());
        text = if self.grace == Span::ZERO {
            text.plain(", with no offline grace; ")
        } else {
            text.plain(" plus ").strong(self.grace.to_string()).plain(" offline; ")
        };
        text = self.validity.say(text);
        text = match self.after_end {
            AfterEnd::Stop => text,
            AfterEnd::KeepRunning => text.plain(", and then ").strong("keeps running").plain(" without newer versions"),
        };
        if let Some(trial) = &self.trial {
            text = text.plain("; each device may try it for ").strong(trial.lasts.to_string());
        }
        text = self.say_seats(text);
        text = self.say_versions(text);
        text = self.say_who(text);
        text = self.say_release(text);
        text = say_features(text, "; sets ", &self.features, "");
        text = say_features(text, "; changes ", &self.grace_features, " in offline grace");
        text.plain(".")
    }

    fn say_seats(&self, mut text: Sentence) -> Sentence {
        text = match self.holding {
            Holding::Fixed => text,
            Holding::Floating => text.plain("; seats ").strong("float"),
        };
        text = match self.when_full {
            WhenFull::Refuse => text,
            WhenFull::TakeOver => text.plain("; a lapsed seat can be ").strong("taken over"),
        };
        match self.overage {
            Overage::None => text,
            Overage::Seats(_) | Overage::Percent(_) => {
                text.plain("; allows ").strong(self.overage.words()).plain(", shown as over the limit")
            }
        }
    }

    fn say_versions(&self, mut text: Sentence) -> Sentence {
        text = match &self.versions {
            Versions::Any => text,
            Versions::Range(range) => text.plain("; covers versions ").strong(range.to_string()),
        };
        match self.maintenance {
            Maintenance::Always => text,
            Maintenance::Until(end) => text.plain("; covers releases until ").strong(day(end)),
            Maintenance::FromIssue(period) => {
                text.plain("; covers releases within ").strong(period.to_string()).plain(" of issue")
            }
        }
    }

    fn say_who(&self, mut text: Sentence) -> Sentence {
        text = match self.email {
            EmailTerm::NotAsked => text,
            EmailTerm::Required => text.plain("; requires ").strong("an e-mail address"),
            EmailTerm::MustMatch => text.plain("; requires ").strong("the license’s e-mail address"),
        };
        text = match &self.sign_in {
            SignIn::NotAsked => text,
            asked => text.plain("; requires sign-in: ").strong(asked.words()),
        };
        text = match self.devices {
            Devices::Any => text,
            Devices::Authorized => text.plain("; devices must be ").strong("pre-registered"),
        };
        text = match self.identity {
            Identity::License => text,
            Identity::Policy => text.plain("; a device may hold ").strong("one seat of the policy"),
            Identity::Product => text.plain("; a device may hold ").strong("one seat of the product"),
        };
        match self.reactivation {
            Reactivation::SameSeat => text,
            Reactivation::Refuse => text.plain("; a device may activate ").strong("only once"),
        }
    }

    fn say_release(&self, mut text: Sentence) -> Sentence {
        text = match self.release {
            Release::ByDevice => text,
            Release::BySupport => text.plain("; only ").strong("support").plain(" frees seats"),
            Release::Limited { times: n, per } => {
                text.plain("; devices may free seats ").strong(times(n)).plain(" in ").strong(per.to_string())
            }
        };
        text = match self.transfers {
            usual if usual == Transfers::default() => text,
            Transfers::Unlimited => text.plain("; seats may be transferred ").strong("at any time"),
            Transfers::Limited { moves, per } => {
                text.plain("; seats may be transferred ").strong(times(moves)).plain(" in ").strong(per.to_string())
            }
        };
        match self.strictness {
            Strictness::Lenient => text,
            Strictness::Strict => text.plain("; a freed seat ").strong("waits").plain(" until its tokens end"),
        }
    }
}

impl Validity {
    fn say(self, text: Sentence) -> Sentence {
        match self {
            Self::Perpetual => text.strong("never ends"),
            Self::Until(end) => text.plain("ends on ").strong(day(end)),
            Self::FromIssue(period) => text.plain("ends ").strong(period.to_string()).plain(" after it was issued"),
            Self::FromFirstActivation(period) => {
                text.plain("ends ").strong(period.to_string()).plain(" after the first activation")
            }
        }
    }
}

fn say_features(text: Sentence, before: &str, values: &FeatureValues, after: &str) -> Sentence {
    match values.len() {
        0 => text,
        n => text.plain(before).strong(count(n as u64, "feature")).plain(after),
    }
}
