//! Errors that prevent a database from being opened. Each is a sentence for the administrator who starts the server,
//! with what to do.

use std::io::ErrorKind;

use sqlx::migrate::MigrateError;
use sqlx_postgres::{PgConnectOptions, PgSslMode};

/// Reason why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme is neither `sqlite:` nor `postgres:`.
    #[error("the database URL must begin with sqlite: or postgres:, but begins with {0:?}")]
    Scheme(String),
    /// The URL, or the database at it, cannot be read.
    #[error("the database cannot be opened: {0}")]
    Open(sqlx::Error),
    /// A character in the user name or password ends it early.
    #[error(
        "the user name or password in database_url contains a character with a special meaning in URLs: there, write @ as \
         %40, / as %2F, ? as %3F, # as %23, : as %3A and % as %25"
    )]
    RawSign,
    /// More than one host.
    #[error(
        "database_url names several hosts, but Latchkey connects to one: use a name or address that leads to the \
         primary, such as that of a proxy or a floating address"
    )]
    SeveralHosts,
    /// A connection pooler assigns sessions per transaction.
    #[error(
        "a connection pooler between Latchkey and PostgreSQL assigns sessions per transaction: set \
         PgBouncer's pool_mode to session for this database, or point database_url at PostgreSQL itself"
    )]
    SharedSessions,
    /// An error of PostgreSQL, as a whole sentence.
    #[error("{0}")]
    Postgres(String),
    /// The engine is too old to be reliable.
    #[error("{engine} {found} is too old: Latchkey needs {needed} or newer")]
    TooOld {
        /// Engine.
        engine: &'static str,
        /// Version found.
        found: String,
        /// Oldest supported version.
        needed: &'static str,
    },
    /// A setting under which a commit is confirmed before it is on disk.
    #[error(
        "PostgreSQL's synchronous_commit is {0:?}: an activation could be lost after it was confirmed; set it to \"on\""
    )]
    NotDurable(String),
    /// The schema cannot be migrated.
    #[error("the database schema cannot be migrated: {0}")]
    Migrate(#[from] MigrateError),
}

/// Explains why PostgreSQL cannot be used, and what to do about it. Never includes the password.
pub(crate) fn postgres(error: sqlx::Error, options: &PgConnectOptions) -> OpenError {
    let sentence = match &error {
        sqlx::Error::Io(e) => Some(unreachable(e, options)),
        sqlx::Error::Tls(e) => Some(format!(
            "the encrypted connection to PostgreSQL at {} fails ({e}): check sslmode ({}) and sslrootcert in \
             database_url",
            place(options),
            mode(options.get_ssl_mode())
        )),
        sqlx::Error::Database(e) => refused(&e.code().unwrap_or_default(), e.message(), options),
        _ => None,
    };
    sentence.map_or(OpenError::Open(error), OpenError::Postgres)
}

fn unreachable(error: &std::io::Error, options: &PgConnectOptions) -> String {
    let place = place(options);
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::NotFound => {
            format!("PostgreSQL does not listen at {place}: start it, or correct database_url")
        }
        ErrorKind::TimedOut => format!(
            "PostgreSQL at {place} does not answer: check the address in database_url, and whether a firewall \
             blocks the connection"
        ),
        _ if error.to_string().contains("lookup") => {
            format!("the host name in database_url, {}, cannot be resolved: correct it", options.get_host())
        }
        _ => format!("PostgreSQL at {place} cannot be reached ({error}): check its log, or correct database_url"),
    }
}

/// Explains a refusal by the server, if its code is known
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn refused(code: &str, message: &str, options: &PgConnectOptions) -> Option<String> {
    let place = place(options);
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    Some(match code {
        "28P01" => format!(
            "PostgreSQL at {place} rejects the password of {user}: correct it in database_url, where characters such as \
             @ and / are written as %40 and %2F"
        ),
        "28000" => format!(
            "PostgreSQL at {place} does not allow {user} to connect from here ({message}): check its pg_hba.conf, and \
             the user in database_url"
        ),
        "3D000" => format!(
            "there is no database {database} at {place}: create it with `createdb --owner={user} {database}`, or \
             correct database_url"
        ),
        "53300" => format!(
            "PostgreSQL at {place} has no connection left for {user}, and Latchkey needs at least 4: raise \
             max_connections or the role's CONNECTION LIMIT, or close other connections"
        ),
        "57P03" => format!("PostgreSQL at {place} is starting or stopping: try again in a moment"),
        "42501" | "3F000" => format!(
            "the user {user} may not create tables in the database {database}: as its owner, run `GRANT USAGE, \
             CREATE ON SCHEMA public TO {user}`"
        ),
        "25006" => {
            format!("PostgreSQL at {place} is read-only, like a standby: point database_url at the primary")
        }
        _ => return None,
    })
}

/// Explains why the schema cannot be migrated.
pub(crate) fn migration(error: MigrateError, options: &PgConnectOptions) -> OpenError {
    match error {
        MigrateError::Execute(error) => match postgres(error, options) {
            OpenError::Open(error) => MigrateError::Execute(error).into(),
            explained => explained,
        },
        other => other.into(),
    }
}

fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None if options.get_host().contains(':') => format!("[{}]:{}", options.get_host(), options.get_port()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}
