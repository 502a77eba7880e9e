//! The errors that acts return.

use licensing::{Invalid, Refusal, activation::Refused};
use uuid::Uuid;

use crate::{CallFault, Origin};

/// The result of an act.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why an act did not happen. Each caller maps these to its own answers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The licensing rules refuse the device.
    #[error("{}", .0.refusal)]
    Refused(Box<Declined>),
    /// Invalid input.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A bearer token that is not valid. The message is a sentence.
    #[error("{0}")]
    InvalidToken(&'static str),
    /// A call with an idempotency key or a ticket that cannot be done now.
    #[error(transparent)]
    Call(#[from] CallFault),
    /// The object does not exist. Holds its kind, such as "license".
    #[error("There is no such {0}: it may have been removed, or the address is wrong.")]
    NotFound(&'static str),
    /// The object's state does not allow this. The message is a sentence.
    #[error("{0}")]
    Conflict(String),
    /// The object has changed since the form was opened.
    #[error("Someone else changed this in the meantime. Nothing was saved.")]
    Stale(Box<Stale>),
    /// A patch that does not apply to the object: a `test` failed, or a path does not exist. The message is a sentence.
    #[error("{0}")]
    Inapplicable(String),
    /// The caller may not do this. The message is a sentence.
    #[error("{0}")]
    Forbidden(String),
    /// Attempted or changed too often; holds the seconds to wait.
    #[error("Too many attempts: wait {0} seconds, then try again.")]
    Throttled(u64),
    /// The database is unavailable or full, or the server is stopping; a later attempt may succeed.
    #[error("The server cannot do this right now: try again in a moment.")]
    Unavailable,
    /// The database aborted the transaction because of a conflict, several times. To callers, the same as
    /// `Unavailable`.
    #[error("The server cannot do this right now: try again in a moment.")]
    Contended,
    /// A defect in this program. The message is for the log, never for an answer.
    #[error("internal error: {0}")]
    Internal(String),
}

/// A change based on an old revision, which would overwrite a change made since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Stored revision.
    pub revision: i64,
    /// Stored values, as the audit log describes them: a JSON object.
    pub stored: serde_json::Value,
    /// Submitted values, in the same form.
    pub typed: serde_json::Value,
}

impl Stale {
    /// Compares the revision at which a form was opened, if it carries one, with the stored one. Must be called under
    /// the lock.
    pub(crate) fn check<T: serde::Serialize>(
        opened: Option<i64>,
        revision: i64,
        (stored, typed): (&T, &T),
    ) -> Result<(), Error> {
        if opened.is_none_or(|opened| opened == revision) {
            return Ok(());
        }
        let value = |it| serde_json::to_value(it).map_err(Error::defect);
        Err(Error::Stale(Box::new(Self { revision, stored: value(stored)?, typed: value(typed)? })))
    }
}

/// A refusal, with the id of the decision that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The decision's id.
    pub decision: Uuid,
    /// The name of the rule that decided.
    pub rule: &'static str,
    /// The reason.
    pub refusal: Refusal,
}

impl Declined {
    pub(crate) fn new(decision: Uuid, Refused { rule, refusal }: Refused) -> Self {
        Self { decision, rule: rule.name(), refusal }
    }
}

impl From<store::Error> for Error {
    fn from(e: store::Error) -> Self {
        use store::Unique;
        match e {
            store::Error::Conflict(Unique::ProductCode) => Invalid::one("code", "is taken by another product").into(),
            store::Error::Conflict(Unique::PolicyName) => {
                Invalid::one("name", "is taken by another policy of this product").into()
            }
            store::Error::Conflict(Unique::ActivationCode) => {
                Invalid::one("code", "already belongs to another license").into()
            }
            store::Error::Conflict(Unique::AccountEmail) => {
                Invalid::one("email", "already belongs to another account").into()
            }
            store::Error::Conflict(Unique::OfflineFile) => {
                Invalid::one("jti", crate::offline::replayed::REPLAYED).into()
            }
            store::Error::Conflict(Unique::Id) | store::Error::Inconsistent { .. } => Self::Internal(e.to_string()),
            _ if e.is_unavailable() => {
                tracing::error!(error = %e, "the database is not available");
                Self::Unavailable
            }
            _ if e.is_retryable() => Self::Contended,
            _ => Self::Internal(e.to_string()),
        }
    }
}

impl Error {
    /// Creates the error for a change that is based on another revision than the stored one.
    pub fn stale(revision: i64) -> Self {
        Self::Stale(Box::new(Stale { revision, stored: serde_json::Value::Null, typed: serde_json::Value::Null }))
    }

    /// Creates a refusal and logs it.
    pub(crate) fn declined(declined: Declined, origin: &Origin) -> Self {
        tracing::info!(
            decision = %declined.decision,
            rule = declined.rule,
            refusal = declined.refusal.code(),
            request_id = origin.request_id,
            "activation refused"
        );
        Self::Refused(Box::new(declined))
    }

    /// Creates an error for a condition that should be impossible.
    pub(crate) fn defect(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }
}
