//! What a read or an act answers when it does not do what was asked. Typed, so that each message finds its field.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
pub use licensing::FieldError;
use serde::{Deserialize, Serialize};

use crate::admin::audit::Change;

/// Why an act did not happen. [`Display`](std::fmt::Display) is a sentence for a person, with a way on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// These fields are not good. The form shows each message at its field.
    #[error("{}", invalid(.0))]
    Invalid(Vec<FieldError>),
    /// The rules say no; a sentence.
    #[error("{0}")]
    Refused(String),
    /// What the address names is not there.
    #[error("There is nothing at this address: the link may be cut off, or what it named was deleted.")]
    NotFound,
    /// An act that needs a fresh proof of who asks, who signed in too long ago. Why the last proof was not taken, if there was
    /// one; it ends a sentence.
    #[error("This asks once more who you are, since you signed in a while ago.")]
    ProofNeeded(Option<String>),
    /// Signing in on the way to an act was refused; a sentence.
    #[error("{0}")]
    SignInRefused(String),
    /// Nobody is signed in, or no longer.
    #[error("You were signed out: sign in and try again.")]
    SignInNeeded,
    /// The role does not allow it; a sentence.
    #[error("{0}")]
    Forbidden(String),
    /// Someone else was faster; a sentence.
    #[error("{0}")]
    Conflict(String),
    /// Changed by somebody else since the form was opened. Shows both versions.
    #[error("Somebody changed this meanwhile: nothing was saved.")]
    Stale {
        /// The revision that is stored now. Sent again with the form, it overwrites what is stored.
        revision: i64,
        /// What differs: `before` is what is stored, `after` what was typed.
        differences: Vec<Change>,
    },
    /// An act with a wide effect, which asks for a reason and the name of what it is done to.
    #[error("{effect}")]
    ReasonNeeded {
        /// What the act does, to how many; whole sentences.
        effect: String,
        /// Why the reason that was given is not good, if one was; it ends a sentence.
        wrong: Option<String>,
        /// The name that has to be typed as a confirmation.
        name: String,
        /// Why the name that was typed is not good, if one was; it ends a sentence.
        wrong_name: Option<String>,
    },
    /// Tried too often; so many seconds to wait.
    #[error("Too many attempts: wait {0} seconds, then try again.")]
    Throttled(u64),
    /// The database is away, or the network is.
    #[error("The server cannot be reached or is busy: nothing was changed. Try again in a moment.")]
    Unavailable,
    /// Our fault. Logged under this request id.
    #[error(
        "Something went wrong on our side. Nothing was changed. Try again, or look for request {request_id} in the server’s log."
    )]
    Internal {
        /// The id under which the log tells more; may be empty in the browser.
        request_id: String,
    },
}

impl Error {
    /// The HTTP status of the answer that carries it.
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

    /// One bad field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// Our fault, under the id of the request being answered.
    pub fn internal() -> Self {
        let request_id = leptos::prelude::use_context::<crate::context::Visitor>().map(|v| v.request_id);
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
            Act::InvalidToken(words) => Self::Forbidden(words.to_owned()),
            // Nor a key, nor a ticket.
            Act::Call(fault) => Self::Conflict(fault.to_string()),
            Act::NotFound(_) => Self::NotFound,
            Act::Conflict(words) => Self::Conflict(words),
            Act::Stale(it) => Self::Stale {
                revision: it.revision,
                differences: crate::admin::audit::changes(Some(&it.stored), Some(&it.typed)),
            },
            Act::Forbidden(words) => Self::Forbidden(words),
            Act::Throttled(seconds) => Self::Throttled(seconds),
            Act::Unavailable | Act::Contended => Self::Unavailable,
            Act::Internal(what) => {
                let request_id = crate::context::visitor().request_id;
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

/// What the machinery of server functions may say instead of us.
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
