//! Errors of the data layer.

use std::borrow::Cow;

use crate::engine::{code, is_lost, sqlite_code};

/// Error of a query.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that must be unique is already taken.
    #[error("{0:?} is taken")]
    Conflict(Unique),
    /// A stored value that cannot be read. Never treated as missing.
    #[error("the stored value {table}.{column} of {id} cannot be read")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Id of the row.
        id: String,
    },
    /// A change of one row that changed none, or several. Nothing is saved, because the transaction is not committed.
    #[error("a change of the one row {id} of {table} changed {rows} rows")]
    NotOneRow {
        /// Table.
        table: &'static str,
        /// Id of the row.
        id: String,
        /// Number of rows that were changed.
        rows: u64,
    },
    /// The commit was not answered, or failed in a way that leaves its outcome unknown: the transaction may be
    /// committed.
    #[error("it is unknown whether the transaction was committed: {0}")]
    Unconfirmed(sqlx::Error),
    /// A statement of the transaction failed before the commit, so the transaction was rolled back.
    #[error("a statement of this transaction failed, so it cannot be committed")]
    Spoiled,
    /// A write has just failed, so the next one is not attempted yet.
    #[error("the last write to the database failed a moment ago")]
    Failing,
    /// Any other error. [`Error::is_unavailable`] and [`Error::is_retryable`] tell how to handle it.
    #[error(transparent)]
    Database(sqlx::Error),
}

/// Values that must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// Code of a product.
    ProductCode,
    /// Name of a policy within its product.
    PolicyName,
    /// Activation code.
    ActivationCode,
    /// E-mail address of an account.
    AccountEmail,
    /// Offline request or release, which is valid once.
    OfflineFile,
    /// Any other value, such as a generated id.
    Id,
}

impl Error {
    /// Returns `true` if the same transaction may succeed when it is run again: after a serialization failure or a
    /// deadlock (PostgreSQL 40001, 40P01), or if another transaction used the same offline request or release in the
    /// meantime, which the next run then sees.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(Unique::OfflineFile)) || matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Returns `true` if the database is unreachable, full, busy or read-only, rather than the query wrong. The caller
    /// may try again later.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Inconsistent { .. } | Self::NotOneRow { .. } | Self::Spoiled => false,
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

    /// Creates the error for a stored value that cannot be read.
    pub fn inconsistent(table: &'static str, column: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, column, id: id.to_string() }
    }

    /// Returns `true` if the connection was lost before the commit was sent. The transaction is rolled back, and may be
    /// run again at once.
    pub fn is_lost(&self) -> bool {
        use std::io::ErrorKind::{ConnectionRefused, TimedOut};
        match self {
            // Nothing had begun, and the pool has already waited for the server; or the caller has waited long enough.
            Self::Database(sqlx::Error::Io(e)) if matches!(e.kind(), ConnectionRefused | TimedOut) => false,
            Self::Database(e) => is_lost(e),
            _ => false,
        }
    }

    /// Returns `true` if waiting for a lock timed out (PostgreSQL 55P03, SQLite BUSY). Work that needs other locks need
    /// not wait.
    pub fn is_locked(&self) -> bool {
        self.code().is_some_and(|code| match sqlite_code(&code) {
            Some(n) => n & 0xff == 5,
            None => code == "55P03",
        })
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Database(e) | Self::Unconfirmed(e) => code(e),
            Self::Conflict(_) | Self::Inconsistent { .. } | Self::NotOneRow { .. } | Self::Spoiled | Self::Failing => {
                None
            }
        }
    }
}

/// Returns an error unless a change of the row with this id changed exactly one row.
pub(crate) fn affected_one(changed: u64, table: &'static str, id: impl std::fmt::Display) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::NotOneRow { table, id: id.to_string(), rows: changed }) }
}

/// Codes of a database that is unavailable. SQLite: BUSY 5, LOCKED 6, READONLY 8, INTERRUPT 9, IOERR 10, FULL 13,
/// CANTOPEN 14. PostgreSQL's SQLSTATE classes: 08 connection, 25006 read-only, 25P03 and 25P04 transaction time-outs,
/// 53 resources, 55P03 lock, 57 operator intervention (including statement time-outs), 58 system error.
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
        ("offline_papers", "paper_hash", Unique::OfflineFile),
        ("offline_papers", "pkey", Unique::OfflineFile),
    ];
    all.into_iter()
        .find(|(table, column, _)| constraint.contains(table) && constraint.contains(column))
        .map_or(Unique::Id, |(_, _, unique)| unique)
}
