//! Random scripts from a seed.

use licensing::license::Step;

use crate::{
    deal::{Change, DAY, HOUR, MINUTE},
    dice::Dice,
    script::{Ask, DEVICES, INSTANCES, LICENSES, Op, POLICIES, Pair, Reach, What},
};

/// Number of idempotency keys in use.
const KEYS: usize = 2;
/// A repeated call is one of the last this many.
const BACK: usize = 4;

/// A script of `length` operations. Calls under a key are sometimes repeated, at either instance.
pub(crate) fn script(dice: &mut Dice, length: usize) -> Vec<Op> {
    let mut script: Vec<Op> = vec![];
    for _ in 0..length {
        let again = if dice.one_in(12) { again(&script, dice) } else { None };
        script.push(again.unwrap_or_else(|| Op::any(dice)));
        if dice.one_in(40) {
            script.extend(Op::mistake(dice));
        }
        // A ticket is used right away, sometimes more than once.
        if let Some(Op::Ticket { license, .. }) = script.last() {
            let license = *license;
            let uses: Vec<Op> = (0..dice.below(4)).map(|_| Op::use_of_a_ticket(dice, 0, license)).collect();
            script.extend(uses);
        }
    }
    script.truncate(length);
    script
}

/// One of the last calls under a key, at a random instance.
fn again(script: &[Op], dice: &mut Dice) -> Option<Op> {
    let somewhere = dice.below(INSTANCES);
    let mut call = script.iter().rev().filter(|op| op.key().is_some()).nth(dice.below(BACK))?.clone();
    if let Op::Ask { at, .. } | Op::CheckOut { at, .. } | Op::Release { at, .. } | Op::UseTicket { at, .. } = &mut call
    {
        *at = somewhere;
    }
    Some(call)
}

impl Op {
    fn any(dice: &mut Dice) -> Self {
        match dice.below(20) {
            0..10 => Self::of_a_device(dice),
            10..12 => Self::of_a_customer(dice),
            12..15 => Self::of_staff(dice),
            15..18 => Self::of_time(dice),
            _ => Self::of_a_crowd(dice),
        }
    }

    fn of_a_device(dice: &mut Dice) -> Self {
        let (at, of, old_token) = (dice.below(INSTANCES), Pair::any(dice), dice.one_in(5));
        let key = dice.one_in(4).then(|| dice.below(KEYS));
        match dice.below(62) {
            0..32 => Self::Ask { at, ask: Ask::any(dice, What::Activate) },
            32..40 => Self::Ask { at, ask: Ask::any(dice, What::Renew) },
            40..48 => Self::Ask { at, ask: Ask::any(dice, What::CheckIn) },
            48..53 => Self::CheckOut { at, of, old_token, key },
            53..59 => Self::Release { at, of, old_token, key },
            _ => Self::Look { at, of, old_token },
        }
    }

    /// Operations that need no connected device: offline files and tickets.
    fn of_a_customer(dice: &mut Dice) -> Self {
        let (somewhere, of, back) = (dice.below(INSTANCES), Pair::any(dice), dice.below(BACK));
        let at = (!dice.one_in(5)).then_some(somewhere);
        let (day, month) = (86_400, 30 * 86_400);
        let age = if dice.one_in(4) { dice.pick(&[-day - 1, -day, 60, month - 1, month]) } else { 0 };
        match dice.below(17) {
            0..5 => Self::Request { at, of, lease: lease(dice), has_code: !dice.one_in(4), age },
            5 | 6 => Self::Prove { at, back: back / 2, forged: dice.one_in(5), age },
            7 | 8 => Self::BringAgain { at, back, license: of.license },
            9 | 10 => Self::WriteAgain { at: somewhere, back: back / 2 },
            11..14 => Self::Ticket { at: somewhere, license: of.license, is_customer: !dice.one_in(5) },
            _ => Self::use_of_a_ticket(dice, back / 2, of.license),
        }
    }

    fn use_of_a_ticket(dice: &mut Dice, back: usize, license: usize) -> Self {
        let key = dice.one_in(3).then(|| dice.below(KEYS));
        Self::UseTicket { at: dice.below(INSTANCES), back, license, which: dice.below(DEVICES), key }
    }

    /// Support frees a seat and undoes that. The steps before and in between make it hard: a check-out, a change of
    /// terms, another device.
    fn mistake(dice: &mut Dice) -> Vec<Self> {
        let of = Pair::any(dice);
        let at = dice.below(INSTANCES);
        let other = Pair { device: dice.below(DEVICES), ..of };
        let set = |change| Self::ChangeLicense { license: of.license, change: Some(change) };
        // Mostly all of the steps, so that rare ones meet.
        let usual = dice.one_in(2);
        let tell = |dice: &mut Dice| !dice.one_in(if usual { 12 } else { 2 });
        let strict = usual || dice.one_in(2);
        let before = [
            set(Change::Seats(Some(1))),
            set(Change::Floating(true)),
            set(Change::Strict(strict)),
            Self::Ask { at, ask: Ask { of, key: None, ..Ask::any(dice, What::Activate) } },
            Self::CheckOut { at, of, old_token: false, key: None },
            set(Change::Strict(!strict)),
        ];
        let between = [
            set(if dice.one_in(2) { Change::Strict(!strict) } else { Change::any(dice) }),
            Self::Ask { at, ask: Ask { of: other, key: None, ..Ask::any(dice, What::Activate) } },
            Self::Pass(dice.pick(&[1, 1, 599, 600])),
        ];
        let mut all: Vec<Self> = before.into_iter().filter(|_| tell(dice)).collect();
        all.push(dice.pick(&[Self::Free { of }, Self::Revoke { of }]));
        all.extend(between.into_iter().filter(|_| tell(dice)));
        all.push(Self::Undo { of });
        all
    }

    fn of_staff(dice: &mut Dice) -> Self {
        let of = Pair::any(dice);
        match dice.below(37) {
            0..3 => Self::Revoke { of },
            3..6 => {
                let step = if dice.one_in(8) { Step::Revoke } else { Step::Reinstate };
                Self::Step { license: of.license, step: if dice.one_in(4) { Step::Suspend } else { step } }
            }
            6..11 => Self::Issue { license: of.license, policy: dice.below(POLICIES) },
            11..15 => Self::ChangePolicy { policy: dice.below(POLICIES), change: Change::any(dice) },
            15..20 => Self::ChangeLicense { license: of.license, change: (!dice.one_in(4)).then(|| Change::any(dice)) },
            20..26 => {
                let reach =
                    dice.pick(&[Reach::License, Reach::License, Reach::License, Reach::Product, Reach::Everything]);
                Self::Block { of, reach, and_take: dice.one_in(2) }
            }
            26..31 => Self::Unblock { which: dice.below(LICENSES * DEVICES) },
            31..35 => {
                let devices = (0..=dice.below(DEVICES)).map(|_| dice.below(DEVICES)).collect();
                Self::Enter { license: of.license, devices }
            }
            35 => Self::Strike { of },
            _ => Self::Sweep { at: dice.below(INSTANCES) },
        }
    }

    fn of_time(dice: &mut Dice) -> Self {
        let at = dice.below(INSTANCES);
        match dice.below(17) {
            0 => match dice.below(8) {
                0..5 => Self::SetBack(dice.pick(&[1, 59, 200, 299, 300, 301, HOUR])),
                5 => Self::Leap(dice.pick(&[MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 30 * DAY])),
                _ => Self::Mend,
            },
            1 => match dice.below(4) {
                0 => Self::Restart { at },
                1 => Self::Confirm { at },
                _ => Self::Mend,
            },
            _ => Self::Pass(dice.pick(&[
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
        }
    }

    fn of_a_crowd(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0..4 => {
                let mut asks: Vec<Ask> = (0..2 + dice.below(9)).map(|_| Ask::in_a_rush(dice)).collect();
                if dice.one_in(3) {
                    asks.extend_from_within(..1);
                }
                Self::Rush { at: dice.below(INSTANCES), asks }
            }
            4 => Self::Scramble { license: dice.below(LICENSES), devices: 2 + dice.below(6) },
            _ => {
                let what = dice.pick(&[What::Activate, What::Activate, What::Renew, What::CheckIn]);
                Self::Everywhere { ask: Ask { key: Some(dice.below(KEYS)), ..Ask::any(dice, what) } }
            }
        }
    }
}

impl Pair {
    fn any(dice: &mut Dice) -> Self {
        Self { license: dice.below(LICENSES), device: dice.below(DEVICES) }
    }
}

fn lease(dice: &mut Dice) -> Option<u64> {
    dice.one_in(4).then(|| dice.pick(&[1, MINUTE, 5 * MINUTE, HOUR / 2, 2 * HOUR, 10 * DAY, 999 * DAY]))
}

impl Ask {
    fn any(dice: &mut Dice, what: What) -> Self {
        let (of, lease) = (Pair::any(dice), lease(dice));
        Self { what, of, lease, old_token: dice.one_in(6), key: dice.one_in(4).then(|| dice.below(KEYS)) }
    }

    fn in_a_rush(dice: &mut Dice) -> Self {
        let what = dice.pick(&[What::Activate, What::Activate, What::Activate, What::Renew, What::CheckIn]);
        Self { lease: None, old_token: false, ..Self::any(dice, what) }
    }
}
