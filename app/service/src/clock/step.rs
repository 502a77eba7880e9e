//! One time for all instances: the database's, where it has a clock of its own.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use store::Connection;

use super::{Clock, Source, micros, shown::BACK};

/// What the database's clock showed, and when that was by the time that has passed here, both in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    shown: i64,
    passed: i64,
}

impl Step {
    /// The step after this one, where the database shows `shown`. Where it was set back by a little, it stands still.
    fn next(last: Option<Self>, shown: i64, passed: i64) -> Self {
        let back = BACK.num_microseconds().unwrap_or_default();
        let before = last.map(|last| last.shown).filter(|last| (0..=back).contains(&last.saturating_sub(shown)));
        Self { shown: before.unwrap_or(shown), passed }
    }

    /// What the database's clock shows after so much time has passed here.
    pub(super) const fn after(self, passed: i64) -> i64 {
        self.shown.saturating_add(passed.saturating_sub(self.passed))
    }
}

impl Clock {
    /// The time by which a transaction decides, read after its locks: PostgreSQL's own, so that of two instances whoever
    /// gets a lock later also decides later, whatever the clocks of their machines show; on SQLite this clock's. From then
    /// on this clock goes on from it, and asks its machine no more. A clock that a test moves is never in step.
    pub(crate) async fn in_step(&self, on: &mut Connection<'_>) -> store::Result<DateTime<Utc>> {
        let stepped = self.step(on).await?;
        let shown = self.now();
        Ok(stepped.unwrap_or(shown))
    }

    /// The same, where a statement after the locks has read the database's clock already.
    pub(crate) async fn in_step_since(
        &self,
        read_at: Option<DateTime<Utc>>,
        on: &mut Connection<'_>,
    ) -> store::Result<DateTime<Utc>> {
        let Some(read_at) = read_at else { return self.in_step(on).await };
        let stepped = self.follow(read_at);
        let shown = self.now();
        Ok(stepped.unwrap_or(shown))
    }

    /// The same, without a look at whether it can be believed: before it is known how far time had come.
    pub(super) async fn step(&self, on: &mut Connection<'_>) -> store::Result<Option<DateTime<Utc>>> {
        if !matches!(self.0.source, Source::System { .. }) {
            return Ok(None);
        }
        Ok(on.database_time().await?.and_then(|shown| self.follow(shown)))
    }

    /// Goes on from what the database's clock showed. `None` for a clock that a test moves.
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
        assert_eq!(step(94 * MINUTE), 94 * MINUTE, "that far, it is not believed and said as it is");
    }
}
