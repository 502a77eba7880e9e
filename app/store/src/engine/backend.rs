//! Differences between the engines for a connection: how it is opened, and how a statement runs.

use std::time::Duration;

use futures_util::{future::BoxFuture, stream::BoxStream};
use sqlx::{Database, Either, Error, Execute, Executor as _, SqlStr, query_with};
use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

use super::alarm::Alarm;

/// Results of a statement, one after another: rows, and the number of rows changed.
pub(super) type Rows<'e, DB> =
    BoxStream<'e, Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>>;

/// Connections of an engine.
pub trait Backend: Database<Arguments: Clone> {
    /// Opens connections.
    type Dialer: std::fmt::Debug + Send + Sync + 'static;
    /// Time limit of `BEGIN`.
    const BEGIN: Duration;
    /// `true` if a connection can die in the pool, so that its first statement is worth sending again.
    const RESENDS: bool;

    /// Opens a connection, ready for use.
    fn dial(dialer: &Self::Dialer, alarm: &Alarm) -> BoxFuture<'static, Result<Self::Connection, Error>>;

    /// Returns the time limit of a statement on this dialer's connections.
    fn limit(dialer: &Self::Dialer) -> Duration;

    /// Runs a statement.
    fn run<'e>(raw: &'e mut Self::Connection, statement: Statement<Self>) -> Rows<'e, Self>;
}

/// A statement that can be sent twice.
pub struct Statement<DB: Backend> {
    sql: SqlStr,
    /// `None` for a statement that is not prepared.
    arguments: Option<DB::Arguments>,
    persistent: bool,
}

impl<DB: Backend> Statement<DB> {
    pub(super) fn of<'q>(mut query: impl Execute<'q, DB>) -> Result<Self, Error> {
        let arguments = query.take_arguments().map_err(Error::Encode)?;
        Ok(Self { persistent: query.persistent(), arguments, sql: query.sql() })
    }

    /// Returns the first `most` characters of its text.
    pub(super) fn head(&self, most: usize) -> Box<str> {
        let text = self.sql.as_str().trim_start();
        text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text).into()
    }
}

impl<DB: Backend> Clone for Statement<DB> {
    fn clone(&self) -> Self {
        Self { sql: self.sql.clone(), arguments: self.arguments.clone(), persistent: self.persistent }
    }
}

macro_rules! statements {
    () => {
        fn run<'e>(raw: &'e mut Self::Connection, statement: Statement<Self>) -> Rows<'e, Self> {
            let Statement { sql, arguments, persistent } = statement;
            match arguments {
                Some(arguments) => raw.fetch_many(query_with(sql, arguments).persistent(persistent)),
                None => raw.fetch_many(sql),
            }
        }
    };
}

impl Backend for Sqlite {
    type Dialer = super::sqlite::Dialer;
    /// Longer than the wait for another process's lock.
    const BEGIN: Duration = Duration::from_secs(10);
    const RESENDS: bool = false;

    fn dial(dialer: &Self::Dialer, alarm: &Alarm) -> BoxFuture<'static, Result<Self::Connection, Error>> {
        Box::pin(dialer.clone().dial(alarm.clone()))
    }

    fn limit(dialer: &Self::Dialer) -> Duration {
        dialer.limit
    }

    statements!();
}

impl Backend for Postgres {
    type Dialer = super::postgres::Dialer;
    /// Only the network can delay it.
    const BEGIN: Duration = Duration::from_secs(2);
    const RESENDS: bool = true;

    fn dial(dialer: &Self::Dialer, _alarm: &Alarm) -> BoxFuture<'static, Result<Self::Connection, Error>> {
        Box::pin(dialer.clone().dial())
    }

    fn limit(dialer: &Self::Dialer) -> Duration {
        dialer.limit()
    }

    statements!();
}
