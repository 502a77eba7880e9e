//! How far time has come.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

/// The mark of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClockMark {
    /// It is at least this.
    pub mark: DateTime<Utc>,
    /// What a clock showed that leapt ahead, while that is neither mended nor confirmed.
    pub doubted_at: Option<DateTime<Utc>>,
    /// When an owner last confirmed the time; by the clock that they confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// What the database's own clock shows at this moment, also within a transaction; `None` on SQLite, which is this
    /// process and has no other clock than it.
    pub async fn database_time(&mut self) -> Result<Option<DateTime<Utc>>> {
        Ok(match self {
            Connection::Sqlite(_) => None,
            // Not `now()`, which stands still since the transaction began, before its locks were waited for.
            Connection::Postgres(c) => Some(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&mut **c).await?),
        })
    }

    /// The mark; `None` before the first start.
    pub async fn clock_mark(&mut self) -> Result<Option<ClockMark>> {
        const SQL: &str = "SELECT mark, doubted_at, confirmed_at FROM clock WHERE id = 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Moves the mark on to `at`, never back, and ends every doubt.
    pub async fn move_clock_mark(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO clock (id, mark) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET \
             mark = CASE WHEN clock.mark > excluded.mark THEN clock.mark ELSE excluded.mark END, doubted_at = NULL";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Writes down that a clock shows `at`, which is doubted. The first doubt stays.
    pub async fn doubt_clock(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE clock SET doubted_at = $1 WHERE id = 1 AND doubted_at IS NULL";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Sets the mark to `at`, also back: an owner says that this is the time.
    pub async fn confirm_clock(&mut self, at: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO clock (id, mark, confirmed_at) VALUES (1, $1, $1) ON CONFLICT (id) DO UPDATE \
             SET mark = excluded.mark, doubted_at = NULL, confirmed_at = excluded.confirmed_at";
        run!(self.on(), |c| sqlx::query(SQL).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }
}
