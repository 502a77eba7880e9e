//! What is tried: a list of operations. Every operation means something in every state, so that any part of a script is a
//! script.

use licensing::license::Step;

use crate::deal::Change;

/// How many codes, devices, policies and instances there are. The last policy is of another product.
pub(crate) const LICENSES: usize = 4;
pub(crate) const DEVICES: usize = 4;
pub(crate) const POLICIES: usize = 3;
pub(crate) const INSTANCES: usize = 2;
/// Devices from this number on ask once and are never heard of again.
pub(crate) const STRANGERS: usize = 1000;

/// A license, by the place of its code, and a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) license: usize,
    pub(crate) device: usize,
}

/// What a device asks of the desk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) what: What,
    pub(crate) of: Pair,
    /// The wished lease, in seconds.
    pub(crate) lease: Option<u64>,
    /// With the oldest of its tokens rather than the newest.
    pub(crate) old_token: bool,
    /// As a call that is done once: under which key.
    pub(crate) key: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Activate,
    Renew,
    CheckIn,
}

/// From what a device is kept out: the license, its product, or everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    License,
    Product,
    Everything,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Ask {
        at: usize,
        ask: Ask,
    },
    /// Several at once, at one instance, which takes them in this order.
    Rush {
        at: usize,
        asks: Vec<Ask>,
    },
    /// So many devices that nobody knows, at all instances at once, in whatever order.
    Scramble {
        license: usize,
        devices: usize,
    },
    /// The same call under the same key, at all instances at once.
    Everywhere {
        ask: Ask,
    },
    CheckOut {
        at: usize,
        of: Pair,
        old_token: bool,
        key: Option<usize>,
    },
    Release {
        at: usize,
        of: Pair,
        old_token: bool,
        key: Option<usize>,
    },
    Look {
        at: usize,
        of: Pair,
        old_token: bool,
    },
    Revoke {
        of: Pair,
    },
    /// Support gives a device's seat up in its user's place.
    Free {
        of: Pair,
    },
    /// Support takes back that it took the device's seat.
    Undo {
        of: Pair,
    },
    /// The device is kept out; its seats there may be taken as well.
    Block {
        of: Pair,
        reach: Reach,
        and_take: bool,
    },
    /// One of the blocks that there are, counted round, is taken away.
    Unblock {
        which: usize,
    },
    /// Devices are entered beforehand.
    Enter {
        license: usize,
        devices: Vec<usize>,
    },
    /// One is taken out again.
    Strike {
        of: Pair,
    },
    /// A customer whose license is full wants a release ticket, or somebody else does.
    Ticket {
        at: usize,
        license: usize,
        is_customer: bool,
    },
    /// One of the last tickets is used for one of the devices that the license ever had, counted round.
    UseTicket {
        at: usize,
        back: usize,
        license: usize,
        which: usize,
        key: Option<usize>,
    },
    /// A device that is never online asks on paper, made so many seconds ago; without its code, staff choose the license. It is
    /// brought to one instance, or to all at once.
    Request {
        at: Option<usize>,
        of: Pair,
        lease: Option<u64>,
        has_code: bool,
        age: i64,
    },
    /// It proves that the token is deleted which one of the last requests was granted.
    Prove {
        at: Option<usize>,
        back: usize,
        forged: bool,
        age: i64,
    },
    /// One of the last papers is brought once more; if it holds no code, for that license.
    BringAgain {
        at: Option<usize>,
        back: usize,
        license: usize,
    },
    /// The answer to one of the last requests is written once more.
    WriteAgain {
        at: usize,
        back: usize,
    },
    Step {
        license: usize,
        step: Step,
    },
    /// A new license takes the place of this one.
    Issue {
        license: usize,
        policy: usize,
    },
    ChangePolicy {
        policy: usize,
        change: Change,
    },
    /// Without a change, the license has the terms of its policy again.
    ChangeLicense {
        license: usize,
        change: Option<Change>,
    },
    /// Time passes, in seconds.
    Pass(u64),
    /// Somebody sets the clock back.
    SetBack(u64),
    /// It leaps ahead by time that has not passed.
    Leap(u64),
    /// It is set to what it should be.
    Mend,
    /// An owner says that a clock which leapt is right.
    Confirm {
        at: usize,
    },
    Restart {
        at: usize,
    },
    /// What is kept for a while is looked through.
    Sweep {
        at: usize,
    },
}

impl Op {
    /// The key of a call that is done once.
    pub(crate) fn key(&self) -> Option<usize> {
        match self {
            Self::Ask { ask, .. } | Self::Everywhere { ask } => ask.key,
            Self::CheckOut { key, .. } | Self::Release { key, .. } | Self::UseTicket { key, .. } => *key,
            _ => None,
        }
    }

    /// Whether it may change seats of any license: a block reaches far, and paper may hold the code of a license that has been
    /// replaced since.
    pub(crate) fn reaches_far(&self) -> bool {
        matches!(
            self,
            Self::Block { .. }
                | Self::Request { .. }
                | Self::Prove { .. }
                | Self::BringAgain { .. }
                | Self::WriteAgain { .. }
        )
    }

    /// The codes that the operation is about.
    pub(crate) fn licenses(&self) -> Vec<usize> {
        match self {
            Self::Ask { ask, .. } | Self::Everywhere { ask } => vec![ask.of.license],
            Self::Rush { asks, .. } => asks.iter().map(|ask| ask.of.license).collect(),
            Self::CheckOut { of, .. }
            | Self::Release { of, .. }
            | Self::Look { of, .. }
            | Self::Revoke { of }
            | Self::Free { of }
            | Self::Undo { of } => vec![of.license],
            Self::Scramble { license, .. }
            | Self::UseTicket { license, .. }
            | Self::Step { license, .. }
            | Self::Issue { license, .. }
            | Self::ChangeLicense { license, .. } => vec![*license],
            Self::Block { .. }
            | Self::Request { .. }
            | Self::Prove { .. }
            | Self::BringAgain { .. }
            | Self::WriteAgain { .. }
            | Self::Unblock { .. }
            | Self::Enter { .. }
            | Self::Strike { .. }
            | Self::Ticket { .. }
            | Self::ChangePolicy { .. }
            | Self::Pass(_)
            | Self::SetBack(_)
            | Self::Leap(_)
            | Self::Mend
            | Self::Confirm { .. }
            | Self::Restart { .. }
            | Self::Sweep { .. } => vec![],
        }
    }
}
