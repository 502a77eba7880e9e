//! Why a seat was not given up: the facts as they are kept, and what each rule says to them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, By, Past};
use crate::{
    Refusal, Span, Terms,
    activation::{DeviceFacts, Verdict},
    sentence::{Sentence, count, thousands, times},
    terms::{Holding, Release, Transfers},
};

/// One check of a seat that is to be given up, in the order in which [`release`](super::release) makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseRule {
    /// The session was neither revoked nor released.
    SessionAlive,
    /// The terms let them give it up.
    MayRelease,
    /// Not too often in a period.
    ReleasesLeft,
    /// Seats did not move too often.
    MovesLeft,
}

/// What one of them saw, and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseStep {
    /// The rule.
    pub rule: ReleaseRule,
    /// What it said.
    pub verdict: Verdict,
    /// What it saw.
    pub facts: Sentence,
}

/// What the rules saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRelease {
    by: By,
    act: Act,
    over: bool,
    holding: Holding,
    release: Release,
    transfers: Transfers,
    /// In the periods that the terms count in.
    releases: u64,
    moves: u64,
    /// Whether it would have counted as a move.
    moves_one: bool,
}

impl ReleaseRule {
    /// The name it is recorded under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionAlive => "session_alive",
            Self::MayRelease => "may_release",
            Self::ReleasesLeft => "releases_left",
            Self::MovesLeft => "moves_left",
        }
    }

    /// What it is called in a trace.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SessionAlive => "Session is valid",
            Self::MayRelease => "Device may give its seat up",
            Self::ReleasesLeft => "Releases are left",
            Self::MovesLeft => "Moves are left",
        }
    }
}

impl KeptRelease {
    /// Keeps what [`release`](super::release) saw.
    pub fn of(terms: &Terms, device: &DeviceFacts, past: Past<'_>, by: By, act: Act, now: DateTime<Utc>) -> Self {
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
            moves: match terms.transfers {
                Transfers::Limited { per, .. } => since(per, past.moves),
                Transfers::Unlimited => 0,
            },
            moves_one: act == Act::Delete && by != By::Support && device.tokens_end_at() > now,
        }
    }

    /// How the seat was to be given up.
    pub fn act(&self) -> Act {
        self.act
    }

    /// Explains why it was refused, rule by rule. The first that failed is the one that decided.
    pub fn explain(&self, refusal: &Refusal) -> Vec<ReleaseStep> {
        let when = |holds: bool, no: &Refusal| if holds { Verdict::Passed } else { Verdict::Failed(no.clone()) };
        let step = |rule, verdict, facts| ReleaseStep { rule, verdict, facts };
        let plain = |text: &str| Sentence::default().plain(text);
        let limited = self.act == Act::Delete && self.by != By::Support;
        let alive = match self.over {
            true => plain("the session was revoked or released"),
            false => plain("the session was neither revoked nor released"),
        };
        let (may, said) = match self.act {
            Act::CheckOut => {
                (self.holding == Holding::Floating, plain("seats are held: ").strong(self.holding.words()))
            }
            Act::Revoke => (self.by == By::Support, plain("only support revokes")),
            Act::Delete => {
                let may = !limited || self.release != Release::BySupport;
                (may, plain("seats are freed by: ").strong(self.release.words()))
            }
        };
        let (releases, released) = match self.release {
            Release::Limited { times: most, per } if limited => {
                (when(self.releases < most.into(), refusal), counted("given up ", self.releases, most, per))
            }
            _ => (Verdict::NotAsked, plain("they are not counted")),
        };
        let (moves, moved) = match self.transfers {
            Transfers::Limited { moves: most, per } if limited && self.moves_one => {
                (when(self.moves < most.into(), refusal), counted("moved ", self.moves, most, per))
            }
            _ => (Verdict::NotAsked, plain("it would not count as a move")),
        };
        vec![
            step(ReleaseRule::SessionAlive, when(!self.over, &Refusal::SessionEnded), alive),
            step(ReleaseRule::MayRelease, when(may, &Refusal::ReleaseNotAllowed), said),
            step(ReleaseRule::ReleasesLeft, releases, released),
            step(ReleaseRule::MovesLeft, moves, moved),
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
