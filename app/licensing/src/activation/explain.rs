//! Explanation of a decision, rule by rule.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Facts, Refused, Request, Rule, Verdict, case::Case};
use crate::sentence::Sentence;

/// One rule's verdict and the facts behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Rule.
    pub rule: Rule,
    /// Verdict.
    pub verdict: Verdict,
    /// Facts that the rule looked at, in words.
    pub facts: Sentence,
}

/// Explains the decision on the same facts: every rule in order, with its verdict and facts. The first rule that failed
/// made the decision; the ones after it show further reasons for a refusal. If the code is unknown, no other rule is
/// checked.
pub fn explain(facts: Facts<'_>, request: &Request, now: DateTime<Utc>) -> Vec<Step> {
    let case = match Case::of(facts, request, now) {
        Ok(case) => case,
        Err(refused) => return of_an_unknown_code(&refused),
    };
    case.walk().map(|(rule, verdict)| Step { rule, verdict, facts: case.saw(rule) }).collect()
}

fn of_an_unknown_code(refused: &Refused) -> Vec<Step> {
    let step = |rule| {
        let (verdict, facts) = if rule == refused.rule {
            (Verdict::Failed(refused.refusal.clone()), Sentence::default().plain("no license has this code"))
        } else {
            (Verdict::NotAsked, Sentence::default())
        };
        Step { rule, verdict, facts }
    };
    Rule::ALL.iter().copied().map(step).collect()
}
