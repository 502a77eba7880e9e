//! The two databases behind one face.

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{OpenError, Result, search};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);
/// How long SQLite waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// Each statement sees what was committed before it, whatever the server's default is: seats are counted after a lock is
/// had, and must be those of that moment.
const BEGIN_POSTGRES: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Rows that wait between SQLite's thread and whoever reads them: a batch at the desk, so that neither waits for the other.
const ROWS: usize = 512;
/// Prepared statements that a connection keeps. The desk alone has some 200: nine sizes of each.
const STATEMENTS: usize = 512;
/// Connections that read SQLite side by side.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Runs one expression on whichever engine a [`Connection`] belongs to. Inside, `Db` is the engine's sqlx type, so that
/// binds and row types are checked against both drivers when this is compiled.
macro_rules! run {
    ($on:expr, |$conn:ident| $body:expr) => {
        match $on {
            $crate::Connection::Sqlite($conn) => {
                #[allow(dead_code)]
                type Db = sqlx::Sqlite;
                $body
            }
            $crate::Connection::Postgres($conn) => {
                #[allow(dead_code)]
                type Db = sqlx::Postgres;
                $body
            }
        }
    };
}
pub(crate) use run;

/// Which database this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The one for several instances.
    Postgres,
}

/// A database, open and up to date. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Pools);

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// A connection for reading, outside any transaction.
#[derive(Debug)]
pub struct Reading(ReadingOn);

#[derive(Debug)]
enum ReadingOn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A write transaction. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx(TxOn);

#[derive(Debug)]
enum TxOn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What queries run on.
#[derive(Debug)]
pub enum Connection<'c> {
    /// SQLite's.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL's.
    Postgres(&'c mut PgConnection),
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH`, `postgres://…`), makes sure that it keeps what it confirms, and brings
    /// its schema up to date. Creates an SQLite file that is not there.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let pools = match url.split(':').next() {
            Some("sqlite") => open_sqlite(url).await?,
            Some("postgres" | "postgresql") => open_postgres(url).await?,
            other => return Err(OpenError::Scheme(other.unwrap_or_default().to_owned())),
        };
        match &pools {
            // One instance at a time. PostgreSQL's migrations see to that by themselves.
            Pools::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Open)?;
                MIGRATIONS.run_direct(None, &mut *tx, false).await?;
                search::set_up_sqlite(&mut tx).await.map_err(OpenError::Open)?;
                tx.commit().await.map_err(OpenError::Open)?;
            }
            Pools::Postgres(pool) => {
                MIGRATIONS.run(pool).await?;
                let mut connection = pool.acquire().await.map_err(OpenError::Open)?;
                search::set_up_postgres(&mut connection).await.map_err(OpenError::Open)?;
            }
        }
        Ok(Self(pools))
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reading> {
        Ok(Reading(match &self.0 {
            Pools::Sqlite { readers, .. } => ReadingOn::Sqlite(readers.acquire().await?),
            Pools::Postgres(pool) => ReadingOn::Postgres(pool.acquire().await?),
        }))
    }

    /// A write transaction. SQLite has one writer at a time, which `BEGIN IMMEDIATE` makes sure of across processes.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Pools::Sqlite { writer, .. } => TxOn::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => TxOn::Postgres(pool.begin_with(BEGIN_POSTGRES).await?),
        }))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        run!(self.read().await?.on(), |c| sqlx::query("SELECT 1").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Closes every connection, after what runs on it has ended.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Reading {
    /// The connection, for one query.
    pub fn on(&mut self) -> Connection<'_> {
        match &mut self.0 {
            ReadingOn::Sqlite(c) => Connection::Sqlite(c),
            ReadingOn::Postgres(c) => Connection::Postgres(c),
        }
    }
}

impl Tx {
    /// The connection, for one query inside the transaction.
    pub fn on(&mut self) -> Connection<'_> {
        match &mut self.0 {
            TxOn::Sqlite(c) => Connection::Sqlite(c),
            TxOn::Postgres(c) => Connection::Postgres(c),
        }
    }

    /// Makes it so. When this returns `Ok`, it is on disk.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            TxOn::Sqlite(tx) => tx.commit().await?,
            TxOn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

async fn open_sqlite(url: &str) -> Result<Pools, OpenError> {
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
        .statement_cache_capacity(STATEMENTS);
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None);
    let writer = pool.clone().max_connections(1).connect_with(options.clone()).await.map_err(OpenError::Open)?;
    let found: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&writer).await.map_err(OpenError::Open)?;
    // Older ones can corrupt a write-ahead log: https://www.sqlite.org/wal.html#walresetbug
    let parts: Vec<u32> = found.split('.').filter_map(|p| p.parse().ok()).collect();
    if parts < vec![3, 51, 3] {
        return Err(OpenError::TooOld { engine: "SQLite", found, needed: "3.51.3" });
    }
    let readers = pool.max_connections(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Pools::Sqlite { writer, readers })
}

async fn open_postgres(url: &str) -> Result<Pools, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(OpenError::Open)?.application_name("latchkey");
    let options = options.statement_cache_capacity(STATEMENTS);
    let pool = PgPoolOptions::new()
        .acquire_timeout(ACQUIRE)
        .max_connections(POSTGRES_CONNECTIONS)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(OpenError::Open)?;
    let show = async |name: &'static str| {
        sqlx::query_scalar::<_, String>(name).fetch_one(&pool).await.map_err(OpenError::Open)
    };
    let number = show("SHOW server_version_num").await?;
    if number.parse::<u32>().is_ok_and(|n| n < 140_000) {
        return Err(OpenError::TooOld {
            engine: "PostgreSQL",
            found: show("SHOW server_version").await?,
            needed: "14",
        });
    }
    let durability = show("SHOW synchronous_commit").await?;
    if !matches!(durability.as_str(), "on" | "remote_apply") {
        return Err(OpenError::NotDurable(durability));
    }
    Ok(Pools::Postgres(pool))
}
