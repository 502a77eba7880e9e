//! Scripts: lists of operations. Every operation is valid in every state, so any part of a script is a script.

use licensing::license::StateChange;

use crate::plain_terms::Change;

/// Numbers of codes, devices, policies and instances. The last policy belongs to another product.
pub(crate) const LICENSES: usize = 4;
pub(crate) const DEVICES: usize = 4;
pub(crate) const POLICIES: usize = 3;
pub(crate) const INSTANCES: usize = 2;
/// Devices from this number on make a single request.
pub(crate) const STRANGERS: usize = 1000;

/// A license, by the index of its code, and a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) license: usize,
    pub(crate) device: usize,
}

/// A device's request to the desk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) what: What,
    pub(crate) of: Pair,
    /// Requested lease, in seconds.
    pub(crate) lease: Option<u64>,
    /// `true` to use the oldest of its tokens instead of the newest.
    pub(crate) old_token: bool,
    /// The idempotency key of the call.
    pub(crate) key: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Activate,
    Renew,
    CheckIn,
}

/// Scope of a block: the license, its product, or the whole server.
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
    /// Several concurrent requests at one instance, which takes them in this order.
    Rush {
        at: usize,
        asks: Vec<Ask>,
    },
    /// Concurrent requests of unknown devices at all instances, in any order.
    Scramble {
        license: usize,
        devices: usize,
    },
    /// The same call under the same key at all instances concurrently.
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
    /// Support frees a device's seat.
    Free {
        of: Pair,
    },
    /// Support undoes that it freed or revoked the device's seat.
    Undo {
        of: Pair,
    },
    /// The device is blocked; its seats in the scope may be revoked as well.
    Block {
        of: Pair,
        reach: Reach,
        and_take: bool,
    },
    /// One of the existing blocks is removed; `which` wraps around.
    Unblock {
        which: usize,
    },
    /// Devices are pre-registered.
    Enter {
        license: usize,
        devices: Vec<usize>,
    },
    /// A pre-registered device is removed.
    Strike {
        of: Pair,
    },
    /// A release ticket is requested for a full license, by its customer or by another person.
    Ticket {
        at: usize,
        license: usize,
        is_customer: bool,
    },
    /// One of the last tickets is used for one of the devices that the license ever had; `which` wraps around.
    UseTicket {
        at: usize,
        back: usize,
        license: usize,
        which: usize,
        key: Option<usize>,
    },
    /// A device without a network writes a request, dated `age` seconds ago; without its code, staff choose the
    /// license. It is submitted to one instance, or to all at once.
    Request {
        at: Option<usize>,
        of: Pair,
        lease: Option<u64>,
        has_code: bool,
        age: i64,
    },
    /// A device proves that the token of one of the last granted requests is deleted.
    Prove {
        at: Option<usize>,
        back: usize,
        forged: bool,
        age: i64,
    },
    /// One of the last files is submitted again; if it contains no code, for this license.
    BringAgain {
        at: Option<usize>,
        back: usize,
        license: usize,
    },
    /// The answer to one of the last requests is issued again.
    WriteAgain {
        at: usize,
        back: usize,
    },
    Step {
        license: usize,
        step: StateChange,
    },
    /// A new license replaces this one.
    Issue {
        license: usize,
        policy: usize,
    },
    ChangePolicy {
        policy: usize,
        change: Change,
    },
    /// Without a change, the license returns to the terms of its policy.
    ChangeLicense {
        license: usize,
        change: Option<Change>,
    },
    /// Time passes; in seconds.
    Pass(u64),
    /// The clock is set back; in seconds.
    SetBack(u64),
    /// The clock leaps ahead without time passing; in seconds.
    Leap(u64),
    /// The clock is corrected.
    Mend,
    /// An owner confirms a clock that leapt.
    Confirm {
        at: usize,
    },
    Restart {
        at: usize,
    },
    /// Expired records are deleted.
    Sweep {
        at: usize,
    },
}

impl Op {
    /// The idempotency key of the call.
    pub(crate) fn key(&self) -> Option<usize> {
        match self {
            Self::Ask { ask, .. } | Self::Everywhere { ask } => ask.key,
            Self::CheckOut { key, .. } | Self::Release { key, .. } | Self::UseTicket { key, .. } => *key,
            _ => None,
        }
    }

    /// Returns `true` if it may change seats of any license: a block has a wide scope, and an offline file may contain
    /// the code of a license that has been replaced since.
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

    /// The codes that the operation uses.
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
