//! One time for all instances: the database's, if it has a clock of its own.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use store::Connection;

use super::{Clock, Source, micros, shown::BACK};

/// A reading of the database's clock, with the elapsed time here, both in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    shown: i64,
    passed: i64,
}

impl Step {
    /// Returns the step after `last` for the reading `shown`. If the database's clock was set back a little, the time
    /// stands still.
    fn next(last: Option<Self>, shown: i64, passed: i64) -> Self {
        let back = BACK.num_microseconds().unwrap_or_default();
        let before = last.map(|last| last.shown).filter(|last| (0..=back).contains(&last.saturating_sub(shown)));
        Self { shown: before.unwrap_or(shown), passed }
    }

    /// The database's time after `passed` microseconds here.
    pub(super) const fn after(self, passed: i64) -> i64 {
        self.shown.saturating_add(passed.saturating_sub(self.passed))
    }
}

impl Clock {
    /// Returns the time for a transaction's decisions; must be called after its locks. On PostgreSQL this is the
    /// database's time, so that an instance that gets a lock later also decides later, whatever its machine's clock
    /// shows; on SQLite it is this clock's. Afterwards this clock continues from that reading instead of the machine's
    /// clock. A clock that a test moves is never synchronized.
    pub(crate) async fn synchronized(&self, on: &mut Connection<'_>) -> store::Result<DateTime<Utc>> {
        let stepped = self.step(on).await?;
        let shown = self.now();
        Ok(stepped.unwrap_or(shown))
    }

    /// Like [`synchronized`](Self::synchronized), if a statement after the locks has already read the database's clock.
    pub(crate) async fn synchronized_since(
        &self,
        read_at: Option<DateTime<Utc>>,
        on: &mut Connection<'_>,
    ) -> store::Result<DateTime<Utc>> {
        let Some(read_at) = read_at else { return self.synchronized(on).await };
        let stepped = self.follow(read_at);
        let shown = self.now();
        Ok(stepped.unwrap_or(shown))
    }

    /// Like [`synchronized`](Self::synchronized), without checking trust, for use before the mark is known.
    pub(super) async fn step(&self, on: &mut Connection<'_>) -> store::Result<Option<DateTime<Utc>>> {
        if !matches!(self.0.source, Source::System { .. }) {
            return Ok(None);
        }
        Ok(on.database_time().await?.and_then(|shown| self.follow(shown)))
    }

    /// Continues from a reading of the database's clock. `None` for a clock that a test moves.
    fn follow(&self, shown: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Source::System { began, step } = &self.0.source else { return None };
        let mut step = step.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Step::next(*step, shown.timestamp_micros(), micros(began));
        *step = Some(next);
        DateTime::from_timestamp_micros(next.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn time_goes_on_from_what_the_database_showed() {
        let step = Step::next(None, 1_000 * MINUTE, 7 * MINUTE);
        assert_eq!(step.after(7 * MINUTE), 1_000 * MINUTE);
        assert_eq!(step.after(9 * MINUTE), 1_002 * MINUTE);
    }

    #[test]
    fn a_database_that_is_set_back_a_little_decides_by_the_moment_it_had_reached() {
        let step = |shown| Step::next(Some(Step { shown: 100 * MINUTE, passed: 0 }), shown, 1).shown;
        assert_eq!(step(101 * MINUTE), 101 * MINUTE);
        assert_eq!(step(99 * MINUTE), 100 * MINUTE);
        assert_eq!(step(95 * MINUTE), 100 * MINUTE);
        assert_eq!(step(94 * MINUTE), 94 * MINUTE, "set back that far, it is shown unchanged and not trusted");
    }
}
