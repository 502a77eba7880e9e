//! State of the database and the instances. Times are whole ticks from now: 2 is in two ticks, -1 was one tick ago.

pub(crate) const DEVICES: usize = 3;
/// Allowed clock skew of devices, which is also how much longer a seat is held than its token lasts, in ticks.
pub(crate) const SKEW: i8 = 1;
/// Time within which support may undo that it freed a seat, in ticks.
const UNDO: i8 = 2;
/// Maximum number of ticks between a transaction's lock and its commit. No decision distinguishes times further back.
pub(crate) const LONGEST: i8 = 1;

/// A device's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Row {
    pub(crate) exists: bool,
    pub(crate) lease: i8,
    pub(crate) token: i8,
    pub(crate) hold: i8,
    /// Start of its lease.
    pub(crate) seen: i8,
    /// `true` if its session has ended permanently.
    pub(crate) over: bool,
    /// `true` if it is checked out.
    pub(crate) out: bool,
    /// If support freed it: the time, and its hold and token before that.
    pub(crate) taken: Option<(i8, i8, i8)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Op {
    Activate,
    /// With a lease of one tick.
    ActivateShort,
    CheckIn,
    Release,
    CheckOut,
    /// Support frees the seat.
    Free,
    /// Support undoes that.
    Undo,
}

/// An operation in progress. `current` is `true` while its session is still the row's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) op: Op,
    pub(crate) device: u8,
    pub(crate) current: bool,
}

/// An instance's current work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Job {
    Idle,
    /// The read desk has read this row, which may be stale by the time it answers.
    Read(Task, Row),
    /// A transaction waits for the license's lock. The options are what a planted defect has read too early.
    Waits(Task, Option<[Row; DEVICES]>, Option<i8>),
    /// It has held the lock since the first time and decides by the second. The flag is `true` under strict terms.
    Locked(Task, i8, i8, bool, Option<[Row; DEVICES]>),
    /// It has committed, but the device's token, which ends at this tick, is not signed yet.
    Signs(u8, i8),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct State {
    pub(crate) rows: [Row; DEVICES],
    /// End of the last token that each device received.
    pub(crate) received: [i8; DEVICES],
    /// Sorted, because it does not matter which instance does which work.
    pub(crate) jobs: Vec<Job>,
    pub(crate) strict: bool,
    pub(crate) refused_a_free_seat: bool,
    pub(crate) undo_oversold: bool,
}

impl Row {
    /// Moves one tick ahead.
    pub(crate) fn age(&mut self) {
        for moment in [&mut self.lease, &mut self.token, &mut self.hold, &mut self.seen] {
            *moment -= 1;
        }
        self.taken = self.taken.map(|(when, hold, token)| (when - 1, hold - 1, token - 1));
        self.forget();
    }

    /// Normalizes differences that no decision can see any more, which keeps the number of states finite.
    pub(crate) fn forget(&mut self) {
        self.lease = self.lease.max(-LONGEST);
        self.token = self.token.max(-SKEW);
        self.hold = self.hold.max(-LONGEST);
        // The longest lease is two ticks, so a device seen longer ago is due in any case.
        self.seen = self.seen.max(-3);
        self.taken = self
            .taken
            .map(|(when, hold, token)| (when, hold.max(-LONGEST), token.max(-SKEW)))
            .filter(|(when, hold, token)| when + UNDO > -LONGEST && (*hold > -LONGEST || *token > 0));
        if self.over && self.taken.is_none() {
            (self.lease, self.out, self.seen) = (-LONGEST, false, -3);
        }
        if self.taken.is_none() && self.token <= 0 && self.hold == -LONGEST {
            *self = Self::default();
        }
    }

    /// End of the last token that the row accounts for.
    pub(crate) fn tokens_end(&self) -> i8 {
        self.token.max(self.hold - SKEW)
    }
}

impl State {
    /// The canonical form: one state that represents every permutation of its devices.
    pub(crate) fn in_order(&self) -> Self {
        const ORDERS: [[usize; DEVICES]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        ORDERS.into_iter().map(|to| self.turned(to)).min().unwrap()
    }

    fn turned(&self, to: [usize; DEVICES]) -> Self {
        let mut turned = self.clone();
        let rows = |old: &[Row; DEVICES]| {
            let mut new = *old;
            (0..DEVICES).for_each(|n| new[to[n]] = old[n]);
            new
        };
        let place = |device: &mut u8| *device = u8::try_from(to[usize::from(*device)]).unwrap();
        turned.rows = rows(&self.rows);
        (0..DEVICES).for_each(|n| turned.received[to[n]] = self.received[n]);
        for job in &mut turned.jobs {
            match job {
                Job::Idle => {}
                Job::Read(task, _) => place(&mut task.device),
                Job::Waits(task, early, _) | Job::Locked(task, _, _, _, early) => {
                    place(&mut task.device);
                    *early = early.as_ref().map(rows);
                }
                Job::Signs(device, _) => place(device),
            }
        }
        turned.jobs.sort();
        turned
    }
}
