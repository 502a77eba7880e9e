//! How many refusals are kept, so that nobody who asks in vain can fill the disk.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Whose refusals are counted together: a license's, or those of codes that no license has.
pub(super) type Pot = Option<Uuid>;

/// Of codes that no license has: a thousand at once, and one more every second.
const UNKNOWN: Rate = Rate { every: TimeDelta::seconds(1), at_once: 1_000 };
/// Of one license: two hundred at once, and one more every ten seconds.
const LICENSE: Rate = Rate { every: TimeDelta::seconds(10), at_once: 200 };
/// How many licenses are remembered. Were there more, rates would be forgotten rather than memory be used up.
const MOST: usize = 50_000;

struct Rate {
    every: TimeDelta,
    at_once: i32,
}

/// How much was kept lately.
#[derive(Debug, Default)]
pub(super) struct Pots {
    /// When all that was kept is paid off.
    paid_off: HashMap<Pot, DateTime<Utc>>,
}

impl Pots {
    /// Whether one more may be kept at `now`; it is counted if so.
    pub(super) fn take(&mut self, pot: Pot, now: DateTime<Utc>) -> bool {
        let Rate { every, at_once } = if pot.is_none() { UNKNOWN } else { LICENSE };
        if self.paid_off.len() >= MOST {
            self.paid_off.retain(|_, at| *at > now);
        }
        if self.paid_off.len() >= MOST {
            self.paid_off.clear();
        }
        let most = now + every * at_once;
        let at = self.paid_off.entry(pot).or_insert(now);
        // Of a clock that was set back no more than all is owed.
        *at = (*at).clamp(now, most);
        let takes = *at + every <= most;
        if takes {
            *at += every;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pots: &mut Pots, pot: Pot, now: DateTime<Utc>) -> usize {
        (0..5_000).filter(|_| pots.take(pot, now)).count()
    }

    #[test]
    fn a_flood_is_cut_and_each_pot_fills_again_by_itself() {
        let (mut pots, start) = (Pots::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let license = Some(Uuid::from_u128(1));
        assert_eq!(taken(&mut pots, None, start), 1_000);
        assert_eq!(taken(&mut pots, license, start), 200, "nobody pays for others");
        assert_eq!(taken(&mut pots, Some(Uuid::from_u128(2)), start), 200);
        let later = start + TimeDelta::seconds(25);
        assert_eq!([taken(&mut pots, None, later), taken(&mut pots, license, later)], [25, 2]);
        assert_eq!(taken(&mut pots, None, start + TimeDelta::days(9)), 1_000, "never more than all at once");
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_long() {
        let (mut pots, start) = (Pots::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        pots.take(None, start + TimeDelta::days(30));
        assert_eq!(taken(&mut pots, None, start), 0, "all is owed");
        assert_eq!(taken(&mut pots, None, start + TimeDelta::seconds(100)), 100, "and paid off from then on");
    }

    #[test]
    fn memory_is_bounded() {
        let (mut pots, now) = (Pots::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        for n in 0..60_000 {
            pots.take(Some(Uuid::from_u128(n)), now);
        }
        assert!(pots.paid_off.len() <= MOST);
    }
}
