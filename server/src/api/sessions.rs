//! Calls on a session, authorized by the activation's own token, at `/api/v1/activations/{sessionId}`.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
    http::{Method, StatusCode, request::Parts},
    response::Response,
};
use chrono::{DateTime, Utc};
use licensing::activation::{self, DeviceFacts, Person, SessionState};
use serde::Serialize;
use service::{Origin, Renewal, Session, SessionAct, store::activations::Activation};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ObjectBuilder, Type},
};
use uuid::Uuid;

use super::{
    activations::{License, answer, granted, not_stored, read_request},
    bearer::{bearer, person},
    body,
    key::Key,
    openapi::schemas::{Decision, RenewalRequest, Token},
    problem::{Code, Problem, sets::RENEWAL_REFUSALS},
};
use crate::AppState;

/// Detail for a person who did not activate the device.
const NOT_YOURS: &str = "This activation is not yours. Only the person who activated the device can do this.";

/// The session named in the URL, authorized by its own token or by an access token of the person who activated it.
pub(super) struct Own {
    session: Session,
    person: Option<Person>,
    origin: Origin,
}

/// A session and what it requests: `requestedLeaseDuration`, `targetSoftwareVersion`, `deviceName` and `platform`, as
/// in an activation. The body is optional.
pub(super) struct Asking {
    session: Session,
    renewal: Renewal,
}

/// The session that the path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "`Own` reads the path")]
struct SessionPath {
    /// The claim sid of the activation's token.
    #[param(rename = "sessionId")]
    session_id: Uuid,
}

/// State of a session. Members may be added; times are UTC.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Standing)]
pub(super) struct SessionStatus {
    session_id: Uuid,
    #[schema(schema_with = states)]
    state: SessionState,
    lease_ends_at: DateTime<Utc>,
    token_expires_at: DateTime<Utc>,
    /// The time at which a floating seat should check in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_check_in_after: Option<DateTime<Utc>>,
    /// A new token, if the lease was extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Token, required = false)]
    license_token: Option<String>,
    /// The decision behind a check-in; one that changes nothing names the decision of the grant that it keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Decision, required = false)]
    decision: Option<Uuid>,
}

fn states() -> ObjectBuilder {
    let states = ["active", "lapsed", "checked-out", "expired", "released", "revoked"];
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(states))
}

impl SessionStatus {
    fn of(activation: &Activation, now: DateTime<Utc>) -> Self {
        Self {
            session_id: activation.id,
            state: SessionState::of(&DeviceFacts::from(activation), now),
            lease_ends_at: activation.lease_ends_at,
            token_expires_at: activation.token_expires_at,
            next_check_in_after: None,
            license_token: None,
            decision: None,
        }
    }
}

impl FromRequestParts<AppState> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Ok(Path(id)) = Path::<Uuid>::from_request_parts(parts, state).await else {
            return Err(StatusCode::NOT_FOUND.into());
        };
        let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_default();
        let token = bearer(&parts.headers)?;
        if state.providers.claim(token) {
            let person = person(state, token).await?;
            let session = state.service.activations().session_of(id, &person, session_act(parts), &origin).await?;
            let session = session.ok_or_else(|| Problem::new(Code::NotYourSession, NOT_YOURS))?;
            return Ok(Self { session, person: Some(person), origin });
        }
        let session = state.service.activations().session(token).await?;
        if id != session.id {
            return Err(Problem::new(
                Code::NotYourSession,
                "This token belongs to another activation than the one in the URL. Use each activation’s own token.",
            ));
        }
        Ok(Self { session, person: None, origin })
    }
}

/// Returns the purpose of the call, from its method and path.
fn session_act(parts: &Parts) -> SessionAct {
    match parts.uri.path().rsplit('/').next() {
        Some("renew") => SessionAct::Renew,
        Some("check-in") => SessionAct::CheckIn,
        Some("check-out") => SessionAct::CheckOut,
        _ if parts.method == Method::DELETE => SessionAct::Release,
        _ => SessionAct::Status,
    }
}

impl FromRequest<AppState> for Asking {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut head, body) = request.into_parts();
        let Own { session, person, origin } = Own::from_request_parts(&mut head, state).await?;
        let mut members = body::optional(Request::from_parts(head, body), state).await?;
        let request = activation::Request { person, ..read_request(&mut members) };
        let [device_name, platform] = members.hints();
        let renewal = members.finish(Some(Renewal { request, device_name, platform, origin }))?;
        Ok(Self { session, renewal })
    }
}

/// Returns the state of an activation.
#[utoipa::path(
    get,
    path = "/api/v1/activations/{sessionId}",
    operation_id = "session",
    tag = "sessions",
    params(SessionPath),
    responses((
        status = 200,
        description = "The state of the activation.",
        headers(("Latchkey-Decision")),
        body = SessionStatus,
    )),
)]
pub(super) async fn session_status(State(state): State<AppState>, own: Own) -> Result<Response, Problem> {
    let activation = state.service.activations().session_status(&own.session, &own.origin).await?;
    Ok(not_stored(Json(SessionStatus::of(&activation, state.service.clock().now()))))
}

/// Returns a new token under the license's current terms.
#[utoipa::path(
    post,
    path = "/api/v1/activations/{sessionId}/renew",
    operation_id = "renew",
    tag = "sessions",
    params(SessionPath, Key),
    request_body(content = Option<RenewalRequest>, description = "Optional."),
    responses((
        status = 200,
        description = "The same response as /license.",
        headers(("Latchkey-Decision")),
        body = License,
    )),
    extensions(("x-problems" = json!([RENEWAL_REFUSALS]))),
)]
pub(super) async fn renew(State(state): State<AppState>, Key(key): Key, asking: Asking) -> Result<Response, Problem> {
    let provider = state.service.vendor().provider().await?;
    let (activated, token) =
        state.service.activations().renew_once(&asking.session, asking.renewal, key.as_ref()).await?;
    answer(&state, &provider, activated, token)
}

/// Keeps or retakes a floating seat.
///
/// If more than half of the lease is left, it changes nothing. nextCheckInAfter is the time at which the next check-in
/// is due.
#[utoipa::path(
    post,
    path = "/api/v1/activations/{sessionId}/check-in",
    operation_id = "checkIn",
    tag = "sessions",
    params(SessionPath, Key),
    request_body(content = Option<RenewalRequest>, description = "Optional."),
    responses((
        status = 200,
        description = "The state of the activation.",
        headers(("Latchkey-Decision")),
        body = SessionStatus,
    )),
    extensions(("x-problems" = json!([RENEWAL_REFUSALS]))),
)]
pub(super) async fn check_in(
    State(state): State<AppState>,
    Key(key): Key,
    asking: Asking,
) -> Result<Response, Problem> {
    let checked_in = state.service.activations().check_in_once(&asking.session, asking.renewal, key.as_ref()).await;
    let (activated, license_token) = checked_in?;
    let decision = activated.decision;
    Ok(granted(
        decision,
        Json(SessionStatus {
            session_id: activated.session_id,
            state: SessionState::Active,
            lease_ends_at: activated.lease_ends_at,
            token_expires_at: activated.token_expires_at,
            next_check_in_after: activated.next_check_in_after,
            license_token,
            decision: Some(decision),
        }),
    ))
}

/// Releases a floating seat until the next check-in.
#[utoipa::path(
    post,
    path = "/api/v1/activations/{sessionId}/check-out",
    operation_id = "checkOut",
    tag = "sessions",
    params(SessionPath, Key),
    responses((
        status = 200,
        description = "The state of the activation.",
        headers(("Latchkey-Decision")),
        body = SessionStatus,
    )),
    extensions(("x-problems" = json!([Code::ReleaseNotAllowed, Code::RateLimited]))),
)]
pub(super) async fn check_out(State(state): State<AppState>, Key(key): Key, own: Own) -> Result<Response, Problem> {
    let done = state.service.activations().check_out_once(&own.session, key.as_ref(), own.origin).await?;
    Ok(not_stored(Json(SessionStatus {
        session_id: done.session_id,
        state: SessionState::CheckedOut,
        lease_ends_at: done.lease_ends_at,
        token_expires_at: done.token_expires_at,
        next_check_in_after: None,
        license_token: None,
        decision: None,
    })))
}

/// Releases the seat permanently.
///
/// Only if the policy lets devices release their seats.
#[utoipa::path(
    delete,
    path = "/api/v1/activations/{sessionId}",
    operation_id = "release",
    tag = "sessions",
    params(SessionPath, Key),
    responses((status = 204, description = "The seat is released.")),
    extensions(("x-problems" = json!([Code::ReleaseNotAllowed, Code::TransferLimit, Code::RateLimited]))),
)]
pub(super) async fn release(State(state): State<AppState>, Key(key): Key, own: Own) -> Result<StatusCode, Problem> {
    state.service.activations().release_once(&own.session, key.as_ref(), own.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
