//! Why an act did not happen.

use licensing::{Invalid, Refusal, activation::Refused};
use uuid::Uuid;

use crate::{CallFault, Origin};

/// Why an act did not happen. Each door turns these into its own answers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules of licensing say no to a device.
    #[error("{}", .0.refusal)]
    Refused(Box<Declined>),
    /// Input that breaks a bound.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A bearer token that is not good. A whole sentence.
    #[error("{0}")]
    InvalidToken(&'static str),
    /// A call under a key or with a ticket that cannot be done now.
    #[error(transparent)]
    Call(#[from] CallFault),
    /// There is no such thing. Names the kind: "license".
    #[error("There is no such {0}: it may have been removed, or the address is wrong.")]
    NotFound(&'static str),
    /// The thing is not in a state that allows this. A whole sentence.
    #[error("{0}")]
    Conflict(String),
    /// Changed by somebody else since the form was opened.
    #[error("Somebody changed this meanwhile: nothing was saved.")]
    Stale(Box<Stale>),
    /// Not allowed to this person. A whole sentence.
    #[error("{0}")]
    Forbidden(String),
    /// Tried or changed too often.
    #[error("Too many attempts: wait {0} seconds, then try again.")]
    Throttled(u64),
    /// The database is away or full, or the server is stopping: the same may work in a moment.
    #[error("The server cannot do this right now: try again in a moment.")]
    Unavailable,
    /// The database gave the transaction up for another's sake, a few times over. To callers, the same as `Unavailable`.
    #[error("The server cannot do this right now: try again in a moment.")]
    Contended,
    /// A defect of ours. For the log, never for the answer.
    #[error("internal error: {0}")]
    Internal(String),
}

/// A change on the basis of an older revision, which would undo what somebody else changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The revision that is stored.
    pub revision: i64,
    /// What is stored, as the audit log describes it: a JSON object.
    pub stored: serde_json::Value,
    /// What was to be stored, likewise.
    pub typed: serde_json::Value,
}

impl Stale {
    /// Compares the revision that a form was opened at, if it carries one, with the stored one. Call it under the lock.
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

/// A refusal, with the id under which it can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The decision's id.
    pub decision: Uuid,
    /// The name of the rule that decided.
    pub rule: &'static str,
    /// Why.
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
                Invalid::one("code", "belongs to another license already").into()
            }
            store::Error::Conflict(Unique::AccountEmail) => {
                Invalid::one("email", "belongs to another account already").into()
            }
            store::Error::Conflict(Unique::OfflinePaper) => Invalid::one("jti", crate::offline::REPLAYED).into(),
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
    /// A refusal, told to the log too.
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

    /// A defect: something that cannot happen did.
    pub(crate) fn defect(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }
}
