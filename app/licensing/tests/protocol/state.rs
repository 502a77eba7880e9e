//! What the database and the instances hold at a moment. Moments are whole ticks from now: 2 is in two ticks, -1 was one tick ago.

pub(crate) const DEVICES: usize = 3;
/// In ticks: how much device clocks may be off, and how much longer seats are held than tokens.
pub(crate) const SKEW: i8 = 1;
/// Ticks within which support may take back that it took a seat.
const UNDO: i8 = 2;
/// Ticks that may pass between a transaction's lock and its commit. What lies further back no decision tells apart.
pub(crate) const LONGEST: i8 = 1;

/// The row of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Row {
    pub(crate) exists: bool,
    pub(crate) lease: i8,
    pub(crate) token: i8,
    pub(crate) hold: i8,
    /// When its lease began.
    pub(crate) seen: i8,
    /// Whether its session is over for good.
    pub(crate) over: bool,
    /// Whether it is checked out.
    pub(crate) out: bool,
    /// When support took it, and its hold and token until then.
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
    /// Support gives the seat up.
    Free,
    /// Support takes that back.
    Undo,
}

/// An operation under way. `current`: its session is still the row's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) op: Op,
    pub(crate) device: u8,
    pub(crate) current: bool,
}

/// What an instance is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Job {
    Idle,
    /// The read desk has read this row, which may be stale when it answers.
    Read(Task, Row),
    /// A transaction waits for the license's lock; beside it what a planted defect has read too early.
    Waits(Task, Option<[Row; DEVICES]>, Option<i8>),
    /// It has had the lock since the first moment, and decides by the second, under terms that were strict or not.
    Locked(Task, i8, i8, bool, Option<[Row; DEVICES]>),
    /// It has committed, and the device's token, which ends then, is not signed yet.
    Signs(u8, i8),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct State {
    pub(crate) rows: [Row; DEVICES],
    /// When the last token ends that each device ever received.
    pub(crate) received: [i8; DEVICES],
    /// In order: which instance does what makes no difference.
    pub(crate) jobs: Vec<Job>,
    pub(crate) strict: bool,
    pub(crate) refused_a_free_seat: bool,
    pub(crate) undo_oversold: bool,
}

impl Row {
    /// A tick passes.
    pub(crate) fn age(&mut self) {
        for moment in [&mut self.lease, &mut self.token, &mut self.hold, &mut self.seen] {
            *moment -= 1;
        }
        self.taken = self.taken.map(|(when, hold, token)| (when - 1, hold - 1, token - 1));
        self.forget();
    }

    /// Cuts off what no decision tells apart any more, so that there are finitely many states.
    pub(crate) fn forget(&mut self) {
        self.lease = self.lease.max(-LONGEST);
        self.token = self.token.max(-SKEW);
        self.hold = self.hold.max(-LONGEST);
        // The longest lease is two ticks: who was seen longer ago is due.
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

    /// When the last token ends that the row knows of.
    pub(crate) fn tokens_end(&self) -> i8 {
        self.token.max(self.hold - SKEW)
    }
}

impl State {
    /// The same with its devices in order: the one that stands for all in which devices have changed places.
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
