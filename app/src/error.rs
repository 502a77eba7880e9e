//! The errors of reads and acts. Typed, so that each message is shown at its field.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
pub use licensing::FieldError;
use serde::{Deserialize, Serialize};

use crate::admin::audit::Change;

/// The reason why an act did not happen. Its [`Display`](std::fmt::Display) is a sentence for people that says how to
/// go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// Invalid fields. The form shows each message at its field.
    #[error("{}", invalid(.0))]
    Invalid(Vec<FieldError>),
    /// Refused by the rules; a sentence.
    #[error("{0}")]
    Refused(String),
    /// Nothing exists at this address.
    #[error("There is nothing at this address: the link may be incomplete, or its target was deleted.")]
    NotFound,
    /// The act needs a fresh proof, and the person signed in too long ago. If a proof was sent, the reason why it was
    /// not accepted; it ends a sentence.
    #[error("Confirm that it is you: you signed in a while ago.")]
    ProofNeeded(Option<String>),
    /// A sign-in within the form was refused; a sentence.
    #[error("{0}")]
    SignInRefused(String),
    /// Nobody is signed in, or the login has ended.
    #[error("You were signed out: sign in and try again.")]
    SignInNeeded,
    /// Not allowed for this role; a sentence.
    #[error("{0}")]
    Forbidden(String),
    /// Conflicts with a change that was made first; a sentence.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else changed the record after the form was opened. Shows both versions.
    #[error("Someone else changed this in the meantime. Your changes were not saved.")]
    Stale {
        /// The stored revision. Sent again with the form, it overwrites what is stored.
        revision: i64,
        /// The differences: `before` is the stored value, `after` the typed one.
        differences: Vec<Change>,
    },
    /// An act with wide effect, which requires a reason and the name of its target.
    #[error("{effect}")]
    ReasonNeeded {
        /// The act's effect and its extent; whole sentences.
        effect: String,
        /// The reason's error, if one was given; it ends a sentence.
        wrong: Option<String>,
        /// The name that has to be typed to confirm.
        name: String,
        /// The typed name's error, if one was typed; it ends a sentence.
        wrong_name: Option<String>,
    },
    /// Too many attempts; the seconds to wait.
    #[error("Too many attempts: wait {0} seconds, then try again.")]
    Throttled(u64),
    /// The database or the network is unavailable.
    #[error("The server cannot be reached or is busy: nothing was changed. Try again in a moment.")]
    Unavailable,
    /// An error on the server's side, logged under this request id.
    #[error(
        "Something went wrong on our side. Nothing was changed. Try again, or look for request {request_id} in the server’s log."
    )]
    Internal {
        /// The id under which the log has the details; may be empty in the browser.
        request_id: String,
    },
}

impl Error {
    /// The HTTP status of the response.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::ReasonNeeded { .. } => 422,
            Self::Refused(_) | Self::Conflict(_) | Self::Stale { .. } => 409,
            Self::NotFound => 404,
            Self::SignInNeeded | Self::SignInRefused(_) | Self::ProofNeeded(_) => 401,
            Self::Forbidden(_) => 403,
            Self::Throttled(_) => 429,
            Self::Unavailable => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// An error at a single field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// An error on the server's side, under the id of the current request.
    pub fn internal() -> Self {
        let request_id = leptos::prelude::use_context::<crate::http::context::Visitor>().map(|v| v.request_id);
        Self::Internal { request_id: request_id.unwrap_or_default() }
    }
}

fn invalid(fields: &[FieldError]) -> String {
    match fields {
        [] => "The form could not be read: load the page again and try once more.".to_owned(),
        [one] => format!("Check 1 field: {}.", one.field),
        _ => format!("Check {} fields.", fields.len()),
    }
}

impl From<licensing::Invalid> for Error {
    fn from(invalid: licensing::Invalid) -> Self {
        Self::Invalid(invalid.0)
    }
}

impl From<service::Error> for Error {
    fn from(error: service::Error) -> Self {
        use service::Error as Act;
        match error {
            Act::Refused(declined) => Self::Refused(declined.refusal.to_string()),
            Act::Invalid(invalid) => invalid.into(),
            // No act of the admin app takes a bearer token.
            Act::InvalidToken(message) => Self::Forbidden(message.to_owned()),
            // Nor an idempotency key or a release ticket.
            Act::Call(fault) => Self::Conflict(fault.to_string()),
            Act::NotFound(_) => Self::NotFound,
            Act::Conflict(message) | Act::Inapplicable(message) => Self::Conflict(message),
            Act::Stale(it) => Self::Stale {
                revision: it.revision,
                differences: crate::admin::audit::changes(Some(&it.stored), Some(&it.typed)),
            },
            Act::Forbidden(message) => Self::Forbidden(message),
            Act::Throttled(seconds) => Self::Throttled(seconds),
            Act::Unavailable | Act::Contended => Self::Unavailable,
            Act::Internal(what) => {
                let request_id = crate::http::context::visitor().request_id;
                tracing::error!(request_id, error = what, "a read or an act failed");
                Self::Internal { request_id }
            }
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        service::Error::from(error).into()
    }
}

/// Errors of the server function machinery itself.
impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Invalid(Vec::new())
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_) => Self::internal(),
        }
    }
}
