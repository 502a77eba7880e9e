//! Conclusions from an error about its connection and database.

use std::{
    borrow::Cow,
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use sqlx::Error;

/// Error of a statement or connection attempt that was not answered by its deadline.
pub(crate) fn late() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time"))
}

pub(crate) fn code(error: &Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// Parses an SQLite result code, a number whose low byte is the primary code (<https://www.sqlite.org/rescode.html>).
/// Returns `None` for a SQLSTATE, which has five characters.
pub(crate) fn sqlite_code(code: &str) -> Option<u32> {
    if code.len() == 5 { None } else { code.parse().ok() }
}

/// Returns `true` if the connection is gone, so that work that had not begun may be sent again on another one.
pub(crate) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        // 57P01 to 57P05: the server stops, has crashed, or starts.
        Error::Database(_) => code(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
        _ => false,
    }
}

/// Returns `true` if the connection must not be used again.
pub(super) fn leaves_doubt(error: &Error) -> bool {
    match error {
        Error::Database(_) => code(error).is_some_and(|code| match sqlite_code(&code) {
            // NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: SQLite may have rolled back by itself, and only
            // a new connection sees a file that was replaced or remounted.
            Some(n) => matches!(n & 0xff, 7 | 8 | 10 | 11 | 13 | 14 | 26),
            // 25006: the server is now a standby; its name may lead to another server.
            None => code.starts_with("08") || code.starts_with("57P") || code == "25006",
        }),
        Error::Encode(_) | Error::Decode(_) | Error::ColumnDecode { .. } | Error::RowNotFound => false,
        Error::ColumnNotFound(_) | Error::ColumnIndexOutOfBounds { .. } | Error::TypeNotFound { .. } => false,
        _ => true,
    }
}

/// Time of the last lost connection to this database. Connections that have answered nothing since are not used again,
/// since the same cause has probably broken them all.
#[derive(Debug)]
pub(super) struct Losses {
    began: Instant,
    last: AtomicU64,
}

impl Default for Losses {
    fn default() -> Self {
        Self { began: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Losses {
    pub(super) fn note(&self) {
        self.last.store(self.micros(self.began.elapsed()), Ordering::Relaxed);
    }

    /// Returns `true` if a connection was lost after this time.
    pub(super) fn since(&self, moment: Instant) -> bool {
        self.micros(moment.saturating_duration_since(self.began)) < self.last.load(Ordering::Relaxed)
    }

    fn micros(&self, duration: Duration) -> u64 {
        u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
    }
}
