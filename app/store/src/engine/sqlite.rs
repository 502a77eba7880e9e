//! SQLite: one writer, and readers beside it.

use std::{str::FromStr as _, thread, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Found, MIGRATIONS, STATEMENTS, backend::Alarm};
use crate::{OpenError, search};

/// How long SQLite waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// Rows that wait between SQLite's thread and the task that reads them: a batch at the desk, so that neither waits for the
/// other.
const ROWS: usize = 512;
/// How long a write may take: longer than a slow disk takes for a checkpoint.
const WRITE: Duration = Duration::from_secs(30);
/// How long a read may take.
const READ: Duration = Duration::from_secs(5);
/// The instructions of SQLite's virtual machine between two looks at the clock: less than a millisecond's worth.
const LOOKED: i32 = 10_000;

/// How connections to the file are made.
#[derive(Clone, Debug)]
pub struct Dialer {
    options: SqliteConnectOptions,
    pub(super) limit: Duration,
}

impl Dialer {
    pub(super) async fn dial(self, alarm: Alarm) -> Result<SqliteConnection, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        connection.lock_handle().await?.set_progress_handler(LOOKED, move || !alarm.rings());
        Ok(connection)
    }
}

/// What is in the file. Changes nothing, and makes no file.
pub(super) async fn look(url: &str) -> Result<Found, OpenError> {
    const TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'signing_keys'";
    const ROW: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM signing_keys LIMIT 1)";
    let options = SqliteConnectOptions::from_str(url).map_err(OpenError::Open)?.create_if_missing(false);
    let options = options.busy_timeout(BUSY);
    if !options.get_filename().metadata().is_ok_and(|file| file.len() > 0) {
        return Ok(Found::Nothing);
    }
    let mut first = options.connect().await.map_err(OpenError::Open)?;
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

/// How the writer and the readers are made, once the file is there and up to date.
pub(super) async fn open(url: &str) -> Result<(Dialer, Dialer), OpenError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(OpenError::Open)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What undoes half a statement; on disk, it is a file made and removed for nearly every batch.
        .pragma("temp_store", "MEMORY")
        .busy_timeout(BUSY)
        .row_buffer_size(ROWS)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let mut first = options.connect().await.map_err(OpenError::Open)?;
    let found: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut first).await.map_err(OpenError::Open)?;
    // Older ones can corrupt a write-ahead log: https://www.sqlite.org/wal.html#walresetbug
    let parts: Vec<u32> = found.split('.').filter_map(|p| p.parse().ok()).collect();
    if parts < vec![3, 51, 3] {
        return Err(OpenError::TooOld { engine: "SQLite", found, needed: "3.51.3" });
    }
    // One instance at a time. PostgreSQL's migrations see to that by themselves.
    let mut tx = first.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Open)?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await?;
    search::set_up_sqlite(&mut tx).await.map_err(OpenError::Open)?;
    tx.commit().await.map_err(OpenError::Open)?;
    first.close().await.map_err(OpenError::Open)?;
    // The file is there now: were it removed, a new connection would make an empty one in its place.
    let options = options.create_if_missing(false);
    let reader = options.clone().pragma("query_only", "ON");
    Ok((Dialer { options, limit: WRITE }, Dialer { options: reader, limit: READ }))
}

/// How many readers pages have: one fewer than there are cores, so that they leave one to the desk.
pub(super) fn page_readers() -> u32 {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores.saturating_sub(1).clamp(2, 4)).unwrap_or(2)
}
