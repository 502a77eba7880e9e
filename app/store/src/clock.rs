//! Mark of the furthest time that the server has seen.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

/// Clock mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClockMark {
    /// Lower bound of the current time.
    pub mark: DateTime<Utc>,
    /// Time that a clock showed after leaping ahead; `None` once that is corrected or confirmed.
    pub doubted_at: Option<DateTime<Utc>>,
    /// Time at which an owner last confirmed the clock, by that clock.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the current time of the database's clock, even within a transaction. `None` on SQLite, which runs in
    /// this process and has no clock of its own.
    pub async fn database_time(&mut self) -> Result<Option<DateTime<Utc>>> {
        Ok(match self {
            Connection::Sqlite(_) => None,
            // Not `now()`, which is the time at which the transaction began, before it waited for its locks.
            Connection::Postgres(c) => Some(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&mut **c).await?),
        })
    }

    /// Returns the clock mark; `None` before the first start.
    pub async fn clock_mark(&mut self) -> Result<Option<ClockMark>> {
        const SQL: &str = "SELECT mark, doubted_at, confirmed_at FROM clock WHERE id = 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Moves the mark forward to `at`, never back, and clears a doubt.
    pub async fn move_clock_mark(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO clock (id, mark) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET \
             mark = CASE WHEN clock.mark > excluded.mark THEN clock.mark ELSE excluded.mark END, doubted_at = NULL";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Records that a clock shows the doubtful time `at`. An earlier doubt is kept.
    pub async fn doubt_clock(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE clock SET doubted_at = $1 WHERE id = 1 AND doubted_at IS NULL";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Sets the mark to `at`, even back, after an owner has confirmed the time.
    pub async fn confirm_clock(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO clock (id, mark, confirmed_at) VALUES (1, $1, $1) ON CONFLICT (id) DO UPDATE \
             SET mark = excluded.mark, doubted_at = NULL, confirmed_at = excluded.confirmed_at";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }
}
