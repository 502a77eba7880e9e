//! One decision, rule by rule.

use chrono::{DateTime, Utc};
use licensing::sentence::Sentence;
use uuid::Uuid;

use super::DecisionLine;
use crate::{Error, admin::ReadName};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionDetail {
    /// What the list says of it.
    pub line: DecisionLine,
    /// What each rule saw and said. Empty where no facts were kept.
    pub steps: Vec<StepLine>,
    /// What the software was told, for its user.
    pub told: Option<String>,
    /// What would have let it pass, for those who run the licenses.
    pub remedy: Option<String>,
    /// When it would have passed by itself, where that is known.
    pub next_at: Option<DateTime<Utc>>,
    /// What a grant gave: the ends of the lease and of the token.
    pub gave: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The policy's name.
    pub policy: Option<String>,
    /// The version of the software.
    pub version: Option<String>,
    /// The wished lease.
    pub lease: Option<String>,
    /// The device's platform.
    pub platform: Option<String>,
    /// SHA-256 of the fingerprint, in hexadecimal.
    pub fingerprint: Option<String>,
    /// The activation that was granted, or that asked.
    pub session: Option<Uuid>,
    /// In which request: a problem's `instance`.
    pub request: Option<String>,
    /// How often this device asked under this license in the day before.
    pub asked: u64,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// What one rule saw and said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLine {
    /// The rule.
    pub words: String,
    /// What it said.
    pub said: Said,
    /// What it saw.
    pub facts: Sentence,
}

/// What a rule said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Yes.
    Passed,
    /// No, and that decided.
    Decided,
    /// No as well, after it was decided.
    Failed,
    /// Nothing: it had no say.
    NotAsked,
}

pub const DECISION: ReadName = ReadName("decisions/detail");

/// What the page of a decision shows.
pub async fn decision(id: String) -> Result<DecisionDetail, Error> {
    use service::store::decisions::DecisionFilter;

    crate::admin::guard_read(DECISION)?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let decision = service.decision(id).await?;
    let (row, facts) = (&decision.row, decision.row.facts.clone().unwrap_or_default());
    let hash: Option<[u8; 32]> = row.fingerprint_hash.as_deref().and_then(|hash| hash.try_into().ok());
    let asked = match (row.license_id, hash) {
        (Some(license_id), Some(hash)) => {
            let filter = DecisionFilter {
                license_id: Some(license_id),
                fingerprint_hash: Some(hash),
                since: Some(row.at - chrono::TimeDelta::days(1)),
                until: Some(row.at + chrono::TimeDelta::milliseconds(1)),
                ..DecisionFilter::default()
            };
            service.store().read().await?.on().count_decisions(&filter).await?
        }
        _ => 0,
    };
    Ok(DecisionDetail {
        steps: lines(&decision.steps),
        told: decision.refusal.as_ref().map(ToString::to_string),
        remedy: decision.refusal.as_ref().map(licensing::Refusal::remedy),
        next_at: decision.refusal.as_ref().and_then(next_at),
        gave: decision.grant.as_ref().map(|grant| (grant.lease_ends_at, grant.token_expires_at)),
        policy: facts.policy,
        version: facts.saw.as_ref().and_then(|saw| saw.version()).map(ToString::to_string),
        lease: facts.saw.as_ref().and_then(|saw| saw.lease()).map(|lease| lease.to_string()),
        platform: facts.platform,
        fingerprint: hash.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect()),
        session: row.activation_id,
        request: row.request_id.clone(),
        asked: crate::admin::counted(asked),
        line: DecisionLine::from(decision.row),
        now: service.clock().now(),
    })
}

/// The steps as the page shows them.
pub(super) fn lines(steps: &[service::Traced]) -> Vec<StepLine> {
    use licensing::activation::Verdict;

    let decided = steps.iter().position(|step| matches!(step.verdict, Verdict::Failed(_)));
    let line = |(n, step): (usize, &service::Traced)| StepLine {
        words: step.words.to_owned(),
        said: match step.verdict {
            Verdict::Passed => Said::Passed,
            Verdict::Failed(_) if decided == Some(n) => Said::Decided,
            Verdict::Failed(_) => Said::Failed,
            Verdict::NotAsked => Said::NotAsked,
        },
        facts: step.facts.clone(),
    };
    steps.iter().enumerate().map(line).collect()
}

/// When it would pass by itself.
pub(super) fn next_at(refusal: &licensing::Refusal) -> Option<DateTime<Utc>> {
    match refusal {
        licensing::Refusal::SeatLimit { next_at, .. } => *next_at,
        licensing::Refusal::TransferLimit { next_at, .. } => Some(*next_at),
        _ => None,
    }
}
