//! Why a database cannot be used at all. Each reason is a sentence for the person who starts the server, with what to do.

use std::io::ErrorKind;

use sqlx::{
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgSslMode},
};

/// Why a database cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme is neither `sqlite:` nor `postgres:`.
    #[error("the database URL must begin with sqlite: or postgres:, and begins with {0:?}")]
    Scheme(String),
    /// The URL, or what lies at it, cannot be read.
    #[error("the database cannot be opened: {0}")]
    Open(sqlx::Error),
    /// A sign in the user's name or password that ends it.
    #[error(
        "the user or the password in database_url holds a sign that has a meaning in URLs: write @ as %40, / as %2F, \
         ? as %3F, # as %23, : as %3A and % as %25 there"
    )]
    RawSign,
    /// More than one host.
    #[error(
        "database_url names several hosts, and Latchkey connects to one: give the name or address that leads to the \
         primary, such as that of a proxy or a floating address"
    )]
    SeveralHosts,
    /// A pooler that gives each transaction another session.
    #[error(
        "a connection pooler stands between Latchkey and PostgreSQL, and gives each transaction another session: set \
         PgBouncer's pool_mode to session for this database, or let database_url lead to PostgreSQL itself"
    )]
    SharedSessions,
    /// A reason of PostgreSQL's, as a whole sentence.
    #[error("{0}")]
    Postgres(String),
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
    Migrate(#[from] MigrateError),
}

/// What keeps PostgreSQL from being used, and what to do about it. Never names the password.
pub(crate) fn postgres(error: sqlx::Error, options: &PgConnectOptions) -> OpenError {
    let sentence = match &error {
        sqlx::Error::Io(e) => Some(unreachable(e, options)),
        sqlx::Error::Tls(e) => Some(format!(
            "the encrypted connection to PostgreSQL at {} fails ({e}): look at sslmode ({}) and sslrootcert in \
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
            "PostgreSQL at {place} does not answer: look whether the address in database_url is right, and whether a \
             firewall is in the way"
        ),
        _ if error.to_string().contains("lookup") => {
            format!("the host of database_url, {}, is not known here: correct the name", options.get_host())
        }
        _ => format!("PostgreSQL at {place} cannot be reached ({error}): look at its log, or correct database_url"),
    }
}

/// What the server's refusal means, where it is known (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn refused(code: &str, message: &str, options: &PgConnectOptions) -> Option<String> {
    let place = place(options);
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    Some(match code {
        "28P01" => format!(
            "PostgreSQL at {place} does not take the password of {user}: correct it in database_url, where signs such as @ \
             and / are written %40 and %2F"
        ),
        "28000" => format!(
            "PostgreSQL at {place} does not let {user} in from here ({message}): look at its pg_hba.conf, and at the user \
             in database_url"
        ),
        "3D000" => format!(
            "there is no database {database} at {place}: make it with `createdb --owner={user} {database}`, or correct \
             database_url"
        ),
        "53300" => format!(
            "PostgreSQL at {place} has no connection left for {user}, and Latchkey needs 4 at least: raise max_connections \
             or the role's CONNECTION LIMIT, or stop what else is connected"
        ),
        "57P03" => format!("PostgreSQL at {place} is starting or stopping: try again in a moment"),
        "42501" | "3F000" => format!(
            "the user {user} may not make tables in the database {database}: as its owner, run `GRANT USAGE, CREATE ON \
             SCHEMA public TO {user}`"
        ),
        "25006" => {
            format!("PostgreSQL at {place} takes no writes, as a standby does: let database_url lead to the primary")
        }
        _ => return None,
    })
}

/// What keeps the schema from being brought up to date.
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
