//! The connection that queries run on, and how they choose their engine.

use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

use super::guarded::Guarded;

/// Runs an expression on the engine of a [`Connection`]. Inside, `Db` is the engine's sqlx type, so that binds and row
/// types are checked against both drivers at compile time.
macro_rules! run {
    ($on:expr, |$conn:ident| $body:expr) => {
        match $on {
            $crate::Connection::Sqlite($conn) => {
                #[allow(dead_code)]
                type Db = sqlx_sqlite::Sqlite;
                $body
            }
            $crate::Connection::Postgres($conn) => {
                #[allow(dead_code)]
                type Db = sqlx_postgres::Postgres;
                $body
            }
        }
    };
}
pub(crate) use run;

/// The connection that queries run on.
#[derive(Debug)]
pub enum Connection<'c> {
    /// SQLite.
    Sqlite(&'c mut Guarded<Sqlite>),
    /// PostgreSQL.
    Postgres(&'c mut Guarded<Postgres>),
}
