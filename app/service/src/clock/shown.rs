//! What a clock has shown, and whether what it shows now can be believed.

use chrono::TimeDelta;

/// How far a clock may be set back before nothing is issued by it; until then it stands still.
pub(super) const BACK: TimeDelta = TimeDelta::minutes(5);
/// How far it may leap ahead of the time that has passed.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// How far it may be ahead of the mark when a server starts: nobody knows how long it was off.
const OFF: TimeDelta = TimeDelta::days(400);

/// Whether what a clock shows can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Yes.
    Good,
    /// It was set back, behind what it showed before, by more than five minutes.
    Behind(TimeDelta),
    /// It is ahead of the time that has passed by more than a day; of the mark at a start by more than 400 days.
    Ahead(TimeDelta),
}

/// The furthest moment that was believed, in microseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown(Option<Furthest>);

#[derive(Clone, Copy, Debug)]
struct Furthest {
    moment: i64,
    /// How much time had passed then.
    passed: i64,
    /// How far ahead is believed.
    lead: TimeDelta,
}

impl Shown {
    /// What to show where the source shows `wall`, after so much time has `passed`: what it shows, or, where it was set back
    /// by a little, what was shown last.
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

    /// What has surely passed where the source shows `wall`, whatever leap was believed.
    pub(super) fn surely(&self, wall: i64) -> i64 {
        let furthest = self.0.map_or(wall, |furthest| furthest.moment.min(wall));
        furthest.saturating_sub(AHEAD.num_microseconds().unwrap_or(i64::MAX))
    }

    /// Time has come at least to the mark. At a start, and unless the clock was `doubted` already, it may be far ahead.
    pub(super) fn reached(&mut self, mark: i64, passed: i64, doubted: bool) {
        let lead = if doubted { AHEAD } else { OFF };
        match &mut self.0 {
            Some(furthest) if furthest.moment >= mark => {}
            Some(furthest) => *furthest = Furthest { moment: mark, passed, lead: furthest.lead },
            None => self.0 = Some(Furthest { moment: mark, passed, lead }),
        }
    }

    /// Somebody who knows says that it is this time.
    pub(super) fn confirm(&mut self, moment: i64, passed: i64) {
        self.0 = Some(Furthest { moment, passed, lead: AHEAD });
    }
}

fn apart(later: i64, earlier: i64) -> TimeDelta {
    TimeDelta::microseconds(later.saturating_sub(earlier))
}
