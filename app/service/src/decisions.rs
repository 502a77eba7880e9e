//! Decisions: every attempt is kept, and can be explained, rule by rule, with the facts as they were.

mod behind;
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

pub(crate) use behind::Behind;
pub(crate) use row::{blank, masked, purpose_name};

use crate::{Error, Result, Service};

/// How many decisions one transaction of the sweep removes, so that no activation waits for long.
const SWEPT: i64 = 1_000;

/// What devices do day by day, and what only its number makes worth forgetting.
const COMING_BACK: [&str; 3] = ["device.renewed", "device.checked_in", "device.checked_out"];

/// A decision, explained.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What was written down.
    pub row: DecisionRow,
    /// What each rule saw and said, in the order in which they are asked. Empty where no facts were kept.
    pub steps: Vec<Traced>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// What a grant gave.
    pub grant: Option<Grant>,
}

/// What one rule saw, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// The rule's name.
    pub rule: &'static str,
    /// What it is called.
    pub words: &'static str,
    /// What it said.
    pub verdict: Verdict,
    /// What it saw.
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
    /// Whether it was a yes.
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
    /// The decision of that id, explained from the facts that it was made on. A refusal can be found a moment after it
    /// was told.
    ///
    /// # Errors
    /// `NotFound` where there is none, or it is past its time.
    pub async fn decision(&self, id: Uuid) -> Result<Decision> {
        let found = self.store().read().await?.on().decision(id).await?;
        found.map(Decision::of).ok_or(Error::NotFound("decision"))
    }

    /// Removes the decisions that are older than that; how many there were.
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

    /// Removes the events of devices that only came back, older than `keep`: renewals, check-ins and check-outs. What staff did,
    /// and how each seat was first taken and given up, stays. Returns how many there were.
    pub async fn sweep_device_events(&self, keep: Span) -> Result<u64> {
        let before = keep.before(self.clock().now());
        // Each event is looked at once in the life of a process: none is ever added before others.
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

    /// Keeps a refusal that no desk made.
    pub(crate) fn keep_refusal(&self, row: DecisionRow, at: DateTime<Utc>) {
        let behind = &self.0.behind;
        if behind.admits(row.license_id, at) {
            behind.keep(row);
        }
    }
}

/// What a session asks for that does not come to a desk: where it stands, to give its seat up for good or for a while.
pub(crate) const STANDING: &str = "standing";
pub(crate) const RELEASE: &str = "release";
pub(crate) const CHECK_OUT: &str = "check_out";
