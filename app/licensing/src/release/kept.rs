//! Stored facts of a refused release, and the verdict of each rule on them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::{By, Past, ReleaseAct};
use crate::{
    Refusal, Span, Terms,
    activation::{DeviceFacts, Verdict},
    sentence::{Sentence, count, thousands, times},
    terms::{Holding, Release, Transfers},
};

/// One check of a release, in the order in which [`release`](super::release) makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReleaseRule {
    /// The session was neither revoked nor released.
    SessionAlive,
    /// The terms allow the release.
    MayRelease,
    /// The limit on releases in a period is not reached.
    ReleasesLeft,
    /// The limit on transfers in a period is not reached.
    MovesLeft,
}

/// One rule's verdict and the facts behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseStep {
    /// Rule.
    pub rule: ReleaseRule,
    /// Verdict.
    pub verdict: Verdict,
    /// Facts that the rule looked at, in words.
    pub facts: Sentence,
}

/// Facts of a refused release in their stored form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRelease {
    by: By,
    act: ReleaseAct,
    over: bool,
    holding: Holding,
    release: Release,
    transfers: Transfers,
    /// Number in the period of the terms.
    releases: u64,
    #[serde(rename = "moves")]
    transfers_used: u64,
    /// `true` if it would have counted as a transfer.
    #[serde(rename = "moves_one")]
    is_transfer: bool,
}

impl ReleaseRule {
    /// Label in an explanation.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SessionAlive => "Session is valid",
            Self::MayRelease => "Device may release its seat",
            Self::ReleasesLeft => "Releases are left",
            Self::MovesLeft => "Transfers are left",
        }
    }
}

impl KeptRelease {
    /// Stores the facts that [`release`](super::release) saw.
    pub fn of(
        terms: &Terms,
        device: &DeviceFacts,
        past: Past<'_>,
        by: By,
        act: ReleaseAct,
        now: DateTime<Utc>,
    ) -> Self {
        let since = |per: Span, all: &[DateTime<Utc>]| {
            u64::try_from(all.iter().filter(|at| per.after(**at) > now).count()).unwrap_or(u64::MAX)
        };
        Self {
            by,
            act,
            over: device.is_over(),
            holding: terms.holding,
            release: terms.release,
            transfers: terms.transfers,
            releases: match terms.release {
                Release::Limited { per, .. } => since(per, past.releases),
                Release::ByDevice | Release::BySupport => 0,
            },
            transfers_used: match terms.transfers {
                Transfers::Limited { per, .. } => since(per, past.transfers),
                Transfers::Unlimited => 0,
            },
            is_transfer: act == ReleaseAct::Release && by != By::Support && device.tokens_end_at() > now,
        }
    }

    /// Requested kind of release.
    pub fn act(&self) -> ReleaseAct {
        self.act
    }

    /// Explains the refusal, rule by rule. The first rule that failed made the decision.
    pub fn explain(&self, refusal: &Refusal) -> Vec<ReleaseStep> {
        let when = |holds: bool, no: &Refusal| if holds { Verdict::Passed } else { Verdict::Failed(no.clone()) };
        let step = |rule, verdict, facts| ReleaseStep { rule, verdict, facts };
        let plain = |text: &str| Sentence::default().plain(text);
        let limited = self.act == ReleaseAct::Release && self.by != By::Support;
        let alive = match self.over {
            true => plain("the session was revoked or released"),
            false => plain("the session was neither revoked nor released"),
        };
        let (may, phrase) = match self.act {
            ReleaseAct::CheckOut => {
                (self.holding == Holding::Floating, plain("seat type: ").strong(self.holding.words()))
            }
            ReleaseAct::Revoke => (self.by == By::Support, plain("only support may revoke a seat")),
            ReleaseAct::Release => {
                let may = !limited || self.release != Release::BySupport;
                (may, plain("seats are freed by: ").strong(self.release.words()))
            }
        };
        let (releases, released) = match self.release {
            Release::Limited { times: most, per } if limited => {
                (when(self.releases < most.into(), refusal), counted("released ", self.releases, most, per))
            }
            _ => (Verdict::NotAsked, plain("releases are not counted")),
        };
        let (left, text) = match self.transfers {
            Transfers::Limited { moves: most, per } if limited && self.is_transfer => (
                when(self.transfers_used < most.into(), refusal),
                counted("transferred ", self.transfers_used, most, per),
            ),
            _ => (Verdict::NotAsked, plain("it would not count as a transfer")),
        };
        vec![
            step(ReleaseRule::SessionAlive, when(!self.over, &Refusal::SessionEnded), alive),
            step(ReleaseRule::MayRelease, when(may, &Refusal::ReleaseNotAllowed), phrase),
            step(ReleaseRule::ReleasesLeft, releases, released),
            step(ReleaseRule::MovesLeft, left, text),
        ]
    }
}

fn counted(verb: &str, n: u64, most: u32, per: Span) -> Sentence {
    Sentence::default()
        .plain(verb)
        .strong(count(n, "time"))
        .plain(" in the last ")
        .strong(per.to_string())
        .plain("; allowed: ")
        .strong(if most > 2 { format!("{} times", thousands(most.into())) } else { times(most) })
}
