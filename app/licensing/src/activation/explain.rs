//! A decision, rule by rule.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Facts, Refused, Request, Rule, Verdict, case::Case};
use crate::sentence::Sentence;

/// What one rule saw, and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The rule.
    pub rule: Rule,
    /// What it said.
    pub verdict: Verdict,
    /// What it saw.
    pub facts: Sentence,
}

/// Explains the decision on the same facts: every rule, in order, with what it saw. The first that failed is the one that
/// decided; those below it say what else would have stood in the way. Where the code is unknown, nothing else is asked.
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
    Rule::ALL.into_iter().map(step).collect()
}
