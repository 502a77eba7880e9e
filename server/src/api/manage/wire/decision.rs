//! Decisions in JSON.

use chrono::{DateTime, Utc};
use licensing::{
    Refusal,
    activation::{Grant, Verdict},
};
use serde::Serialize;
use service::{Decision, Simulation, Traced, store::decisions::DecisionRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A decision.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedDecision)]
pub(in crate::api::manage) struct DecisionJson {
    id: Uuid,
    at: DateTime<Utc>,
    #[schema(inline, value_type = choice::Purpose)]
    purpose: String,
    /// `granted`, or the problem code of a refusal.
    outcome: String,
    /// The rule that decided.
    rule: String,
    license_id: Option<Uuid>,
    product_id: Option<Uuid>,
    activation_id: Option<Uuid>,
    /// The last characters of the code that was sent.
    code_tail: Option<String>,
    /// The address that was sent, masked.
    email: Option<String>,
    device_name: Option<String>,
    address: Option<String>,
    request_id: Option<String>,
    /// The text for the user. Only in the response for a single decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// The verdict of each rule, in order. Only in the response for a single decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    steps: Option<Vec<StepJson>>,
    /// End of the lease that was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lease_ends_at: Option<DateTime<Utc>>,
    /// End of the token that was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_expires_at: Option<DateTime<Utc>>,
}

/// The verdict of one rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleVerdict)]
pub(in crate::api::manage) struct StepJson {
    rule: &'static str,
    /// The rule's name for people.
    name: &'static str,
    /// The first that failed decided.
    #[schema(inline, value_type = choice::RuleOutcome)]
    verdict: &'static str,
    /// The facts that the rule saw.
    facts: String,
}

/// A simulated decision.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SimulatedDecision)]
pub(in crate::api::manage) struct Simulated {
    at: DateTime<Utc>,
    #[schema(inline, value_type = choice::Verdict)]
    outcome: &'static str,
    /// The problem code of a refusal.
    code: Option<&'static str>,
    /// The text for the user.
    detail: String,
    /// The rule that would refuse.
    rule: Option<&'static str>,
    seats_used: Option<u32>,
    seats_allowed: Option<u32>,
    next_seat_at: Option<DateTime<Utc>>,
    takes_seat: Option<bool>,
    lease_ends_at: Option<DateTime<Utc>>,
    token_expires_at: Option<DateTime<Utc>>,
    steps: Vec<StepJson>,
}

impl From<&Traced> for StepJson {
    fn from(step: &Traced) -> Self {
        let verdict = match step.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::NotAsked => "not-asked",
        };
        Self { rule: step.rule, name: step.words, verdict, facts: step.facts.to_string() }
    }
}

impl From<DecisionRow> for DecisionJson {
    fn from(row: DecisionRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            purpose: row.purpose,
            outcome: row.outcome,
            rule: row.rule,
            license_id: row.license_id,
            product_id: row.product_id,
            activation_id: row.activation_id,
            code_tail: row.code_tail,
            email: row.email,
            device_name: row.device_name,
            address: row.address,
            request_id: row.request_id,
            detail: None,
            steps: None,
            lease_ends_at: None,
            token_expires_at: None,
        }
    }
}

impl From<Decision> for DecisionJson {
    fn from(decision: Decision) -> Self {
        let Decision { row, steps, refusal, grant } = decision;
        Self {
            detail: refusal.as_ref().map(ToString::to_string),
            steps: Some(steps.iter().map(StepJson::from).collect()),
            lease_ends_at: grant.as_ref().map(|grant| grant.lease_ends_at),
            token_expires_at: grant.as_ref().map(|grant| grant.token_expires_at),
            ..Self::from(row)
        }
    }
}

impl Simulated {
    pub(in crate::api::manage) fn of(simulation: &Simulation) -> Self {
        let (seats_used, seats_allowed) = simulation.seats.unzip();
        let (refused, grant) = (simulation.result.as_ref().err(), simulation.result.as_ref().ok());
        let next_seat_at = refused.and_then(|refused| match refused.refusal {
            Refusal::SeatLimit { next_at, .. } => next_at,
            _ => None,
        });
        Self {
            at: simulation.at,
            outcome: if grant.is_some() { "granted" } else { "refused" },
            code: refused.map(|refused| refused.refusal.code()),
            detail: refused.map_or_else(|| granted(grant), |refused| refused.refusal.to_string()),
            rule: refused.map(|refused| refused.rule.name()),
            seats_used,
            seats_allowed,
            next_seat_at,
            takes_seat: grant.map(|grant| grant.takes_seat),
            lease_ends_at: grant.map(|grant| grant.lease_ends_at),
            token_expires_at: grant.map(|grant| grant.token_expires_at),
            steps: simulation.steps.iter().map(StepJson::from).collect(),
        }
    }
}

fn granted(grant: Option<&Grant>) -> String {
    match grant {
        Some(grant) if grant.takes_seat => "A seat is available for this device.",
        _ => "This device already has a seat and would keep it.",
    }
    .to_owned()
}
