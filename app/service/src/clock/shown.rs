//! The furthest time that a clock has shown, and whether its current time can be trusted.

use chrono::TimeDelta;

/// Maximum distance by which a clock may be set back before it is distrusted; up to it, the clock stands still.
pub(super) const BACK: TimeDelta = TimeDelta::minutes(5);
/// Maximum distance by which a clock may leap ahead of the elapsed time.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// Maximum distance ahead of the mark when a server starts, because the time it was off is unknown.
const OFF: TimeDelta = TimeDelta::days(400);

/// The trust in a clock's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The time can be trusted.
    Good,
    /// The clock was set back by more than five minutes.
    Behind(TimeDelta),
    /// The clock is ahead of the elapsed time by more than a day, or, at a start, ahead of the mark by more than 400
    /// days.
    Ahead(TimeDelta),
}

/// The furthest time that was trusted, in microseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown(Option<Furthest>);

#[derive(Clone, Copy, Debug)]
struct Furthest {
    moment: i64,
    /// Elapsed time at that moment.
    passed: i64,
    /// Maximum distance ahead that is trusted.
    lead: TimeDelta,
}

impl Shown {
    /// Returns the time to show if the source shows `wall` after `passed` microseconds: the source's time or, if it was
    /// set back a little, the time shown last.
    pub(super) fn look(&mut self, wall: i64, passed: i64) -> (i64, Trust) {
        let Some(furthest) = &mut self.0 else {
            self.0 = Some(Furthest { moment: wall, passed, lead: AHEAD });
            return (wall, Trust::Good);
        };
        let expected = furthest.moment.saturating_add(passed.saturating_sub(furthest.passed));
        let (ahead, behind) = (apart(wall, expected), apart(furthest.moment, wall));
        if ahead > furthest.lead {
            (wall, Trust::Ahead(ahead))
        } else if behind > BACK {
            (wall, Trust::Behind(behind))
        } else if wall < furthest.moment {
            (furthest.moment, Trust::Good)
        } else {
            *furthest = Furthest { moment: wall, passed, lead: AHEAD };
            (wall, Trust::Good)
        }
    }

    /// Returns a time that is in the past if the source shows `wall`, even if a leap ahead was trusted.
    pub(super) fn certainly_past(&self, wall: i64) -> i64 {
        let furthest = self.0.map_or(wall, |furthest| furthest.moment.min(wall));
        furthest.saturating_sub(AHEAD.num_microseconds().unwrap_or(i64::MAX))
    }

    /// Notes that time has reached at least `mark`. At a start, the clock may then be far ahead, unless it was already
    /// `doubted`.
    pub(super) fn reached(&mut self, mark: i64, passed: i64, doubted: bool) {
        let lead = if doubted { AHEAD } else { OFF };
        match &mut self.0 {
            Some(furthest) if furthest.moment >= mark => {}
            Some(furthest) => *furthest = Furthest { moment: mark, passed, lead: furthest.lead },
            None => self.0 = Some(Furthest { moment: mark, passed, lead }),
        }
    }

    /// Sets the time that an owner has confirmed.
    pub(super) fn confirm(&mut self, moment: i64, passed: i64) {
        self.0 = Some(Furthest { moment, passed, lead: AHEAD });
    }
}

fn apart(later: i64, earlier: i64) -> TimeDelta {
    TimeDelta::microseconds(later.saturating_sub(earlier))
}
