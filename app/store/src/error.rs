//! What can go wrong between us and the database.

use std::borrow::Cow;

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

/// Why a database cannot be used at all. Each is a sentence for the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme is neither `sqlite:` nor `postgres:`.
    #[error("the database URL must begin with sqlite: or postgres:, and begins with {0:?}")]
    Scheme(String),
    /// The URL, or what lies at it, cannot be read.
    #[error("the database cannot be opened: {0}")]
    Open(sqlx::Error),
    /// An engine too old to be trusted.
    #[error("{engine} {found} is too old: Latchkey needs {needed} or newer")]
    TooOld {
        /// Which engine.
        engine: &'static str,
        /// Its version.
        found: String,
        /// The oldest that will do.
        needed: &'static str,
    },
    /// A setting under which a commit is not on disk when it is said to be.
    #[error(
        "PostgreSQL's synchronous_commit is {0:?}: an activation could be lost after it was confirmed; set it to \"on\""
    )]
    NotDurable(String),
    /// The schema could not be brought up to date.
    #[error("the database schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Error {
    /// Whether the same transaction may succeed if it is run again: a serialization failure or a deadlock
    /// (PostgreSQL 40001, 40P01), or a paper that was used by another transaction meanwhile, which it then sees.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(Unique::OfflinePaper))
            || matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the database is away, full, or read-only, rather than the query wrong: the caller may try again later.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::Inconsistent { .. } => false,
            Self::Database(e) => match e {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
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

    fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.code(),
            Self::Database(_) | Self::Conflict(_) | Self::Inconsistent { .. } => None,
        }
    }
}

/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>) are the low byte of a number: BUSY 5, LOCKED 6,
/// READONLY 8, IOERR 10, FULL 13, CANTOPEN 14. PostgreSQL's SQLSTATE classes: 08 connection, 25006 read-only, 53
/// resources, 55P03 lock, 57 operator intervention, 58 system error. A SQLSTATE has five characters, a SQLite code fewer.
fn code_says_unavailable(code: &str) -> bool {
    if code.len() == 5 {
        return code == "25006"
            || code == "55P03"
            || ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
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
