//! Jobs.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use licensing::Act;
use service::{
    Actor, ExportFormat, Outcome,
    store::jobs::{ItemState, Job, JobAct, JobFilter, JobState},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Call, marked},
    program::{Program, nothing, read_id},
    query::Query,
    wire::job::{JobItemJson, JobJson},
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
    http::download,
};

/// Returns the job with this id, if the token reaches the product of its licenses, or has started it.
async fn reached(state: &AppState, program: &Program, id: &str) -> Result<(Job, Actor), Problem> {
    let job = state.service.store().for_api().read().await?.on().job(read_id(id)?).await?.ok_or_else(nothing)?;
    let actor = program.of_job(job.product_id, job.actor_id)?;
    Ok((job, actor))
}

/// Answers a job that was started or continued.
pub(super) async fn started<T>(state: &AppState, id: Uuid, outcome: &Outcome<T>) -> Result<Response, Problem> {
    let job = state.service.store().for_api().read().await?.on().job(id).await?.ok_or_else(nothing)?;
    Ok(marked(outcome, answer::started(JobJson::from(job), &format!("/api/v1/admin/jobs/{id}"))))
}

/// Returns jobs, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs",
    operation_id = "listJobs",
    tag = "jobs",
    params(
        ("kind" = inline(Option<choice::JobAct>), Query, description = "Act of the job."),
        ("state" = inline(Option<choice::JobState>), Query, description = "State of the job."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of jobs.", body = Items<JobJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let read_kind =
        |text: &str| JobAct::from_name(text).ok_or("must be create, suspend, reinstate, revoke, extend, tag or untag");
    let read_state = |text: &str| JobState::from_name(text).ok_or("must be running, cancelled or finished");
    let filter = JobFilter {
        act: query.fields().parse("kind", read_kind),
        state: query.fields().parse("state", read_state),
        products: program.products().to_vec(),
        or_of_actor: Some(program.id()),
    };
    let page = query.page()?;
    let found = state.service.store().for_api().read().await?.on().job_page(&filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(rows.into_iter().map(JobJson::from).collect(), links))
}

/// Returns a job with its progress.
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}",
    operation_id = "getJob",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "Id of the job.")),
    responses((status = 200, description = "The job.", body = JobJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Json<JobJson>, Problem> {
    let (job, _) = reached(&state, &program, &id).await?;
    Ok(Json(job.into()))
}

/// Returns the items of a job, in order.
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}/items",
    operation_id = "listJobItems",
    tag = "jobs",
    params(
        ("id" = Uuid, Path, description = "Id of the job."),
        ("state" = inline(Option<choice::ItemState>), Query, description = "State of the item."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next of a page."),
    ),
    responses((status = 200, description = "A page of items.", body = Items<JobItemJson>)),
)]
pub(super) async fn items(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let (job, _) = reached(&state, &program, &id).await?;
    let read = |text: &str| ItemState::from_name(text).ok_or("must be waiting, done, failed or skipped");
    let in_state = query.fields().parse("state", read);
    let page = query.numbered()?;
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().job_items_after(job.id, in_state, page.after, page.read()).await?;
    let (rows, links) = page.turn(found, |item| item.n);
    Ok(answer::items(rows.into_iter().map(JobItemJson::from).collect(), links))
}

/// Streams the items of a job that has ended, as a file. `codes=true` adds the activation codes of the licenses that it
/// created, which also requires the scope `licenses.reveal`. The audit log records it.
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}/result",
    operation_id = "getJobResult",
    tag = "jobs",
    params(
        ("id" = Uuid, Path, description = "Id of the job."),
        ("format" = inline(Option<choice::Format>), Query, description = "jsonl, the default, or csv."),
        ("codes" = inline(Option<bool>), Query, description = "true to include activation codes."),
    ),
    responses((
        status = 200,
        description = "One line for each item.",
        content((String = "application/jsonl"), (String = "text/csv")),
    )),
    extensions(("x-problems" = json!(["conflict"]))),
)]
pub(super) async fn result(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let (job, actor) = reached(&state, &program, &id).await?;
    let format = query.fields().parse("format", read_format).unwrap_or(ExportFormat::Jsonl);
    let codes = query.flag("codes").unwrap_or_default();
    query.end()?;
    if codes && !program.may(Act::LicensesReveal) {
        return Err(Problem::scope_lacking(Act::LicensesReveal));
    }
    let result = state.service.jobs().result(job.id, format, codes, &actor).await?;
    Ok(download::answer(result, format, "job", state.service.clock().now()))
}

/// Reads the format of an export.
pub(super) fn read_format(text: &str) -> Result<ExportFormat, &'static str> {
    match text {
        "csv" => Ok(ExportFormat::Csv),
        "jsonl" => Ok(ExportFormat::Jsonl),
        _ => Err("must be csv or jsonl"),
    }
}

/// Cancels a job. Items that are done stay done.
#[utoipa::path(
    post,
    path = "/api/v1/admin/jobs/{id}/cancel",
    operation_id = "cancelJob",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "Id of the job.")),
    responses((status = 202, description = "The job.", body = JobJson)),
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let (job, actor) = reached(&state, &call.program, &id).await?;
    call.empty()?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.jobs().cancel(job.id, begun.actor())).await?;
    started(&state, job.id, &outcome).await
}

/// Continues a cancelled job, and tries failed and skipped items again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/jobs/{id}/resume",
    operation_id = "resumeJob",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "Id of the job.")),
    responses((status = 202, description = "The job.", body = JobJson)),
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let (job, actor) = reached(&state, &call.program, &id).await?;
    call.empty()?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.jobs().resume(job.id, begun.actor())).await?;
    started(&state, job.id, &outcome).await
}
