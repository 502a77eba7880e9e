//! What is tried: a list of operations, drawn by chance from a seed. Every operation means something in every state, so that
//! any part of a script is a script.

use licensing::license::Step;

use crate::{
    deal::{Change, DAY, HOUR, MINUTE},
    dice::Dice,
};

/// How many codes, devices, policies and instances there are. The last policy is of another product.
pub(crate) const LICENSES: usize = 4;
pub(crate) const DEVICES: usize = 6;
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Activate,
    Renew,
    CheckIn,
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
    CheckOut {
        at: usize,
        of: Pair,
        old_token: bool,
    },
    Release {
        at: usize,
        of: Pair,
        old_token: bool,
    },
    Look {
        at: usize,
        of: Pair,
        old_token: bool,
    },
    Revoke {
        of: Pair,
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
}

impl Op {
    pub(crate) fn any(dice: &mut Dice) -> Self {
        let at = dice.below(INSTANCES);
        let license = dice.below(LICENSES);
        let of = Pair { license, device: dice.below(DEVICES) };
        let old_token = dice.one_in(5);
        match dice.below(100) {
            0..28 => Self::Ask { at, ask: Ask::any(dice, What::Activate) },
            28..36 => Self::Ask { at, ask: Ask::any(dice, What::Renew) },
            36..45 => Self::Ask { at, ask: Ask::any(dice, What::CheckIn) },
            45..50 => Self::CheckOut { at, of, old_token },
            50..56 => Self::Release { at, of, old_token },
            56..59 => Self::Look { at, of, old_token },
            59..62 => Self::Revoke { of },
            62..65 => {
                let steps = [Step::Suspend, Step::Reinstate, Step::Reinstate, Step::Reinstate, Step::Revoke];
                Self::Step { license, step: dice.pick(&steps) }
            }
            65 => Self::Issue { license, policy: dice.below(POLICIES) },
            66..70 => Self::ChangePolicy { policy: dice.below(POLICIES), change: Change::any(dice) },
            70..75 => Self::ChangeLicense { license, change: (!dice.one_in(4)).then(|| Change::any(dice)) },
            75..90 => Self::Pass(dice.pick(&[
                1,
                2,
                30,
                59,
                MINUTE,
                61,
                150,
                299,
                300,
                301,
                5 * MINUTE + 30,
                10 * MINUTE,
                15 * MINUTE,
                HOUR / 2,
                HOUR,
                HOUR + 301,
                2 * HOUR,
                10 * HOUR,
                DAY,
                DAY + 301,
                10 * DAY,
            ])),
            90 => match dice.below(8) {
                0..5 => Self::SetBack(dice.pick(&[1, 59, 200, 299, 300, 301, HOUR])),
                5 => Self::Leap(dice.pick(&[MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 30 * DAY])),
                _ => Self::Mend,
            },
            91 => match dice.below(4) {
                0 => Self::Restart { at },
                1 => Self::Confirm { at },
                _ => Self::Mend,
            },
            92..96 => {
                let mut asks: Vec<Ask> = (0..2 + dice.below(9)).map(|_| Ask::in_a_rush(dice)).collect();
                if dice.one_in(3) {
                    asks.extend_from_within(..1);
                }
                Self::Rush { at, asks }
            }
            96 => Self::Scramble { license, devices: 2 + dice.below(6) },
            _ => Self::Ask { at, ask: Ask::any(dice, What::Activate) },
        }
    }

    /// The codes that the operation is about.
    pub(crate) fn licenses(&self) -> Vec<usize> {
        match self {
            Self::Ask { ask, .. } => vec![ask.of.license],
            Self::Rush { asks, .. } => asks.iter().map(|ask| ask.of.license).collect(),
            Self::CheckOut { of, .. } | Self::Release { of, .. } | Self::Look { of, .. } | Self::Revoke { of } => {
                vec![of.license]
            }
            Self::Scramble { license, .. }
            | Self::Step { license, .. }
            | Self::Issue { license, .. }
            | Self::ChangeLicense { license, .. } => vec![*license],
            Self::ChangePolicy { .. }
            | Self::Pass(_)
            | Self::SetBack(_)
            | Self::Leap(_)
            | Self::Mend
            | Self::Confirm { .. }
            | Self::Restart { .. } => vec![],
        }
    }
}

impl Ask {
    fn any(dice: &mut Dice, what: What) -> Self {
        let of = Pair { license: dice.below(LICENSES), device: dice.below(DEVICES) };
        let lease =
            dice.one_in(4).then(|| dice.pick(&[1, MINUTE, 5 * MINUTE, HOUR / 2, 2 * HOUR, 10 * DAY, 999 * DAY]));
        Self { what, of, lease, old_token: dice.one_in(6) }
    }

    fn in_a_rush(dice: &mut Dice) -> Self {
        let what = dice.pick(&[What::Activate, What::Activate, What::Activate, What::Renew, What::CheckIn]);
        Self { lease: None, old_token: false, ..Self::any(dice, what) }
    }
}
