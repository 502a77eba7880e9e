//! Subscriptions.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::Invalid;
use service::{
    Error, Outcome,
    store::{Cursor, webhooks::Subscription},
};

use super::{
    actor_on, in_request, reached,
    wire::{EDITABLE, SubscriptionJson, read_form, write_editable},
};
use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            call::{Call, PatchCall, marked},
            located::unlocated,
            program::{Program, nothing},
            query::{Query, page_of},
            revision::IfMatch,
        },
        openapi::choice,
        problem::Problem,
    },
};

/// Returns subscriptions, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/admin/subscriptions",
    operation_id = "listSubscriptions",
    tag = "webhooks",
    params(
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of subscriptions.", body = Items<SubscriptionJson>)),
)]
pub(in crate::api::manage) async fn list(
    State(state): State<AppState>,
    program: Program,
    query: Query,
) -> Result<Response, Problem> {
    let page = query.page()?;
    let mut all = state.service.store().for_api().read().await?.on().subscriptions().await?;
    all.retain(|row| actor_on(&program, &row.products).is_some());
    let place = |row: &Subscription| Cursor { at: row.created_at, id: row.id };
    let (rows, links) = page.turn(page_of(all, page.paging, page.size, place));
    Ok(answer::items(rows.into_iter().map(|row| SubscriptionJson::of(row, None)).collect(), links))
}

/// Creates a subscription, and sends a challenge to its address. The secret is returned only here.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/admin/subscriptions",
    operation_id = "createSubscription",
    tag = "webhooks",
    request_body = super::schemas::NewSubscription,
    responses((status = 201, description = "The subscription, with its secret.", body = SubscriptionJson)),
)]
pub(in crate::api::manage) async fn create(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let form = read_form(&mut fields);
    let secret = fields.text("secret");
    unlocated(fields.end())?;
    let actor = actor_on(&call.program, &form.products).ok_or_else(outside)?;
    let begun = call.begin(&state, actor).await?;
    let webhooks = state.service.webhooks();
    let create = webhooks.create_subscription(form, secret.as_deref(), begun.actor());
    let outcome = begun.run(async { create.await.map_err(in_request) }).await?;
    let (row, secret) = match &outcome {
        Outcome::Done((row, secret)) => (row.clone(), Some(secret.clone())),
        // The secret was shown in the first response, and cannot be shown again.
        Outcome::Repeated(done) => {
            let id = done.subject.ok_or_else(nothing)?.to_string();
            (reached(&state, &call.program, &id).await?.0, None)
        }
    };
    let (location, revision) = (format!("/api/v1/webhooks/admin/subscriptions/{}", row.id), row.revision);
    Ok(marked(&outcome, answer::created(SubscriptionJson::of(row, secret), Some(revision), &location)))
}

/// Returns a subscription.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/admin/subscriptions/{id}",
    operation_id = "getSubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    responses((status = 200, description = "The subscription.", body = SubscriptionJson)),
)]
pub(in crate::api::manage) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (row, _) = reached(&state, &program, &id).await?;
    let revision = row.revision;
    Ok(answer::found(SubscriptionJson::of(row, None), revision))
}

/// Changes a subscription by a merge patch or a JSON Patch. A new address is verified again.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/admin/subscriptions/{id}",
    operation_id = "changeSubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    request_body(content(
        (super::schemas::SubscriptionMembers = "application/merge-patch+json"),
        (super::super::schemas::JsonPatch = "application/json-patch+json"),
        (super::schemas::SubscriptionMembers = "application/json"),
    )),
    responses((status = 200, description = "The subscription after the change.", body = SubscriptionJson)),
)]
pub(in crate::api::manage) async fn change(
    State(state): State<AppState>,
    Path(id): Path<String>,
    seen: IfMatch,
    call: PatchCall,
) -> Result<Response, Problem> {
    let (row, actor) = reached(&state, &call.program, &id).await?;
    let edited = |row: &Subscription| {
        seen.check(row.revision)?;
        let mut fields = call.patch.edit(&write_editable(row), &EDITABLE)?;
        let form = read_form(&mut fields);
        fields.end()?;
        match actor_on(&call.program, &form.products) {
            Some(_) => Ok(form),
            None => Err(Error::from(not_reached())),
        }
    };
    let begun = call.begin(&state, actor).await?;
    let webhooks = state.service.webhooks();
    let change = webhooks.edit_subscription(row.id, None, begun.actor(), edited);
    let outcome = begun.run(async { change.await.map_err(in_request) }).await?;
    let (row, _) = reached(&state, &call.program, &id).await?;
    let revision = row.revision;
    Ok(marked(&outcome, answer::found(SubscriptionJson::of(row, None), revision)))
}

/// Deletes a subscription. Nothing is sent to it any longer.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/admin/subscriptions/{id}",
    operation_id = "deleteSubscription",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Id of the subscription.")),
    responses((status = 204, description = "The subscription is deleted.")),
)]
pub(in crate::api::manage) async fn delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    call.empty()?;
    let (row, actor) = match reached(&state, &call.program, &id).await {
        Ok(found) => found,
        // The subscription may be gone because this very call deleted it.
        Err(problem) => {
            let done = call.repeated(&state).await?.ok_or(problem)?;
            return Ok(marked(&Outcome::<()>::Repeated(done), answer::nothing_more()));
        }
    };
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.webhooks().delete_subscription(row.id, begun.actor())).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}

fn outside() -> Problem {
    not_reached().into()
}

/// The error for a subscription that would receive more than the token reaches.
fn not_reached() -> Invalid {
    Invalid::one("/filter/products", "must name only products that this API token reaches, and at least one")
}
