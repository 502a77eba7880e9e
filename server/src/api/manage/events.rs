//! The audit log.

use std::net::IpAddr;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use licensing::{SubjectKind, wire::Fields};
use service::store::events::{Event, EventActors, EventFilter};

use super::{
    answer::{self, Items},
    licenses::reached as reached_license,
    program::{Program, nothing, read_id},
    query::Query,
    wire::event::EventJson,
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Returns `true` if the token reaches the event: one about its products, their policies and their licenses.
async fn reaches(state: &AppState, program: &Program, event: &Event) -> Result<bool, Problem> {
    if program.reaches_all() {
        return Ok(true);
    }
    let mut reading = state.service.store().for_api().read().await?;
    let product = match (event.license_id, event.subject_id, SubjectKind::from_name(&event.subject_kind)) {
        (Some(id), ..) => reading.on().license_with_terms(id).await?.map(|found| found.license.product_id),
        (None, id, Some(SubjectKind::Product)) => id,
        (None, Some(id), Some(SubjectKind::Policy)) => reading.on().policy(id).await?.map(|policy| policy.product_id),
        _ => None,
    };
    Ok(product.is_some_and(|product| program.reaches(product)))
}

/// Returns events, newest first. A page may have fewer items than its limit although there are more.
#[utoipa::path(
    get,
    path = "/api/v1/admin/events",
    operation_id = "listEvents",
    tag = "events",
    params(
        ("license" = inline(Option<Uuid>), Query, description = "Id of a license."),
        ("subject" = inline(Option<Uuid>), Query, description = "Id of a subject."),
        ("since" = inline(Option<String>), Query, description = "A time."),
        ("until" = inline(Option<String>), Query, description = "A time."),
        (
            "actor" = inline(Option<String>),
            Query,
            description = "Id of an account or an API token; or devices; or others, which is everyone but devices.",
        ),
        ("act" = inline(Option<String>), Query, description = "An act, or its beginning, such as license."),
        ("address" = inline(Option<String>), Query, description = "IP address of the request."),
        ("q" = inline(Option<String>), Query, description = "Part of the actor's or the subject's name."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of events.", body = Items<EventJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = read_filter(&state, &program, query.fields());
    let page = query.page()?;
    if let Some(id) = filter.license_id {
        reached_license(&state, &program, id).await?;
    }
    let found = state.service.store().for_api().read().await?.on().events(&filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(rows.into_iter().map(EventJson::from).collect(), links))
}

/// Reads a filter of events, limited to the products that the token reaches. Errors are recorded in `fields`.
pub(super) fn read_filter(state: &AppState, program: &Program, fields: &mut Fields) -> EventFilter {
    EventFilter {
        license_id: fields.id("license"),
        subject_id: fields.id("subject"),
        by: fields.parse("actor", read_actor),
        since: fields.time("since"),
        until: fields.time("until"),
        products: program.products().to_vec(),
        kind: fields.text("act"),
        address: fields.parse("address", read_address).map(|address| address.to_string()),
        text: fields.text("q"),
        without_email: program.views() && state.config.hide_emails_from_viewers,
    }
}

fn read_actor(text: &str) -> Result<EventActors, &'static str> {
    match text {
        "devices" => Ok(EventActors::Devices),
        "others" => Ok(EventActors::Others),
        id => id.parse().map(EventActors::Id).map_err(|_| "must be an id, devices or others"),
    }
}

fn read_address(text: &str) -> Result<IpAddr, &'static str> {
    text.parse().map_err(|_| "must be an IP address")
}

/// Returns an event.
#[utoipa::path(
    get,
    path = "/api/v1/admin/events/{id}",
    operation_id = "getEvent",
    tag = "events",
    params(("id" = Uuid, Path, description = "Id of the event.")),
    responses((status = 200, description = "The event.", body = EventJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Json<EventJson>, Problem> {
    let found = state.service.store().for_api().read().await?.on().event(read_id(&id)?).await?.ok_or_else(nothing)?;
    if reaches(&state, &program, &found).await? { Ok(Json(found.into())) } else { Err(nothing()) }
}
