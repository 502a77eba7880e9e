//! What can go wrong between us and the database.

use std::borrow::Cow;

use crate::engine::{code, is_lost, sqlite_code};

/// A query that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something that must be unique is there already.
    #[error("{0:?} is taken")]
    Conflict(Unique),
    /// A stored value that cannot be read: never the same as none.
    #[error("the stored value {table}.{column} of {id} cannot be read")]
    Inconsistent {
        /// In which table.
        table: &'static str,
        /// In which column.
        column: &'static str,
        /// In which row.
        id: String,
    },
    /// The commit was not answered, or failed in a way that says nothing about what is on disk: it may have happened.
    #[error("whether the transaction was committed is not known: {0}")]
    Unconfirmed(sqlx::Error),
    /// A statement of the transaction had failed before it was to be committed: it was rolled back.
    #[error("a statement of this transaction failed, so that it cannot be committed")]
    Spoiled,
    /// Writes have just failed: the next one is not tried yet.
    #[error("the last write to the database failed a moment ago")]
    Failing,
    /// Everything else. Ask [`Error::is_unavailable`] and [`Error::is_retryable`] what to do about it.
    #[error(transparent)]
    Database(sqlx::Error),
}

/// What must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// The code of a product.
    ProductCode,
    /// The name of a policy within its product.
    PolicyName,
    /// An activation code.
    ActivationCode,
    /// The e-mail address of an account.
    AccountEmail,
    /// A paper that a device has signed, which is good once.
    OfflinePaper,
    /// Anything else: an id, made anew and taken all the same.
    Id,
}

impl Error {
    /// Whether the same transaction may succeed if it is run again: a serialization failure or a deadlock
    /// (PostgreSQL 40001, 40P01), or a paper that was used by another transaction meanwhile, which it then sees.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(Unique::OfflinePaper))
            || matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the database is away, full, busy or read-only, rather than the query wrong: the caller may try again later.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Inconsistent { .. } | Self::Spoiled => false,
            Self::Unconfirmed(_) | Self::Failing => true,
            Self::Database(e) => match e {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed => true,
                sqlx::Error::Database(_) => self.code().is_some_and(|code| code_says_unavailable(&code)),
                _ => false,
            },
        }
    }

    /// That a stored value cannot be read.
    pub fn inconsistent(table: &'static str, column: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, column, id: id.to_string() }
    }

    /// Whether the connection was lost before the commit was sent: whatever the transaction had done is undone, and the
    /// same may be done again at once.
    pub fn is_lost(&self) -> bool {
        use std::io::ErrorKind::{ConnectionRefused, TimedOut};
        match self {
            // Nothing had begun, and the pool has waited for the server already; or the caller has waited long enough.
            Self::Database(sqlx::Error::Io(e)) if matches!(e.kind(), ConnectionRefused | TimedOut) => false,
            Self::Database(e) => is_lost(e),
            _ => false,
        }
    }

    /// Whether a lock was waited for in vain (PostgreSQL 55P03, SQLite BUSY): what needs other locks need not wait.
    pub fn is_locked(&self) -> bool {
        self.code().is_some_and(|code| match sqlite_code(&code) {
            Some(n) => n & 0xff == 5,
            None => code == "55P03",
        })
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Database(e) | Self::Unconfirmed(e) => code(e),
            Self::Conflict(_) | Self::Inconsistent { .. } | Self::Spoiled | Self::Failing => None,
        }
    }
}

/// SQLite: BUSY 5, LOCKED 6, READONLY 8, INTERRUPT 9, IOERR 10, FULL 13, CANTOPEN 14. PostgreSQL's SQLSTATE classes: 08
/// connection, 25006 read-only, 25P03 and 25P04 a transaction's time limits, 53 resources, 55P03 lock, 57 operator
/// intervention (also a statement's time limit), 58 system error.
fn code_says_unavailable(code: &str) -> bool {
    match sqlite_code(code) {
        Some(n) => matches!(n & 0xff, 5 | 6 | 8 | 9 | 10 | 13 | 14),
        None => {
            matches!(code, "25006" | "25P03" | "25P04" | "55P03")
                || ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(e: sqlx::Error) -> Self {
        match e.as_database_error() {
            // SQLite names the columns in the message, PostgreSQL the constraint.
            Some(d) if d.is_unique_violation() => Self::Conflict(which(d.constraint().unwrap_or(d.message()))),
            _ => Self::Database(e),
        }
    }
}

fn which(constraint: &str) -> Unique {
    let all = [
        ("products", "code", Unique::ProductCode),
        ("policies", "name", Unique::PolicyName),
        ("licenses", "code_hmac", Unique::ActivationCode),
        ("accounts", "email", Unique::AccountEmail),
        ("offline_papers", "paper_hash", Unique::OfflinePaper),
        ("offline_papers", "pkey", Unique::OfflinePaper),
    ];
    all.into_iter()
        .find(|(table, column, _)| constraint.contains(table) && constraint.contains(column))
        .map_or(Unique::Id, |(_, _, unique)| unique)
}
