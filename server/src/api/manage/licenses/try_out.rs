//! `POST /licenses/{id}/try`: the decision that a device would get.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use licensing::{Email, Span, Version, activation::Request};
use service::Hypothetical;

use super::reached;
use crate::{
    AppState,
    api::{
        manage::{
            call::ReadingCall,
            located::unlocated,
            program::{nothing, read_id},
            wire::decision::Simulated,
        },
        problem::Problem,
    },
};

/// Returns the decision that a device would get from this license, with the verdict of each rule. Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/try",
    operation_id = "tryLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::schemas::Try,
    responses((status = 200, description = "The decision.", body = Simulated)),
    extensions(("x-only-reads" = json!(true))),
)]
pub(in crate::api::manage) async fn try_out(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ReadingCall(call): ReadingCall,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    reached(&state, &call.program, id).await?;
    let mut fields = call.fields()?;
    let fingerprint = fields.fingerprint("fingerprint");
    let fingerprint = fields.need("fingerprint", fingerprint);
    let request = Request {
        email: fields.parse("email", Email::read),
        lease: fields.parse("requestedLeaseDuration", Span::read),
        version: fields.parse("targetSoftwareVersion", Version::read),
        ..Request::default()
    };
    let at = fields.time("at");
    unlocated(fields.end())?;
    let fingerprint = fingerprint.ok_or_else(nothing)?;
    let at = at.unwrap_or_else(|| state.service.clock().now());
    let hypothetical = Hypothetical { fingerprint, request, at, terms: None };
    let simulation = state.service.activations().what_if(id, hypothetical).await?;
    Ok(Json(Simulated::of(&simulation)).into_response())
}
