//! The audit log.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use licensing::SubjectKind;
use service::store::events::{Event, EventFilter};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    licenses::reached as reached_license,
    program::{Program, nothing, read_id},
    query::Query,
    wire::event::EventJson,
};
use crate::{AppState, api::problem::Problem};

/// Keeps the events that the token reaches: those of its products, their policies and their licenses.
async fn reached(state: &AppState, program: &Program, mut events: Vec<Event>) -> Result<Vec<Event>, Problem> {
    if program.reaches_all() {
        return Ok(events);
    }
    let mut reading = state.service.store().for_api().read().await?;
    let mut known: HashMap<Uuid, bool> = HashMap::new();
    for event in &events {
        let is = |kind| SubjectKind::from_name(&event.subject_kind) == Some(kind);
        let Some(id) = event.license_id.or(event.subject_id) else { continue };
        if known.contains_key(&id) {
            continue;
        }
        let product = if event.license_id.is_some() {
            reading.on().license_with_terms(id).await?.map(|found| found.license.product_id)
        } else if is(SubjectKind::Product) {
            Some(id)
        } else if is(SubjectKind::Policy) {
            reading.on().policy(id).await?.map(|policy| policy.product_id)
        } else {
            None
        };
        known.insert(id, product.is_some_and(|product| program.reaches(product)));
    }
    events.retain(|event| event.license_id.or(event.subject_id).is_some_and(|id| known.get(&id) == Some(&true)));
    Ok(events)
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
        ("act" = inline(Option<String>), Query, description = "An act, or its beginning, such as license."),
        ("q" = inline(Option<String>), Query, description = "Part of the actor's or the subject's name."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<String>), Query, description = "newest or oldest."),
    ),
    responses((status = 200, description = "A page of events.", body = Items<EventJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let fields = query.fields();
    let filter = EventFilter {
        license_id: fields.id("license"),
        subject_id: fields.id("subject"),
        by: None,
        since: fields.time("since"),
        act: fields.text("act"),
        text: fields.text("q"),
        without_email: program.views() && state.config.hide_emails_from_viewers,
    };
    let page = query.page()?;
    if let Some(id) = filter.license_id {
        reached_license(&state, &program, id).await?;
    }
    let found = state.service.store().for_api().read().await?.on().events(&filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    let rows = reached(&state, &program, rows).await?;
    Ok(answer::items(rows.into_iter().map(EventJson::from).collect(), links))
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
    let found = reached(&state, &program, vec![found]).await?.pop().ok_or_else(nothing)?;
    Ok(Json(found.into()))
}
