//! Verification of a subscription, a new secret, and test messages.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use licensing::webhook::SubscriptionState;
use service::{
    Outcome,
    store::webhooks::{Attempt, Delivery},
};

use super::{
    in_request, reached,
    wire::{DeliveryDetailsJson, SecretJson, SubscriptionJson},
};
use crate::{
    AppState,
    api::{
        manage::{
            answer,
            call::{Call, marked},
            located::unlocated,
        },
        problem::{Code, Problem},
    },
};

/// Sends the challenge to the address again, and waits for its answer.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/verify",
    operation_id = "verifySubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    responses((status = 200, description = "The verified subscription.", body = SubscriptionJson)),
)]
pub(in crate::api::manage) async fn verify(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    call.empty()?;
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, actor).await?;
    let webhooks = state.service.webhooks();
    let outcome = begun.run(webhooks.verify_subscription(row.id, begun.actor())).await?;
    let attempt = match &outcome {
        Outcome::Done(delivery) => Some(attempted(&state, *delivery).await?),
        Outcome::Repeated(_) => None,
    };
    let (row, _) = reached(&state, &call.program, &id).await?;
    if row.state == SubscriptionState::PendingVerification {
        return Err(Problem::new(Code::Conflict, not_verified(attempt)));
    }
    let revision = row.revision;
    Ok(marked(&outcome, answer::found(SubscriptionJson::of(row, None), revision)))
}

fn not_verified(attempt: Option<(Delivery, Vec<Attempt>)>) -> String {
    let last = attempt.and_then(|(_, attempts)| attempts.into_iter().last());
    match last {
        Some(Attempt { status: Some(status), response, .. }) => {
            let response = response.unwrap_or_default();
            format!("The address did not sign the challenge. It answered {status}: {response}")
        }
        Some(Attempt { error: Some(error), .. }) => format!("The address did not answer the challenge. {error}"),
        _ => "The address has not answered the challenge yet.".to_owned(),
    }
}

/// Accepts the address without an answer from it.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/vouch",
    operation_id = "vouchForSubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The subscription.", body = SubscriptionJson)),
)]
pub(in crate::api::manage) async fn vouch(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let reason = call.reason()?;
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.webhooks().vouch_for_subscription(row.id, &reason, begun.actor())).await?;
    let (row, _) = reached(&state, &call.program, &id).await?;
    let revision = row.revision;
    Ok(marked(&outcome, answer::found(SubscriptionJson::of(row, None), revision)))
}

/// Gives the subscription a new secret, which is returned only here. The current one signs too for a while.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/rotate-secret",
    operation_id = "rotateSubscriptionSecret",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    request_body = Option<super::schemas::Rotation>,
    responses((status = 200, description = "The new secret.", body = SecretJson)),
)]
pub(in crate::api::manage) async fn rotate_secret(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let hours = fields.number("overlapHours", 0..=168);
    unlocated(fields.end())?;
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, actor).await?;
    let rotate = state.service.webhooks().rotate_webhook_secret(row.id, hours.unwrap_or(24), begun.actor());
    let outcome = begun.run(async { rotate.await.map_err(in_request) }).await?;
    let secret = match &outcome {
        Outcome::Done(secret) => Some(secret.text()),
        Outcome::Repeated(_) => None,
    };
    Ok(marked(&outcome, Json(SecretJson { secret }).into_response()))
}

/// Sends a test message of any type, and waits for the answer.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/test-fire",
    operation_id = "testSubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    request_body = super::schemas::Test,
    responses((status = 200, description = "The delivery, with its attempt.", body = DeliveryDetailsJson)),
)]
pub(in crate::api::manage) async fn test_fire(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let event_type = fields.text("type");
    let event_type = fields.need("type", event_type).unwrap_or_default();
    unlocated(fields.end())?;
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, actor).await?;
    let webhooks = state.service.webhooks();
    let outcome = begun.run(webhooks.test_fire(row.id, &event_type, begun.actor())).await?;
    let delivery = match &outcome {
        Outcome::Done(delivery) => *delivery,
        Outcome::Repeated(_) => {
            return Err(Problem::new(Code::Conflict, "This test message was sent already: see the deliveries."));
        }
    };
    let (delivery, attempts) = attempted(&state, delivery).await?;
    Ok(Json(DeliveryDetailsJson::of(delivery, row.url, attempts)).into_response())
}

/// Waits for the next attempt at a delivery.
async fn attempted(state: &AppState, delivery: uuid::Uuid) -> Result<(Delivery, Vec<Attempt>), Problem> {
    let delivery = state.service.webhooks().attempted(delivery).await?;
    let attempts = state.service.store().for_api().read().await?.on().attempts(delivery.id).await?;
    Ok((delivery, attempts))
}
