//! What an error says about the connection and the database that it came from.

use std::{
    borrow::Cow,
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use sqlx::Error;

/// A statement or a connection attempt that was not answered by its deadline.
pub(crate) fn late() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time"))
}

pub(crate) fn code(error: &Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// SQLite's result codes are numbers whose low byte is the primary one (<https://www.sqlite.org/rescode.html>); a SQLSTATE
/// has five characters.
pub(crate) fn sqlite_code(code: &str) -> Option<u32> {
    if code.len() == 5 { None } else { code.parse().ok() }
}

/// Whether the connection is gone, so that whatever it had not begun may be sent again on another.
pub(crate) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        // 57P01 to 57P05: the server stops, has crashed, or starts.
        Error::Database(_) => code(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
        _ => false,
    }
}

/// Whether the connection must not be used again.
pub(super) fn leaves_doubt(error: &Error) -> bool {
    match error {
        Error::Database(_) => code(error).is_some_and(|code| match sqlite_code(&code) {
            // NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: SQLite may have rolled back by itself, and a file
            // that was replaced or mounted anew is seen by a new connection alone.
            Some(n) => matches!(n & 0xff, 7 | 8 | 10 | 11 | 13 | 14 | 26),
            // 25006: the server is a standby now; the name may lead to another one.
            None => code.starts_with("08") || code.starts_with("57P") || code == "25006",
        }),
        Error::Encode(_) | Error::Decode(_) | Error::ColumnDecode { .. } | Error::RowNotFound => false,
        Error::ColumnNotFound(_) | Error::ColumnIndexOutOfBounds { .. } | Error::TypeNotFound { .. } => false,
        _ => true,
    }
}

/// When a connection to this database was last lost. Those that have answered nothing since are not used again: what took
/// one away has probably taken them all.
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

    /// Whether one was lost after that moment.
    pub(super) fn since(&self, moment: Instant) -> bool {
        self.micros(moment.saturating_duration_since(self.began)) < self.last.load(Ordering::Relaxed)
    }

    fn micros(&self, duration: Duration) -> u64 {
        u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
    }
}
