//! Decisions: grants that changed something and refusals, each explained rule by rule with the facts of that time.

mod refusal_writer;
mod release;
mod row;

use chrono::{DateTime, Utc};
use licensing::{
    Refusal, Span,
    activation::{Grant, Step, Verdict},
    release::ReleaseStep,
    sentence::Sentence,
};
use store::decisions::{DecisionRow, GRANTED};
use uuid::Uuid;

pub(crate) use refusal_writer::RefusalWriter;
pub(crate) use row::{blank, masked, purpose_name};

use crate::{Error, Result, Service};

/// Number of rows that one transaction of a sweep removes, so that no activation waits for long.
const SWEPT: i64 = 1_000;

/// Events of routine device activity, swept because of their number.
const COMING_BACK: [&str; 3] = ["device.renewed", "device.checked_in", "device.checked_out"];

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

    fn of(row: DecisionRow) -> Self {
        let facts = row.facts.as_ref();
        let refusal = facts.and_then(|facts| facts.refusal.clone());
        let saw = facts.and_then(|facts| facts.saw.as_deref());
        let release = facts.and_then(|facts| facts.release.as_ref()).zip(refusal.as_ref());
        let steps: Vec<Traced> = match (saw, release) {
            (Some(saw), _) => saw.explain(row.at).into_iter().map(Traced::from).collect(),
            (None, Some((release, refusal))) => release.explain(refusal).into_iter().map(Traced::from).collect(),
            (None, None) => row::of_a_session(&row, refusal.as_ref()),
        };
        let grant = saw.filter(|_| row.outcome == GRANTED).and_then(|saw| saw.decide(row.at).ok());
        Self { steps, refusal, grant, row }
    }
}

impl Service {
    /// Returns the decision with that id, explained from the facts on which it was made. A refusal may appear only a
    /// moment after it was answered.
    ///
    /// # Errors
    /// `NotFound` if there is no such decision, or it has been swept.
    pub async fn decision(&self, id: Uuid) -> Result<Decision> {
        let found = self.store().read().await?.on().decision(id).await?;
        found.map(Decision::of).ok_or(Error::NotFound("decision"))
    }

    /// Removes decisions older than `keep`. Returns their number.
    pub async fn sweep_decisions(&self, keep: Span) -> Result<u64> {
        let before = keep.before(self.clock().now());
        let mut swept = 0;
        loop {
            let mut tx = self.store().begin().await?;
            let some = tx.delete_old_decisions(before, SWEPT).await?;
            tx.commit().await?;
            swept += some;
            if some == 0 {
                return Ok(swept);
            }
        }
    }

    /// Removes events of returning devices older than `keep`: renewals, check-ins and check-outs. Events of staff, and
    /// those of first taking and releasing a seat, stay. Returns the number of events.
    pub async fn sweep_device_events(&self, keep: Span) -> Result<u64> {
        let before = keep.before(self.clock().now());
        // The position only moves forward in the life of a process, since no event is ever added before existing ones.
        let mut from = self.0.swept_events.lock().await;
        let mut swept = 0;
        loop {
            let mut tx = self.store().begin().await?;
            let (some, last) = tx.sweep_events(&COMING_BACK, (*from, before), SWEPT).await?;
            tx.commit().await?;
            swept += some;
            let Some(last) = last else { return Ok(swept) };
            *from = last;
        }
    }

    /// Records a refusal that was not made by a desk.
    pub(crate) fn keep_refusal(&self, row: DecisionRow, at: DateTime<Utc>) {
        let refusal_writer = &self.0.refusal_writer;
        if refusal_writer.admits(row.license_id, at) {
            refusal_writer.keep(row);
        }
    }
}

/// Purposes of a session's requests that do not pass the desk: reading its state, releasing its seat, and checking out.
pub(crate) const STATUS: &str = "standing";
pub(crate) const RELEASE: &str = "release";
pub(crate) const CHECK_OUT: &str = "check_out";
