//! Deliveries of a subscription.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use licensing::{webhook::DeliveryState, wire::Fields};
use serde::Serialize;
use service::{Outcome, Replay, store::webhooks::DeliveryFilter};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    reached,
    wire::{DeliveryDetailsJson, DeliveryJson, texts},
};
use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            call::{Call, marked},
            located::unlocated,
            program::{Program, nothing, read_id},
            query::Query,
        },
        openapi::choice,
        problem::Problem,
    },
};

/// Maximum number of deliveries that a request names.
const MOST_NAMED: usize = 1_000;

/// Returns the deliveries of a subscription, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/deliveries",
    operation_id = "listDeliveries",
    tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "Id of the subscription."),
        ("state" = inline(Option<choice::DeliveryState>), Query, description = "State of the delivery."),
        ("type" = inline(Option<String>), Query, description = "The type of the message."),
        ("since" = inline(Option<chrono::DateTime<chrono::Utc>>), Query, description = "Created from this time on."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of deliveries.", body = Items<DeliveryJson>)),
)]
pub(in crate::api::manage) async fn list(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let delivery_state = read_state(query.fields());
    let event_type = query.fields().text("type");
    let since = query.fields().time("since");
    let page = query.page()?;
    let (row, _) = reached(&state, &program, &id).await?;
    let filter = DeliveryFilter { state: delivery_state, event_type: event_type.as_deref(), since };
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().deliveries(row.id, filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(rows.into_iter().map(DeliveryJson::from).collect(), links))
}

/// Returns a delivery, with its message and its attempts.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/deliveries/{delivery}",
    operation_id = "getDelivery",
    tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "Id of the subscription."),
        ("delivery" = Uuid, Path, description = "Id of the delivery."),
    ),
    responses((status = 200, description = "The delivery.", body = DeliveryDetailsJson)),
)]
pub(in crate::api::manage) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Json<DeliveryDetailsJson>, Problem> {
    let (row, _) = reached(&state, &program, &id).await?;
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().delivery(read_id(&delivery)?).await?;
    let found = found.filter(|found| found.subscription_id == row.id).ok_or_else(nothing)?;
    let attempts = reading.on().attempts(found.id).await?;
    Ok(Json(DeliveryDetailsJson::of(found, row.url, attempts)))
}

/// The number of deliveries that are sent again.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookReplayed)]
pub(in crate::api::manage) struct Replayed {
    /// At most 10,000 at once, the oldest first. Deliveries that are pending, and challenges, are not among them.
    replayed: Option<u64>,
}

/// Sends deliveries again, in the background.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions/{id}/replay",
    operation_id = "replayDeliveries",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    request_body = super::schemas::ReplayOf,
    responses((status = 202, description = "The number of deliveries that are sent again.", body = Replayed)),
)]
pub(in crate::api::manage) async fn replay(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let replay = read_replay(&mut fields);
    unlocated(fields.end())?;
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let begun = call.begin(&state, actor).await?;
    let webhooks = state.service.webhooks();
    let outcome = begun.run(webhooks.replay_deliveries(row.id, &replay, begun.actor())).await?;
    let replayed = match &outcome {
        Outcome::Done(count) => Some(*count),
        Outcome::Repeated(_) => None,
    };
    Ok(marked(&outcome, (StatusCode::ACCEPTED, Json(Replayed { replayed })).into_response()))
}

fn read_replay(fields: &mut Fields) -> Replay<'static> {
    let named = texts(fields, "deliveries");
    let (state, since) = (read_state(fields), fields.time("since"));
    let Some(named) = named else {
        let (state, since) = (fields.need("state", state), fields.need("since", since));
        return Replay::Matching(DeliveryFilter { state, since, event_type: None });
    };
    if state.is_some() || since.is_some() {
        fields.note("deliveries", "cannot be combined with since and state");
    }
    let ids: Vec<Uuid> = named.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.len() < named.len() || !(1..=MOST_NAMED).contains(&ids.len()) {
        fields.note("deliveries", "must be a list of 1 to 1,000 ids");
    }
    Replay::These(ids)
}

fn read_state(fields: &mut Fields) -> Option<DeliveryState> {
    let known = || DeliveryState::ALL.map(DeliveryState::name).join(", ");
    fields.parse("state", |text| DeliveryState::from_name(text).ok_or_else(|| format!("must be one of {}", known())))
}
