//! `POST /api/v1/activations/release`: frees a device of a full license with a release ticket.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, State},
    http::StatusCode,
};
use service::{CallKey, Origin};
use uuid::Uuid;

use super::{
    bearer::NoBearer,
    body::Members,
    key::Key,
    openapi::schemas::ReleaseRequest,
    problem::{Code, Problem},
};
use crate::AppState;

/// Maximum length of a ticket, in bytes; real ones are about a third of it.
const LONGEST: usize = 2048;

/// Request body: `ticket` from a `seat_limit` problem, and the `sessionId` of one of its devices.
pub(super) struct Chosen {
    ticket: String,
    session: Uuid,
    key: Option<CallKey>,
    origin: Origin,
}

impl FromRequest<AppState> for Chosen {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
        let (mut head, body) = request.into_parts();
        NoBearer::from_request_parts(&mut head, state).await?;
        let Key(key) = Key::from_request_parts(&mut head, state).await?;
        let mut members = Members::from_request(Request::from_parts(head, body), state).await?;
        let ticket = members.required("ticket", |text| match text.len() {
            1..=LONGEST => Ok(text.to_owned()),
            _ => Err("is not a release ticket: send the member releaseTicket unchanged"),
        });
        let session = members.required("sessionId", |text| {
            Uuid::try_parse(text).map_err(|_| "is not a session id: send the sessionId of a listed device unchanged")
        });
        let chosen = ticket.zip(session).map(|(ticket, session)| Self { ticket, session, key, origin });
        Ok(members.finish(chosen)?)
    }
}

/// Frees a device of a full license.
///
/// Takes the releaseTicket of a seat_limit problem, and one of the devices listed there. Counts as the device's own
/// release, within the same limits. Under strict terms the seat becomes free when its last token has expired. The
/// refused activation may then be sent again. A ticket is valid once, for ten minutes. If it is refused because of a
/// limit, it stays valid.
#[utoipa::path(
    post,
    path = "/api/v1/activations/release",
    operation_id = "releaseWithTicket",
    tag = "activations",
    params(Key),
    request_body = ReleaseRequest,
    responses((status = 204, description = "The seat is released.")),
    extensions(("x-problems" = json!([
        Code::InvalidToken,
        Code::NotYourSession,
        Code::ReleaseNotAllowed,
        Code::TransferLimit,
        Code::SessionNotFound,
        Code::TicketUsed,
        Code::RateLimited,
        Code::Unavailable,
    ]))),
)]
pub(super) async fn release(State(state): State<AppState>, chosen: Chosen) -> Result<StatusCode, Problem> {
    let Chosen { ticket, session, key, origin } = chosen;
    state.service.devices().release_with_ticket(&ticket, session, key.as_ref(), origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
