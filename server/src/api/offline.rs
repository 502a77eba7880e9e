//! Devices that are never online: `POST /api/v1/activations/offline` and `…/offline/release`.
//!
//! Both accept the file that the device wrote, either as `text/plain` or in the member `request` of a JSON object, and
//! answer in the same format. `docs/offline.md` describes the files.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use licensing::Invalid;
use serde::Serialize;
use service::{OfflineResponse, Origin, SignedOfflineFile, SignedRelease, SignedRequest};
use utoipa::ToSchema;

use super::{
    activations::{counting, not_stored},
    bearer::NoBearer,
    body,
    openapi::schemas::OfflineBody,
    problem::{Code, Problem, sets::RENEWAL_REFUSALS},
};
use crate::AppState;

/// Name of the JSON member, and the field under which faults of the whole file are reported.
const MEMBER: &str = "request";

/// An offline request or release that a device signed.
pub(super) struct OfflineUpload {
    signed: SignedOfflineFile,
    origin: Origin,
    json: bool,
}

/// Response to a request in JSON.
#[derive(Serialize, ToSchema)]
struct Answer {
    response: String,
}

impl FromRequest<AppState> for OfflineUpload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
        let (mut head, body) = request.into_parts();
        NoBearer::from_request_parts(&mut head, state).await?;
        let (text, json) = body::text(Request::from_parts(head, body), state, MEMBER).await?;
        Ok(Self { signed: SignedOfflineFile::read(&text)?, origin, json })
    }
}

/// Activates a license on a device that is never online.
///
/// Takes the request file that the device wrote and signed, as plain text or as the member of an object, and returns the
/// response file in the same format: the token and its key. Each request is valid once, so there is no Idempotency-Key
/// here.
#[utoipa::path(
    post,
    path = "/api/v1/activations/offline",
    operation_id = "activateOffline",
    tag = "activations",
    request_body(content((String = "text/plain"), (inline(OfflineBody) = "application/json"))),
    responses((
        status = 200,
        description = "The response file.",
        content((String = "text/plain"), (inline(Answer) = "application/json")),
    )),
    extensions(("x-problems" = json!([
        RENEWAL_REFUSALS,
        Code::InvalidToken,
        Code::EmailRequired,
        Code::RateLimited,
        Code::Unavailable,
    ]))),
)]
pub(super) async fn activate(State(state): State<AppState>, file: OfflineUpload) -> Result<Response, Problem> {
    let OfflineUpload { signed, origin, json } = file;
    let request = of_request(signed)?;
    let code = request.request.code.clone();
    let act = state.service.offline().activate_offline(request, None, None, origin.clone());
    let granted = match code {
        Some(code) => counting(&state, &origin, &code, act).await?,
        None => act.await?,
    };
    Ok(written(&granted, json))
}

/// Releases the seat of a device that is never online.
///
/// Takes the file in which the device confirms with its signature that it has deleted its token. Each file is valid once.
#[utoipa::path(
    post,
    path = "/api/v1/activations/offline/release",
    operation_id = "releaseOffline",
    tag = "activations",
    request_body(content((String = "text/plain"), (inline(OfflineBody) = "application/json"))),
    responses((status = 204, description = "The seat is released.")),
    extensions(("x-problems" = json!([
        Code::InvalidToken,
        Code::ReleaseNotAllowed,
        Code::TransferLimit,
        Code::SessionNotFound,
        Code::RateLimited,
        Code::Unavailable,
    ]))),
)]
pub(super) async fn release(State(state): State<AppState>, file: OfflineUpload) -> Result<StatusCode, Problem> {
    let release = of_release(file.signed)?;
    state.service.offline().release_offline(&release, None, file.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn written(response: &OfflineResponse, json: bool) -> Response {
    let text = response.armored();
    let answer = if json { Json(Answer { response: text }).into_response() } else { text.into_response() };
    not_stored(answer)
}

fn of_request(signed: SignedOfflineFile) -> Result<SignedRequest, Invalid> {
    match signed {
        SignedOfflineFile::Request(request) => Ok(*request),
        SignedOfflineFile::Release(_) => {
            Err(Invalid::one("typ", "is that of an offline release: post it to …/offline/release"))
        }
    }
}

fn of_release(signed: SignedOfflineFile) -> Result<SignedRelease, Invalid> {
    match signed {
        SignedOfflineFile::Release(release) => Ok(release),
        SignedOfflineFile::Request(_) => {
            Err(Invalid::one("typ", "is that of an offline request: post it to …/offline"))
        }
    }
}
