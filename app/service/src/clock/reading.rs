//! A reading of the database's clock, and the time that follows from it.

use super::shown::BACK;

/// A reading of the database's clock, with the elapsed time here, both in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) shown: i64,
    passed: i64,
}

impl Reading {
    /// Returns the reading after `last` if the database shows `shown`. If the database's clock was set back a little, the time
    /// stands still.
    pub(super) fn next(last: Option<Self>, shown: i64, passed: i64) -> Self {
        let back = BACK.num_microseconds().unwrap_or_default();
        let before = last.map(|last| last.shown).filter(|last| (0..=back).contains(&last.saturating_sub(shown)));
        Self { shown: before.unwrap_or(shown), passed }
    }

    /// The database's time after `passed` microseconds here.
    pub(super) const fn after(self, passed: i64) -> i64 {
        self.shown.saturating_add(passed.saturating_sub(self.passed))
    }
}

#[cfg(test)]
mod tests {
    use super::Reading;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn time_goes_on_from_what_the_database_showed() {
        let first = Reading::next(None, 1_000 * MINUTE, 7 * MINUTE);
        assert_eq!(first.after(7 * MINUTE), 1_000 * MINUTE);
        assert_eq!(first.after(9 * MINUTE), 1_002 * MINUTE);
    }

    #[test]
    fn a_database_that_is_set_back_a_little_decides_by_the_moment_it_had_reached() {
        let time = |shown| Reading::next(Some(Reading { shown: 100 * MINUTE, passed: 0 }), shown, 1).shown;
        assert_eq!(time(101 * MINUTE), 101 * MINUTE);
        assert_eq!(time(99 * MINUTE), 100 * MINUTE);
        assert_eq!(time(95 * MINUTE), 100 * MINUTE);
        assert_eq!(time(94 * MINUTE), 94 * MINUTE, "set back that far, it is shown unchanged and not trusted");
    }
}
