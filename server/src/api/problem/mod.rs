//! Problem documents (RFC 9457): every response of the public API that is not a success.

mod accept;
mod code;
mod document;
mod render;
mod schema;
pub(crate) mod sets;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use licensing::{Act, FieldError, Invalid, Refusal, Span};
use service::{CallFault, Declined, Error};
use uuid::Uuid;

pub(crate) use accept::{content_type, takes};
pub(crate) use code::Code;
pub(crate) use render::write;
pub(crate) use schema::ProblemSchema;

use super::limits;
use document::{Choice, ErrorLine, Seats};

/// `Retry-After` of an unavailable server, in seconds.
const AWAY: u64 = 5;
/// `Retry-After` of a call that is still being answered under the same key, in seconds.
const SOON: u64 = 1;

/// Description of an error. [`write`] renders it as a problem document, and adds the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    code: Code,
    status: StatusCode,
    detail: String,
    decision: Option<Uuid>,
    errors: Vec<ErrorLine>,
    seats: Option<Seats>,
    choice: Option<Choice>,
    /// In seconds.
    retry_after: Option<u64>,
    /// The rate limit that was exceeded, reported if `retry_after` comes from one.
    policy: limits::ReportedLimit,
    /// The act that no scope of the caller's token covers.
    lacks: Option<Act>,
    /// Media types of patches, for the header `Accept-Patch` (RFC 5789 §3.1).
    accept_patch: Option<&'static str>,
    /// For the log, never for the answer.
    cause: Option<String>,
}

impl Problem {
    /// Creates a problem with a text that tells the reader what to do.
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
            lacks: None,
            accept_patch: None,
            cause: None,
        }))
    }

    /// Too many wrong activation codes from this network; may be retried after `seconds`.
    pub(crate) fn rate_limited(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail = format!("Too many wrong activation codes from this network. Wait {wait}, then try again.");
        Self::new(Code::RateLimited, detail).after(seconds)
    }

    /// Too many wrong API tokens from this network; may be retried after `seconds`.
    pub(crate) fn too_many_tokens(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail = format!("Too many wrong API tokens from this network. Wait {wait}, then try again.");
        Self::new(Code::RateLimited, detail).after(seconds)
    }

    /// The API token made too many calls; may be retried after `seconds`.
    pub(super) fn too_many_calls(policy: limits::ReportedLimit, seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail = format!("This API token made too many calls in a short time. Wait {wait}, then try again.");
        let mut problem = Self::new(Code::RateLimited, detail).after(seconds);
        problem.0.policy = policy;
        problem
    }

    /// A patch of a media type that is not accepted.
    pub(crate) fn unsupported_patch(accepted: &'static str) -> Self {
        let detail = format!("Send an uncompressed patch as one of {accepted}.");
        let mut problem = Self::new(Code::UnsupportedMediaType, detail);
        problem.0.accept_patch = Some(accepted);
        problem
    }

    /// No scope of the API token covers the act.
    pub(crate) fn scope_lacking(act: Act) -> Self {
        let name = act.name();
        let detail =
            format!("This API token may not do this. Ask an owner of this server for one with the scope {name}.");
        let mut problem = Self::new(Code::NotPermitted, detail);
        problem.0.lacks = Some(act);
        problem
    }

    /// Devices of this license request too many changes; may be retried after `seconds`.
    pub(crate) fn too_many_changes(seconds: u64) -> Self {
        let wait = Span::seconds(seconds);
        let detail =
            format!("Devices of this license requested too many changes in a short time. Wait {wait}, then try again.");
        let mut problem = Self::new(Code::RateLimited, detail).after(seconds);
        problem.0.policy = limits::CHANGES;
        problem
    }

    /// The resource has no representation that the client accepts.
    pub(crate) fn not_acceptable(kind: &str) -> Self {
        let mut problem = Self::new(
            Code::InvalidRequest,
            format!("This address answers {kind}. Name that type in the Accept header."),
        );
        problem.0.status = StatusCode::NOT_ACCEPTABLE;
        problem
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// Adds the devices that the customer may choose from.
    pub(super) fn with_choice(mut self, choice: Choice) -> Self {
        self.0.choice = Some(choice);
        self
    }

    /// The server cannot answer at the moment.
    pub(crate) fn unavailable() -> Self {
        Self::new(Code::Unavailable, "The license server cannot answer right now. Try again in a moment.").after(AWAY)
    }

    /// The clock cannot be trusted, so nothing is issued.
    pub(crate) fn of_the_clock(detail: String) -> Self {
        Self::new(Code::Unavailable, detail).after(AWAY)
    }

    /// Creates a problem with the given status and detail.
    pub(crate) fn with_status(status: StatusCode, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::of_status(status), detail);
        problem.0.status = status;
        problem
    }

    fn internal(cause: impl ToString) -> Self {
        let mut problem = Self::new(
            Code::Internal,
            "Something went wrong in the license server; the cause is in its log. Try again, or send your vendor the \
             instance named here.",
        );
        problem.0.cause = Some(cause.to_string());
        problem
    }

    fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Describes a response that another layer made and of which only the status is known. The status stays as it is.
    fn of_status(status: StatusCode) -> Self {
        let mut problem = match Code::of_status(status) {
            Code::Internal => Self::internal(status),
            Code::Unavailable => Self::unavailable(),
            Code::NotFound => {
                Self::new(Code::NotFound, "There is nothing at this address. Check it against the documentation.")
            }
            Code::MethodNotAllowed => {
                Self::new(Code::MethodNotAllowed, "This address does not support that method. See the Allow header.")
            }
            other => Self::new(other, "The license server does not accept this request."),
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
        let mut invalid = invalid;
        // An error of the whole request.
        invalid.0.iter_mut().filter(|error| error.field.is_empty()).for_each(|error| error.field = "body".to_owned());
        let detail = match invalid.0.as_slice() {
            [] => "This request has an error.".to_owned(),
            [FieldError { field, message }] => format!("This request has an error in {field}: {message}."),
            [FieldError { field, message }, others @ ..] => {
                format!("This request has {} errors, the first in {field}: {message}.", others.len() + 1)
            }
        };
        let mut problem = Self::new(Code::InvalidRequest, detail);
        problem.0.errors = invalid.0.into_iter().map(ErrorLine::from).collect();
        problem
    }
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        let Declined { decision, rule: _, refusal } = declined;
        // A test checks every refusal's code, so a code that is missing from the list would be a defect.
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

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(declined) => (*declined).into(),
            Error::Invalid(invalid) => invalid.into(),
            Error::InvalidToken(message) => Self::new(Code::InvalidToken, message),
            Error::Call(fault) => fault.into(),
            Error::Throttled(seconds) => Self::too_many_changes(seconds),
            Error::Unavailable | Error::Contended => Self::unavailable(),
            Error::NotFound(_) => Self::new(Code::NotFound, error.to_string()),
            Error::Conflict(message) => Self::new(Code::Conflict, message),
            Error::Inapplicable(message) => Self::new(Code::PatchConflict, message),
            Error::Stale(stale) => Self::new(
                Code::PreconditionFailed,
                format!("The revision is now {}: read it again, and repeat the change on that.", stale.revision),
            ),
            Error::Forbidden(message) => Self::new(Code::NotPermitted, message),
            Error::Internal(_) => Self::internal(error),
        }
    }
}

/// Sets only the status; [`write`] fills in the document.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
