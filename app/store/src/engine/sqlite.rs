//! SQLite: one writer, and several readers.

use std::{str::FromStr as _, thread, time::Duration};

use sqlx::{ConnectOptions as _, Connection as _};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};

use tokio::time::{Instant, sleep};

use super::{
    alarm::Alarm,
    faults::{code, sqlite_code},
    schema::{Found, MIGRATIONS, STATEMENTS},
};
use crate::{OpenError, lower_priority, search};

/// Time that SQLite waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// Pause between two attempts to open a file that another process is setting up.
const PAUSE: Duration = Duration::from_millis(20);
/// Pages in the write-ahead log from which a commit moves them into the database: 32 MiB. Most pages change in many
/// commits, so a longer log is moved in fewer writes. It is read again at the next start only after a crash. While much is
/// written, [`checkpoints`](super::checkpoints) have moved most of them before.
const CHECKPOINT: &str = "8000";
/// Page caches of the writer and of each reader, in KiB. They fill with use.
const WRITER_CACHE: u32 = 32 * 1024;
const READER_CACHE: u32 = 16 * 1024;
/// Rows buffered between SQLite's thread and the task that reads them: a batch of the desk, so that neither waits for
/// the other.
const ROWS: usize = 512;
/// Time limit of a write, longer than a slow disk needs for a checkpoint.
const WRITE: Duration = Duration::from_secs(30);
/// Time limit of a read.
const READ: Duration = Duration::from_secs(5);
/// Instructions of SQLite's virtual machine between two checks of the clock: less than a millisecond.
const LOOKED: i32 = 10_000;

/// Opens connections to the file.
#[derive(Clone, Debug)]
pub struct Dialer {
    options: SqliteConnectOptions,
    pub(super) limit: Duration,
    /// `true` for connections of pages. SQLite runs each connection's queries on a thread of its own.
    low_priority: bool,
}

impl Dialer {
    pub(super) async fn dial(self, alarm: Alarm) -> Result<SqliteConnection, sqlx::Error> {
        let mut connection = connect(&self.options).await?;
        let mut to_lower = self.low_priority;
        let handler = move || {
            // The handler runs on the connection's thread.
            if std::mem::take(&mut to_lower) {
                lower_priority();
            }
            !alarm.rings()
        };
        connection.lock_handle().await?.set_progress_handler(LOOKED, handler);
        Ok(connection)
    }

    /// The same for pages, which get only the processor time that activations leave.
    pub(super) fn for_pages(&self) -> Self {
        Self { low_priority: true, ..self.clone() }
    }
}

/// Opens a connection, waiting up to [`BUSY`] for another process that sets up the same file. SQLite does not wait by
/// itself where two processes turn on the write-ahead log at once: both hold the lock that the other one waits for, and
/// one of them is told `SQLITE_BUSY` at once (<https://www.sqlite.org/c3ref/busy_handler.html>).
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    const SQLITE_BUSY: u32 = 5;
    let deadline = Instant::now() + BUSY;
    loop {
        let error = match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let is_busy = code(&error).and_then(|code| sqlite_code(&code)).is_some_and(|n| n & 0xff == SQLITE_BUSY);
        if !is_busy || Instant::now() >= deadline {
            return Err(error);
        }
        sleep(PAUSE).await;
    }
}

/// Determines the contents of the file. Changes nothing, and creates no file.
pub(super) async fn look(url: &str) -> Result<Found, OpenError> {
    const TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'signing_keys'";
    const ROW: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM signing_keys LIMIT 1)";
    let options = SqliteConnectOptions::from_str(url).map_err(OpenError::Open)?.create_if_missing(false);
    let options = options.busy_timeout(BUSY);
    if !options.get_filename().metadata().is_ok_and(|file| file.len() > 0) {
        return Ok(Found::Nothing);
    }
    let mut first = connect(&options).await.map_err(OpenError::Open)?;
    let mut found = Found::Nothing;
    for (question, more) in [(TABLE, Found::Begun), (ROW, Found::InUse)] {
        let answer: i64 = sqlx::query_scalar(question).fetch_one(&mut first).await.map_err(OpenError::Open)?;
        if answer == 0 {
            break;
        }
        found = more;
    }
    first.close().await.map_err(OpenError::Open)?;
    Ok(found)
}

/// Returns the dialers of the writer and the readers, once the file exists and its schema is up to date.
pub(super) async fn open(url: &str) -> Result<(Dialer, Dialer), OpenError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(OpenError::Open)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Statement journals. On disk, nearly every batch would create and delete a file.
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", CHECKPOINT)
        .busy_timeout(BUSY)
        .row_buffer_size(ROWS)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let mut first = connect(&options).await.map_err(OpenError::Open)?;
    let found: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut first).await.map_err(OpenError::Open)?;
    // Older versions can corrupt a write-ahead log: https://www.sqlite.org/wal.html#walresetbug
    let parts: Vec<u32> = found.split('.').filter_map(|p| p.parse().ok()).collect();
    if parts < vec![3, 51, 3] {
        return Err(OpenError::TooOld { engine: "SQLite", found, needed: "3.51.3" });
    }
    // One instance at a time. On PostgreSQL the migrator takes a lock itself.
    let mut tx = first.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Open)?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await?;
    search::set_up_sqlite(&mut tx).await.map_err(OpenError::Open)?;
    tx.commit().await.map_err(OpenError::Open)?;
    first.close().await.map_err(OpenError::Open)?;
    // The file exists now. If it were deleted, a new connection must not create an empty one in its place.
    let options = options.create_if_missing(false);
    // A negative size is in KiB: https://www.sqlite.org/pragma.html#pragma_cache_size
    let cached = |options: SqliteConnectOptions, size: u32| options.pragma("cache_size", format!("-{size}"));
    let reader = cached(options.clone().pragma("query_only", "ON"), READER_CACHE);
    let options = cached(options, WRITER_CACHE);
    let writer = Dialer { options, limit: WRITE, low_priority: false };
    Ok((writer, Dialer { options: reader, limit: READ, low_priority: false }))
}

/// Returns the number of readers for pages: one fewer than there are cores, which leaves one to the desk.
pub(super) fn page_readers() -> u32 {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores.saturating_sub(1).clamp(2, 4)).unwrap_or(2)
}
