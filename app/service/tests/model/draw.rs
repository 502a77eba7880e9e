//! Scripts, drawn by chance from a seed.

use licensing::license::Step;

use crate::{
    deal::{Change, DAY, HOUR, MINUTE},
    dice::Dice,
    script::{Ask, DEVICES, INSTANCES, LICENSES, Op, POLICIES, Pair, Reach, What},
};

/// How many keys calls are made under.
const KEYS: usize = 2;
/// So many calls back, one is repeated.
const BACK: usize = 4;

/// A script of so many operations. Calls that are done once come again, at either instance.
pub(crate) fn script(dice: &mut Dice, length: usize) -> Vec<Op> {
    let mut script: Vec<Op> = vec![];
    for _ in 0..length {
        let again = if dice.one_in(12) { again(&script, dice) } else { None };
        script.push(again.unwrap_or_else(|| Op::any(dice)));
    }
    script
}

/// One of the last calls under a key.
fn again(script: &[Op], dice: &mut Dice) -> Option<Op> {
    let somewhere = dice.below(INSTANCES);
    let mut call = script.iter().rev().filter(|op| op.key().is_some()).nth(dice.below(BACK))?.clone();
    if let Op::Ask { at, .. } | Op::CheckOut { at, .. } | Op::Release { at, .. } = &mut call {
        *at = somewhere;
    }
    Some(call)
}

impl Op {
    pub(crate) fn any(dice: &mut Dice) -> Self {
        let at = dice.below(INSTANCES);
        let license = dice.below(LICENSES);
        let of = Pair { license, device: dice.below(DEVICES) };
        let old_token = dice.one_in(5);
        let key = dice.one_in(4).then(|| dice.below(KEYS));
        match dice.below(115) {
            0..28 => Self::Ask { at, ask: Ask::any(dice, What::Activate) },
            28..36 => Self::Ask { at, ask: Ask::any(dice, What::Renew) },
            36..45 => Self::Ask { at, ask: Ask::any(dice, What::CheckIn) },
            45..50 => Self::CheckOut { at, of, old_token, key },
            50..56 => Self::Release { at, of, old_token, key },
            56..59 => Self::Look { at, of, old_token },
            59..62 => Self::Revoke { of },
            62..65 => {
                let step = if dice.one_in(8) { Step::Revoke } else { Step::Reinstate };
                Self::Step { license, step: if dice.one_in(4) { Step::Suspend } else { step } }
            }
            65 | 111..115 => Self::Issue { license, policy: dice.below(POLICIES) },
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
            100..103 => {
                let reach = dice.pick(&[Reach::License, Reach::License, Reach::Product, Reach::Everything]);
                Self::Block { of, reach, and_take: dice.one_in(2) }
            }
            103..107 => Self::Unblock { which: dice.below(LICENSES * DEVICES) },
            107..110 => {
                let what = dice.pick(&[What::Activate, What::Activate, What::Renew, What::CheckIn]);
                Self::Everywhere { ask: Ask { key: Some(dice.below(KEYS)), ..Ask::any(dice, what) } }
            }
            110 => Self::Sweep { at },
            96 => Self::Scramble { license, devices: 2 + dice.below(6) },
            _ => Self::Ask { at, ask: Ask::any(dice, What::Activate) },
        }
    }
}

impl Ask {
    fn any(dice: &mut Dice, what: What) -> Self {
        let of = Pair { license: dice.below(LICENSES), device: dice.below(DEVICES) };
        let lease =
            dice.one_in(4).then(|| dice.pick(&[1, MINUTE, 5 * MINUTE, HOUR / 2, 2 * HOUR, 10 * DAY, 999 * DAY]));
        Self { what, of, lease, old_token: dice.one_in(6), key: dice.one_in(4).then(|| dice.below(KEYS)) }
    }

    fn in_a_rush(dice: &mut Dice) -> Self {
        let what = dice.pick(&[What::Activate, What::Activate, What::Activate, What::Renew, What::CheckIn]);
        Self { lease: None, old_token: false, ..Self::any(dice, what) }
    }
}
