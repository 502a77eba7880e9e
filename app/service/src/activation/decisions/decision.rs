//! A decision as pages show it: explained rule by rule.

use licensing::{
    Refusal,
    activation::{Grant, Rule, Step, Verdict},
    release::ReleaseStep,
    sentence::Sentence,
};
use store::decisions::{DecisionRow, GRANTED};

/// A decision with its explanation.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The stored row.
    pub row: DecisionRow,
    /// Facts and verdict of each rule, in order. Empty if no facts were stored.
    pub steps: Vec<Traced>,
    /// The refusal, if the request was refused.
    pub refusal: Option<Refusal>,
    /// The grant, if the request was granted.
    pub grant: Option<Grant>,
}

/// One rule's facts and verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// Name of the rule.
    pub rule: &'static str,
    /// Display name of the rule.
    pub words: &'static str,
    /// Verdict of the rule.
    pub verdict: Verdict,
    /// Facts that the rule saw.
    pub facts: Sentence,
}

impl From<Step> for Traced {
    fn from(step: Step) -> Self {
        Self { rule: step.rule.name(), words: step.rule.words(), verdict: step.verdict, facts: step.facts }
    }
}

impl From<ReleaseStep> for Traced {
    fn from(step: ReleaseStep) -> Self {
        Self { rule: step.rule.name(), words: step.rule.words(), verdict: step.verdict, facts: step.facts }
    }
}

impl Decision {
    /// Returns `true` if the request was granted.
    pub fn is_granted(&self) -> bool {
        self.row.outcome == GRANTED
    }

    pub(super) fn of(row: DecisionRow) -> Self {
        let facts = row.facts.as_ref();
        let refusal = facts.and_then(|facts| facts.refusal.clone());
        let saw = facts.and_then(|facts| facts.saw.as_deref());
        let release = facts.and_then(|facts| facts.release.as_ref()).zip(refusal.as_ref());
        let steps: Vec<Traced> = match (saw, release) {
            (Some(saw), _) => saw.explain(row.at).into_iter().map(Traced::from).collect(),
            (None, Some((release, refusal))) => release.explain(refusal).into_iter().map(Traced::from).collect(),
            (None, None) => of_a_session(&row, refusal.as_ref()),
        };
        let grant = saw.filter(|_| row.outcome == GRANTED).and_then(|saw| saw.decide(row.at).ok());
        Self { steps, refusal, grant, row }
    }
}

/// The trace of a decision with one check: the existence of a session.
fn of_a_session(row: &DecisionRow, refusal: Option<&Refusal>) -> Vec<Traced> {
    let (Some(rule), Some(refusal)) = (Rule::from_name(&row.rule), refusal) else { return vec![] };
    let facts = Sentence::from("there is no such session");
    vec![Traced { rule: rule.name(), words: rule.words(), verdict: Verdict::Failed(refusal.clone()), facts }]
}
