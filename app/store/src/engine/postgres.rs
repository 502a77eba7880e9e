//! PostgreSQL: opening connections, and checks of the server.

use std::{str::FromStr as _, time::Duration};

use sqlx::ConnectOptions as _;
use sqlx::{Connection as _, Executor as _, Row as _};
use sqlx_postgres::{PgConnectOptions, PgConnection};
use tokio::time::timeout;

use super::{
    address,
    faults::late,
    schema::{Found, MIGRATIONS, STATEMENTS},
};
use crate::{OpenError, open_error, search};

/// Each statement sees what was committed before it, whatever the server's default is: seats are counted after taking a
/// lock, and the count must be current.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// The same for acts in the admin app, whose statements may take longer than those of a page.
pub(super) const BEGIN_ACT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 30000";
/// Client-side time limit of a statement in such an act, slightly longer than the server's.
pub(super) const ACT: Duration = Duration::from_secs(32);
/// Time limit for connecting.
const CONNECT: Duration = Duration::from_secs(3);

/// Settings of a session. The time limits are in milliseconds. The server enforces them, so that neither a lock nor a
/// forgotten transaction outlives a client that the network has lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    statement: u32,
    lock: u32,
    idle_in_transaction: u32,
    /// `off` keeps the planner from reading a whole table where an index finds the rows: a statement that is prepared
    /// while the table is small, or has no statistics yet, would do so until the table is analyzed.
    sequential_scans: &'static str,
}

/// Settings for the desk and the API. Activations continue within ten seconds of a network failure: by then the server has
/// released the locks, and the desk has given up its batch.
const DEVICES: Session = Session { statement: 4_500, lock: 3_000, idle_in_transaction: 5_000, sequential_scans: "off" };
/// Settings for pages.
pub(super) const PAGES: Session =
    Session { statement: 5_000, lock: 5_000, idle_in_transaction: 10_000, sequential_scans: "on" };

/// Opens connections to the server.
#[derive(Clone, Debug)]
pub struct Dialer {
    options: PgConnectOptions,
    session: Session,
}

impl Dialer {
    pub(super) async fn dial(self) -> Result<PgConnection, sqlx::Error> {
        let Session { statement, lock, idle_in_transaction, sequential_scans } = self.session;
        // The server sends the keepalives, since the driver leaves its own end of the socket at the system's defaults.
        // The statements' deadlines watch that end. Compiling a query (JIT) takes longer than any of ours.
        let settings = format!(
            "SET statement_timeout = {statement}; SET lock_timeout = {lock}; \
             SET idle_in_transaction_session_timeout = {idle_in_transaction}; \
             SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; \
             SET tcp_user_timeout = 10000; SET enable_seqscan = {sequential_scans}; SET jit = off"
        );
        let mut connection = connect(&self.options).await?;
        let set = timeout(CONNECT, connection.execute(sqlx::AssertSqlSafe(settings))).await;
        set.unwrap_or_else(|_| Err(late()))?;
        Ok(connection)
    }

    /// Returns the client's time limit for a statement. It is longer than PostgreSQL's own, so if it passes, the network
    /// is silent.
    pub(super) fn limit(&self) -> Duration {
        Duration::from_millis(u64::from(self.session.statement) + 500)
    }

    /// Explains why a connection failed, and what to do about it.
    pub(super) fn explain(&self, error: sqlx::Error) -> OpenError {
        open_error::postgres(error, &self.options)
    }

    /// Returns a dialer for the same server with other settings.
    pub(super) fn within(&self, session: Session) -> Self {
        Self { options: self.options.clone(), session }
    }
}

/// Checks the server and migrates the schema.
pub(super) async fn open(url: &str) -> Result<Dialer, OpenError> {
    let (options, mut first) = first(url).await?;
    check(&mut first, &options).await?;
    MIGRATIONS.run_direct(None, &mut first, false).await.map_err(|error| open_error::migration(error, &options))?;
    search::set_up_postgres(&mut first).await.map_err(OpenError::Open)?;
    drop(first.close().await);
    Ok(Dialer { options, session: DEVICES })
}

/// Determines the contents of the database. Changes nothing.
pub(super) async fn look(url: &str) -> Result<Found, OpenError> {
    const TABLE: &str = "SELECT CAST(to_regclass('signing_keys') IS NOT NULL AS TEXT)";
    const ROW: &str = "SELECT CAST(EXISTS (SELECT 1 FROM signing_keys) AS TEXT)";
    let (options, mut first) = first(url).await?;
    let explained = |error| open_error::postgres(error, &options);
    let found = if show(&mut first, TABLE).await.map_err(explained)? != "true" {
        Found::Nothing
    } else if show(&mut first, ROW).await.map_err(explained)? != "true" {
        Found::Begun
    } else {
        Found::InUse
    };
    drop(first.close().await);
    Ok(found)
}

/// Opens the first connection.
async fn first(url: &str) -> Result<(PgConnectOptions, PgConnection), OpenError> {
    address::check(url)?;
    let options = PgConnectOptions::from_str(url).map_err(OpenError::Open)?;
    // A URL has brackets around an IPv6 address, a socket address does not.
    let host = options.get_host().trim_start_matches('[').trim_end_matches(']').to_owned();
    // `extra_float_digits` is omitted, since PgBouncer rejects it and no column here holds a float.
    let options = options.host(&host).application_name("latchkey").statement_cache_capacity(STATEMENTS);
    let options = options.extra_float_digits(None).disable_statement_logging();
    let first = connect(&options).await.map_err(|error| open_error::postgres(error, &options))?;
    Ok((options, first))
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    timeout(CONNECT, options.connect()).await.unwrap_or_else(|_| Err(late()))
}

async fn check(first: &mut PgConnection, options: &PgConnectOptions) -> Result<(), OpenError> {
    let explained = |error| open_error::postgres(error, options);
    let number = show(first, "SHOW server_version_num").await.map_err(explained)?;
    if number.parse::<u32>().is_ok_and(|n| n < 140_000) {
        let found = show(first, "SHOW server_version").await.map_err(explained)?;
        return Err(OpenError::TooOld { engine: "PostgreSQL", found, needed: "14" });
    }
    let durability = show(first, "SHOW synchronous_commit").await.map_err(explained)?;
    if !matches!(durability.as_str(), "on" | "remote_apply") {
        return Err(OpenError::NotDurable(durability));
    }
    if shares_sessions(first, options).await.map_err(explained)? {
        return Err(OpenError::SharedSessions);
    }
    Ok(())
}

/// Returns `true` if a proxy between this process and the server assigns sessions per transaction, as PgBouncer does in
/// transaction mode. Then a transaction on a second connection gets the session of the first one, or the first one gets
/// another session in the meantime.
async fn shares_sessions(first: &mut PgConnection, options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    const SESSION: &str = "SELECT CAST(pg_backend_pid() AS TEXT)";
    let mine = show(first, SESSION).await?;
    let mut second = connect(options).await?;
    if second.execute("BEGIN").await.is_err() {
        return Ok(true);
    }
    let shared = show(&mut second, SESSION).await? == mine || show(first, SESSION).await? != mine;
    drop(second.execute("ROLLBACK").await);
    drop(second.close().await);
    Ok(shared)
}

/// Returns the one text that this statement yields, without preparing it.
async fn show(connection: &mut PgConnection, sql: &'static str) -> Result<String, sqlx::Error> {
    let asked = timeout(CONNECT, connection.fetch_one(sql)).await;
    asked.unwrap_or_else(|_| Err(late()))?.try_get(0)
}
