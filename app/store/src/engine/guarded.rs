//! Connections with a deadline for every statement, which know when they can no longer be trusted.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt as _, Stream, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{Describe, Either, Error, Execute, Executor, SqlStr};
use tokio::time::{Sleep, sleep, timeout};

use super::{
    alarm::Alarm,
    backend::{Backend, Rows, Statement},
    faults::{is_lost, late, leaves_doubt},
};
use crate::SeatCounts;

/// Time limit for replacing a dead connection.
const REDIAL: Duration = Duration::from_secs(3);
/// Time limit for rolling back an abandoned transaction, after which its connection is closed.
const ROLLBACK: Duration = Duration::from_secs(2);

/// A statement that takes longer is logged.
const SLOW: Duration = Duration::from_secs(1);
/// Maximum length of a statement's text in the log, in characters. A statement that writes many rows has tens of
/// kilobytes.
const LOGGED: usize = 80;

/// State that the last statement left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Every statement succeeded.
    Clean,
    /// A statement was refused. The connection is usable, but its transaction must not be committed.
    Refused,
    /// A statement is running, or was cancelled midway. The connection is unusable.
    Running,
    /// A statement ended without an answer, or with an unknown outcome. The connection is closed.
    Doubtful,
}

/// A connection to the database. Everything that runs on it goes through its [`Executor`], which sets the deadline;
/// there is no other access to the driver's own connection.
pub struct Guarded<DB: Backend> {
    raw: DB::Connection,
    dialer: Arc<DB::Dialer>,
    alarm: Alarm,
    state: State,
    limit: Duration,
    /// `true` if it comes from the pool and has answered nothing since. The first statement detects a connection that
    /// died there, and is then sent again on a fresh one.
    untried: bool,
    in_transaction: bool,
    opened: Instant,
    /// Counts of seats that the last transaction left on it.
    pub(super) seat_counts: Option<SeatCounts>,
}

impl<DB: Backend> Guarded<DB> {
    pub(super) async fn dial(dialer: &Arc<DB::Dialer>) -> Result<Self, Error> {
        let alarm = Alarm::default();
        let raw = DB::dial(dialer, &alarm).await?;
        let limit = DB::limit(dialer);
        let dialer = Arc::clone(dialer);
        Ok(Self {
            raw,
            dialer,
            alarm,
            state: State::Clean,
            limit,
            untried: false,
            in_transaction: false,
            opened: Instant::now(),
            seat_counts: None,
        })
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Prepares a connection from the pool for use, as if it were fresh.
    pub(super) fn taken(mut self) -> Self {
        (self.state, self.limit, self.untried) = (State::Clean, DB::limit(&self.dialer), DB::RESENDS);
        self
    }

    /// Sets the time limit of each further statement.
    pub(super) fn limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Begins a transaction. First replaces a connection from the pool that turns out to be dead or silent.
    pub(super) async fn begin(&mut self, sql: &'static str) -> Result<(), Error> {
        let sql = SqlStr::from_static(sql);
        let again = self.untried;
        let usual = std::mem::replace(&mut self.limit, DB::BEGIN);
        let mut begun = (&mut *self).execute(sql.clone()).await;
        if again && begun.as_ref().is_err_and(is_lost) {
            begun = match self.redial().await {
                Ok(()) => (&mut *self).execute(sql).await,
                Err(error) => Err(error),
            };
        }
        self.limit = usual;
        self.in_transaction = begun.is_ok();
        begun.map(drop)
    }

    /// Returns `true` if a transaction has begun on it and not ended.
    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Commits the transaction.
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        (&mut *self).execute(SqlStr::from_static("COMMIT")).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Rolls the transaction back. Returns `false` if that does not succeed in time.
    pub(super) async fn rollback(&mut self) -> bool {
        self.limit = ROLLBACK;
        let ended = (&mut *self).execute(SqlStr::from_static("ROLLBACK")).await.is_ok();
        self.in_transaction = !ended;
        ended
    }

    /// Returns `true` if a connection that was idle for long still answers.
    pub(super) async fn answers(&mut self, patience: Duration) -> bool {
        matches!(timeout(patience, sqlx::Connection::ping(&mut self.raw)).await, Ok(Ok(())))
    }

    /// Closes the connection and waits for that.
    pub(super) async fn close(self) {
        if let Err(error) = sqlx::Connection::close(self.raw).await {
            tracing::debug!(%error, "a connection did not close cleanly");
        }
    }

    async fn redial(&mut self) -> Result<(), Error> {
        self.state = State::Doubtful;
        let fresh = timeout(REDIAL, DB::dial(&self.dialer, &self.alarm)).await.unwrap_or_else(|_| Err(late()))?;
        drop(std::mem::replace(&mut self.raw, fresh));
        (self.state, self.untried, self.opened) = (State::Clean, false, Instant::now());
        self.seat_counts = None;
        Ok(())
    }

    fn start(&mut self) {
        self.state = State::Running;
        self.alarm.set(self.limit);
    }

    /// Runs the first statement on a connection from the pool to its end. If the connection turns out to be dead, sends
    /// the statement once more on a fresh one.
    async fn run_untried(&mut self, statement: Statement<DB>) -> Vec<Result<Either<DB::QueryResult, DB::Row>, Error>> {
        let first = self.collect(statement.clone()).await;
        let lost = first.iter().any(|step| step.as_ref().is_err_and(|e| is_lost(e) && !is_late(e)));
        if !lost {
            return first;
        }
        match self.redial().await {
            Ok(()) => self.collect(statement).await,
            Err(error) => vec![Err(error)],
        }
    }

    async fn collect(&mut self, statement: Statement<DB>) -> Vec<Result<Either<DB::QueryResult, DB::Row>, Error>> {
        self.untried = false;
        self.stream(statement).collect().await
    }

    fn stream(&mut self, statement: Statement<DB>) -> Steps<'_, DB> {
        let before = self.state;
        self.start();
        let Self { raw, alarm, state, limit, .. } = self;
        let (text, slow) = (statement.head(LOGGED), Instant::now() + SLOW);
        tracing::debug!(statement = %text, "statement");
        tracing::trace!(whole = %statement.head(usize::MAX), "whole statement");
        let (rows, late) = (DB::run(raw, statement), Box::pin(sleep(*limit)));
        Steps { rows, late, text, slow, before, state, alarm, over: false }
    }
}

fn is_late(error: &Error) -> bool {
    matches!(error, Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut)
}

/// Results of a statement, up to its deadline.
struct Steps<'e, DB: Backend> {
    rows: Rows<'e, DB>,
    late: Pin<Box<Sleep>>,
    /// Beginning of the statement's text.
    text: Box<str>,
    /// Time from which it counts as slow.
    slow: Instant,
    before: State,
    state: &'e mut State,
    alarm: &'e Alarm,
    over: bool,
}

impl<DB: Backend> Stream for Steps<'_, DB> {
    type Item = Result<Either<DB::QueryResult, DB::Row>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let step = match self.rows.poll_next_unpin(cx) {
            Poll::Ready(step) => step,
            Poll::Pending => match self.late.poll_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => Some(Err(late())),
            },
        };
        if let None | Some(Err(_)) = step {
            self.over = true;
            *self.state = verdict(step.as_ref().and_then(|step| step.as_ref().err()), self.before);
            self.alarm.clear();
            let over = Instant::now().saturating_duration_since(self.slow);
            if !over.is_zero() {
                tracing::warn!(took = ?(SLOW + over), statement = %self.text, "slow statement");
            }
        }
        Poll::Ready(step)
    }
}

impl<DB: Backend> Drop for Steps<'_, DB> {
    fn drop(&mut self) {
        if !self.over {
            // No caller waits for it any more, so SQLite's thread need not finish it.
            self.alarm.ring();
        }
    }
}

/// Returns the state after a statement that ended with this error, or without one.
fn verdict(error: Option<&Error>, before: State) -> State {
    match error {
        None => before,
        Some(error) if leaves_doubt(error) => State::Doubtful,
        Some(_) => State::Refused,
    }
}

/// Error of a statement that is prepared without being run, which nothing here does.
fn unprepared<'e, T: Send + 'e>() -> BoxFuture<'e, Result<T, Error>> {
    let refused = Error::Configuration("statements are prepared where they are run".into());
    std::future::ready(Err(refused)).boxed()
}

impl<'c, DB: Backend> Executor<'c> for &'c mut Guarded<DB> {
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        match Statement::of(query) {
            Err(error) => stream::once(async { Err(error) }).boxed(),
            Ok(statement) if self.untried => {
                stream::once(self.run_untried(statement)).map(stream::iter).flatten().boxed()
            }
            Ok(statement) => self.stream(statement).boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let mut steps = self.fetch_many(query);
        async move {
            let mut found = None;
            // Reads to the end, so that the connection is known to be usable.
            while let Some(step) = steps.try_next().await? {
                if let Either::Right(row) = step {
                    found.get_or_insert(row);
                }
            }
            Ok(found)
        }
        .boxed()
    }

    fn prepare_with<'e>(
        self,
        _sql: SqlStr,
        _parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'c: 'e,
    {
        unprepared()
    }

    fn describe<'e>(self, _sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'c: 'e,
    {
        unprepared()
    }
}

impl<DB: Backend> fmt::Debug for Guarded<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("state", &self.state).finish_non_exhaustive()
    }
}
