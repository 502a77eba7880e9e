//! `?dryRun=true` on both activation calls: reports the decision without taking a seat.

use axum::{Json, response::Response};
use chrono::{DateTime, Utc};
use licensing::{Invalid, Refusal};
use serde::Serialize;
use service::{Activation, Simulation};
use utoipa::{IntoParams, ToSchema};

use super::{activate::counting, answer::not_stored};
use crate::{
    AppState,
    api::problem::{Code, Problem},
};

/// The expected outcome of an activation. Members may be added; times are UTC.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DryRun {
    #[schema(inline)]
    outcome: Outcome,
    /// The problem's code; absent for a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<Code>,
    /// Text that may be shown to the user.
    detail: String,
    /// Only for a refusal: the rule that would decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rule: Option<&'static str>,
    /// Present if seats are limited and no other rule refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seats_used: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seats_allowed: Option<u32>,
    /// Time at which the next seat becomes free, if none is free now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_seat_at: Option<DateTime<Utc>>,
    /// Only for a grant: true if it would take a seat that the device does not hold yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    takes_seat: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lease_ends_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Granted,
    Refused,
}

/// Query of both activation calls.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "`wanted` reads the query")]
pub(super) struct DryRunQuery {
    /// If true, the response only reports the expected outcome: no seat is taken, and no decision is kept. An unknown or
    /// ended code is a problem and counts as a failure, as in a real activation.
    #[param(rename = "dryRun", default = false, nullable = false)]
    dry_run: Option<bool>,
}

/// Returns `true` if the query contains `dryRun=true`.
pub(super) fn wanted(query: Option<&str>) -> Result<bool, Invalid> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match pairs.into_iter().filter(|(name, _)| name == "dryRun").last() {
        None => Ok(false),
        Some((_, value)) => match value.as_ref() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Invalid::one("dryRun", "must be true or false")),
        },
    }
}

/// Answers 200 with the simulated decision, a grant or a refusal. An unknown or ended code is a problem as in a real
/// activation, and counts as a failure.
pub(super) async fn dry_run(state: &AppState, activation: Activation) -> Result<Response, Problem> {
    let (origin, code) = (activation.origin.clone(), activation.code.clone());
    let simulation = counting(state, &origin, &code, state.service.activations().dry_run(activation)).await?;
    Ok(not_stored(Json(DryRun::of(&simulation))))
}

impl DryRun {
    fn of(simulation: &Simulation) -> Self {
        let (seats_used, seats_allowed) = simulation.seats.unzip();
        let refused = simulation.result.as_ref().err();
        let grant = simulation.result.as_ref().ok();
        let next_seat_at = refused.and_then(|refused| match refused.refusal {
            Refusal::SeatLimit { next_at, .. } => next_at,
            _ => None,
        });
        let detail = match (refused, grant) {
            (Some(refused), _) => refused.refusal.to_string(),
            (None, Some(grant)) if grant.takes_seat => "A seat is available for this device.".to_owned(),
            (None, _) => "This device already has a seat and would keep it.".to_owned(),
        };
        Self {
            outcome: if grant.is_some() { Outcome::Granted } else { Outcome::Refused },
            code: refused.and_then(|refused| Code::from_name(refused.refusal.code())),
            detail,
            rule: refused.map(|refused| refused.rule.name()),
            seats_used,
            seats_allowed,
            next_seat_at,
            takes_seat: grant.map(|grant| grant.takes_seat),
            lease_ends_at: grant.map(|grant| grant.lease_ends_at),
            token_expires_at: grant.map(|grant| grant.token_expires_at),
        }
    }
}
