//! A single decision, rule by rule.

use chrono::{DateTime, Utc};
use licensing::sentence::Sentence;
use uuid::Uuid;

use super::{
    DecisionLine,
    solution::{Solution, solve},
};
use crate::{Error, admin::ReadName};

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionDetail {
    /// The decision as in the list.
    pub line: DecisionLine,
    /// The facts and the verdict of each rule. Empty if no facts were stored.
    pub steps: Vec<StepLine>,
    /// The message that the software received for its user.
    pub detail: Option<String>,
    /// The remedy, for staff.
    pub remedy: Option<String>,
    /// The time at which the request would have been granted without any change, if known.
    pub next_at: Option<DateTime<Utc>>,
    /// The ends of the lease and of the token, for a grant.
    pub gave: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The id of the product.
    pub product: Option<Uuid>,
    /// The policy's name.
    pub policy: Option<String>,
    /// The software's version.
    pub version: Option<String>,
    /// The requested lease.
    pub lease: Option<String>,
    /// The device's platform.
    pub platform: Option<String>,
    /// SHA-256 of the fingerprint, in hexadecimal.
    pub fingerprint: Option<String>,
    /// The activation that was granted, or that made the request.
    pub session: Option<Uuid>,
    /// The request's id: a problem's `instance`.
    pub request: Option<String>,
    /// Number of requests of this device under this license in the day before.
    pub asked: u64,
    /// The means to solve a refusal; `None` for a grant.
    pub solution: Option<Solution>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The facts and the verdict of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLine {
    /// The rule's name.
    pub rule: String,
    /// The verdict.
    pub outcome: StepOutcome,
    /// The facts that it saw.
    pub facts: Sentence,
}

/// A rule's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// Passed.
    Passed,
    /// Failed, as the first rule: this decided.
    Decided,
    /// Failed, after it was decided.
    Failed,
    /// Not applicable.
    NotAsked,
}

pub const DECISION: ReadName = ReadName("decisions/detail");

/// The data of a decision's page.
pub async fn decision(id: String) -> Result<DecisionDetail, Error> {
    use service::store::decisions::DecisionFilter;

    crate::admin::guard_read(DECISION)?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let decision = service.decisions().decision(id).await?;
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
    let now = service.clock().now();
    let solution = if decision.refusal.is_some() { Some(solve(row, now).await?) } else { None };
    Ok(DecisionDetail {
        solution,
        steps: lines(&decision.steps),
        detail: decision.refusal.as_ref().map(ToString::to_string),
        remedy: decision.refusal.as_ref().map(licensing::Refusal::remedy),
        next_at: decision.refusal.as_ref().and_then(licensing::Refusal::next_at),
        gave: decision.grant.as_ref().map(|grant| (grant.lease_ends_at, grant.token_expires_at)),
        product: row.product_id,
        policy: facts.policy,
        version: facts.saw.as_ref().and_then(|saw| saw.version()).map(ToString::to_string),
        lease: facts.saw.as_ref().and_then(|saw| saw.lease()).map(|lease| lease.to_string()),
        platform: facts.platform,
        fingerprint: hash.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect()),
        session: row.activation_id,
        request: row.request_id.clone(),
        asked: crate::admin::counted(asked),
        line: DecisionLine::from(decision.row),
        now,
    })
}

/// Converts the steps for the page.
pub(super) fn lines(steps: &[service::Traced]) -> Vec<StepLine> {
    use licensing::activation::Verdict;

    let decided = steps.iter().position(|step| matches!(step.verdict, Verdict::Failed(_)));
    let line = |(n, step): (usize, &service::Traced)| StepLine {
        rule: step.words.to_owned(),
        outcome: match step.verdict {
            Verdict::Passed => StepOutcome::Passed,
            Verdict::Failed(_) if decided == Some(n) => StepOutcome::Decided,
            Verdict::Failed(_) => StepOutcome::Failed,
            Verdict::NotAsked => StepOutcome::NotAsked,
        },
        facts: step.facts.clone(),
    };
    steps.iter().enumerate().map(line).collect()
}
