//! Problems: every answer of the public API that is not a success (RFC 9457).

mod accept;
mod code;
mod document;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use licensing::{FieldError, Invalid, Refusal, Span};
use service::{CallFault, Declined, Error};
use uuid::Uuid;

pub(crate) use accept::{content_type, takes};
pub(crate) use code::Code;
use document::Seats;
pub(crate) use document::write;

use super::{limits, tickets::Choice};

/// How long a client is asked to wait for a server that is away, in seconds.
const AWAY: u64 = 5;
/// How long one that sent the same call twice at once, in seconds.
const SOON: u64 = 1;

/// What went wrong. [`write`] makes the document of it, which also names the request.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    code: Code,
    status: StatusCode,
    detail: String,
    decision: Option<Uuid>,
    errors: Vec<FieldError>,
    seats: Option<Seats>,
    choice: Option<Choice>,
    /// In seconds.
    retry_after: Option<u64>,
    /// What limits it, where that is a matter of how often.
    policy: &'static limits::Policy,
    /// For the log, never for the answer.
    cause: Option<String>,
}

impl Problem {
    /// A problem with one sentence that whoever sees it can act on.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let status = code.status();
        Self(Box::new(Parts {
            code,
            status,
            detail,
            decision: None,
            errors: vec![],
            seats: None,
            choice: None,
            retry_after: None,
            policy: limits::FAILURES,
            cause: None,
        }))
    }

    /// Too many failures from there: to be tried again after so many seconds.
    pub(crate) fn rate_limited(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail = format!("Too many activation codes from this network were wrong: wait {wait}, then try again.");
        Self::new(Code::RateLimited, detail).after(seconds)
    }

    /// Too many wrong API tokens from there: to be tried again after so many seconds.
    pub(crate) fn too_many_tokens(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail = format!("Too many API tokens from this network were wrong: wait {wait}, then try again.");
        Self::new(Code::RateLimited, detail).after(seconds)
    }

    /// Devices of this license ask for changes without end: to be tried again after so many seconds.
    pub(crate) fn too_many_changes(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail =
            format!("Devices of this license asked for too many changes in a short time: wait {wait}, then try again.");
        let mut problem = Self::new(Code::RateLimited, detail).after(seconds);
        problem.0.policy = limits::CHANGES;
        problem
    }

    /// There is nothing here of a type that the client takes.
    pub(crate) fn not_acceptable(kind: &str) -> Self {
        let mut problem =
            Self::new(Code::InvalidRequest, format!("This address answers {kind}: name that in the header Accept."));
        problem.0.status = StatusCode::NOT_ACCEPTABLE;
        problem
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// With what the customer may choose from.
    pub(super) fn with_choice(mut self, choice: Choice) -> Self {
        self.0.choice = Some(choice);
        self
    }

    /// The server cannot answer at this moment.
    pub(crate) fn unavailable() -> Self {
        Self::new(Code::Unavailable, "The license server cannot answer right now: try again in a moment.").after(AWAY)
    }

    /// Nothing is issued while the clock cannot be believed.
    pub(crate) fn of_the_clock(detail: String) -> Self {
        Self::new(Code::Unavailable, detail).after(AWAY)
    }

    /// A problem of that status, in these words.
    pub(crate) fn with_status(status: StatusCode, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::of_status(status), detail);
        problem.0.status = status;
        problem
    }

    fn internal(cause: impl ToString) -> Self {
        let mut problem = Self::new(
            Code::Internal,
            "Something went wrong in the license server, and its log says what: try again, or tell your vendor the \
             instance named here.",
        );
        problem.0.cause = Some(cause.to_string());
        problem
    }

    fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What there is to say when an answer came from elsewhere and only its status is known, which it keeps.
    fn of_status(status: StatusCode) -> Self {
        let mut problem = match Code::of_status(status) {
            Code::Internal => Self::internal(status),
            Code::Unavailable => Self::unavailable(),
            Code::NotFound => {
                Self::new(Code::NotFound, "There is nothing at this address: compare it with the documentation.")
            }
            Code::MethodNotAllowed => {
                Self::new(Code::MethodNotAllowed, "This address does not take that method: see the header Allow.")
            }
            other => Self::new(other, "The license server does not take this request."),
        };
        problem.0.status = status;
        problem
    }
}

impl From<StatusCode> for Problem {
    fn from(status: StatusCode) -> Self {
        Self::of_status(status)
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let detail = match invalid.0.as_slice() {
            [] => "This request has a fault.".to_owned(),
            [FieldError { field, message }] => format!("This request has a fault in {field}: {message}."),
            [FieldError { field, message }, others @ ..] => {
                format!("This request has {} faults, the first in {field}: {message}.", others.len() + 1)
            }
        };
        let mut problem = Self::new(Code::InvalidRequest, detail);
        problem.0.errors = invalid.0;
        problem
    }
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        let Declined { decision, rule: _, refusal } = declined;
        // A test reads every refusal's code; one that is missing from the list would be a defect.
        let code = Code::from_name(refusal.code()).unwrap_or(Code::Internal);
        let mut problem = Self::new(code, refusal.to_string());
        problem.0.decision = Some(decision);
        if let Refusal::SeatLimit { used, allowed, next_at } = refusal {
            problem.0.seats = Some(Seats { seats_used: used, seats_allowed: allowed, next_seat_at: next_at });
        }
        problem
    }
}

impl From<CallFault> for Problem {
    fn from(fault: CallFault) -> Self {
        let code = match fault {
            CallFault::InFlight => Code::IdempotencyConflict,
            CallFault::OtherBody => Code::IdempotencyMismatch,
            CallFault::TicketUsed => Code::TicketUsed,
            CallFault::ForeignSession => Code::NotYourSession,
        };
        let problem = Self::new(code, fault.to_string());
        if code.is_retryable() { problem.after(SOON) } else { problem }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(declined) => (*declined).into(),
            Error::Invalid(invalid) => invalid.into(),
            Error::InvalidToken(words) => Self::new(Code::InvalidToken, words),
            Error::Call(fault) => fault.into(),
            Error::Throttled(seconds) => Self::too_many_changes(seconds),
            Error::Unavailable | Error::Contended => Self::unavailable(),
            // No act of the public API ends like these.
            Error::NotFound(_) | Error::Conflict(_) | Error::Stale(_) | Error::Forbidden(_) | Error::Internal(_) => {
                Self::internal(error)
            }
        }
    }
}

/// The bare status; [`write`] fills in the rest.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
