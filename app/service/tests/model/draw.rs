//! Random scripts from a seed.

use licensing::license::StateChange;

use crate::{
    plain_terms::{Change, DAY, HOUR, MINUTE},
    rng::SeededRng,
    script::{Ask, DEVICES, INSTANCES, LICENSES, Op, POLICIES, Pair, Reach, What},
};

/// Number of idempotency keys in use.
const KEYS: usize = 2;
/// A repeated call is one of the last this many.
const BACK: usize = 4;

/// A script of `length` operations. Calls under a key are sometimes repeated, at either instance.
pub(crate) fn script(rng: &mut SeededRng, length: usize) -> Vec<Op> {
    let mut script: Vec<Op> = vec![];
    for _ in 0..length {
        let again = if rng.one_in(12) { again(&script, rng) } else { None };
        script.push(again.unwrap_or_else(|| Op::any(rng)));
        if rng.one_in(40) {
            script.extend(Op::mistake(rng));
        }
        // A ticket is used right away, sometimes more than once.
        if let Some(Op::Ticket { license, .. }) = script.last() {
            let license = *license;
            let uses: Vec<Op> = (0..rng.below(4)).map(|_| Op::use_of_a_ticket(rng, 0, license)).collect();
            script.extend(uses);
        }
    }
    script.truncate(length);
    script
}

/// One of the last calls under a key, at a random instance.
fn again(script: &[Op], rng: &mut SeededRng) -> Option<Op> {
    let somewhere = rng.below(INSTANCES);
    let mut call = script.iter().rev().filter(|op| op.key().is_some()).nth(rng.below(BACK))?.clone();
    if let Op::Ask { at, .. } | Op::CheckOut { at, .. } | Op::Release { at, .. } | Op::UseTicket { at, .. } = &mut call
    {
        *at = somewhere;
    }
    Some(call)
}

impl Op {
    fn any(rng: &mut SeededRng) -> Self {
        match rng.below(20) {
            0..10 => Self::of_a_device(rng),
            10..12 => Self::of_a_customer(rng),
            12..15 => Self::of_staff(rng),
            15..18 => Self::of_time(rng),
            _ => Self::of_a_crowd(rng),
        }
    }

    fn of_a_device(rng: &mut SeededRng) -> Self {
        let (at, of, old_token) = (rng.below(INSTANCES), Pair::any(rng), rng.one_in(5));
        let key = rng.one_in(4).then(|| rng.below(KEYS));
        match rng.below(62) {
            0..32 => Self::Ask { at, ask: Ask::any(rng, What::Activate) },
            32..40 => Self::Ask { at, ask: Ask::any(rng, What::Renew) },
            40..48 => Self::Ask { at, ask: Ask::any(rng, What::CheckIn) },
            48..53 => Self::CheckOut { at, of, old_token, key },
            53..59 => Self::Release { at, of, old_token, key },
            _ => Self::Look { at, of, old_token },
        }
    }

    /// Operations that need no connected device: offline files and tickets.
    fn of_a_customer(rng: &mut SeededRng) -> Self {
        let (somewhere, of, back) = (rng.below(INSTANCES), Pair::any(rng), rng.below(BACK));
        let at = (!rng.one_in(5)).then_some(somewhere);
        let (day, month) = (86_400, 30 * 86_400);
        let age = if rng.one_in(4) { rng.pick(&[-day - 1, -day, 60, month - 1, month]) } else { 0 };
        match rng.below(17) {
            0..5 => Self::Request { at, of, lease: lease(rng), has_code: !rng.one_in(4), age },
            5 | 6 => Self::Prove { at, back: back / 2, forged: rng.one_in(5), age },
            7 | 8 => Self::BringAgain { at, back, license: of.license },
            9 | 10 => Self::WriteAgain { at: somewhere, back: back / 2 },
            11..14 => Self::Ticket { at: somewhere, license: of.license, is_customer: !rng.one_in(5) },
            _ => Self::use_of_a_ticket(rng, back / 2, of.license),
        }
    }

    fn use_of_a_ticket(rng: &mut SeededRng, back: usize, license: usize) -> Self {
        let key = rng.one_in(3).then(|| rng.below(KEYS));
        Self::UseTicket { at: rng.below(INSTANCES), back, license, which: rng.below(DEVICES), key }
    }

    /// Support frees a seat and undoes that. The steps before and in between make it hard: a check-out, a change of
    /// terms, another device.
    fn mistake(rng: &mut SeededRng) -> Vec<Self> {
        let of = Pair::any(rng);
        let at = rng.below(INSTANCES);
        let other = Pair { device: rng.below(DEVICES), ..of };
        let set = |change| Self::ChangeLicense { license: of.license, change: Some(change) };
        // Mostly all of the steps, so that rare ones meet.
        let usual = rng.one_in(2);
        let tell = |rng: &mut SeededRng| !rng.one_in(if usual { 12 } else { 2 });
        let strict = usual || rng.one_in(2);
        let before = [
            set(Change::Seats(Some(1))),
            set(Change::Floating(true)),
            set(Change::Strict(strict)),
            Self::Ask { at, ask: Ask { of, key: None, ..Ask::any(rng, What::Activate) } },
            Self::CheckOut { at, of, old_token: false, key: None },
            set(Change::Strict(!strict)),
        ];
        let between = [
            set(if rng.one_in(2) { Change::Strict(!strict) } else { Change::any(rng) }),
            Self::Ask { at, ask: Ask { of: other, key: None, ..Ask::any(rng, What::Activate) } },
            Self::Pass(rng.pick(&[1, 1, 599, 600])),
        ];
        let mut all: Vec<Self> = before.into_iter().filter(|_| tell(rng)).collect();
        all.push(rng.pick(&[Self::Free { of }, Self::Revoke { of }]));
        all.extend(between.into_iter().filter(|_| tell(rng)));
        all.push(Self::Undo { of });
        all
    }

    fn of_staff(rng: &mut SeededRng) -> Self {
        let of = Pair::any(rng);
        match rng.below(37) {
            0..3 => Self::Revoke { of },
            3..6 => {
                let step = if rng.one_in(8) { StateChange::Revoke } else { StateChange::Reinstate };
                Self::Step { license: of.license, step: if rng.one_in(4) { StateChange::Suspend } else { step } }
            }
            6..11 => Self::Issue { license: of.license, policy: rng.below(POLICIES) },
            11..15 => Self::ChangePolicy { policy: rng.below(POLICIES), change: Change::any(rng) },
            15..20 => Self::ChangeLicense { license: of.license, change: (!rng.one_in(4)).then(|| Change::any(rng)) },
            20..26 => {
                let reach =
                    rng.pick(&[Reach::License, Reach::License, Reach::License, Reach::Product, Reach::Everything]);
                Self::Block { of, reach, and_take: rng.one_in(2) }
            }
            26..31 => Self::Unblock { which: rng.below(LICENSES * DEVICES) },
            31..35 => {
                let devices = (0..=rng.below(DEVICES)).map(|_| rng.below(DEVICES)).collect();
                Self::Enter { license: of.license, devices }
            }
            35 => Self::Strike { of },
            _ => Self::Sweep { at: rng.below(INSTANCES) },
        }
    }

    fn of_time(rng: &mut SeededRng) -> Self {
        let at = rng.below(INSTANCES);
        match rng.below(17) {
            0 => match rng.below(8) {
                0..5 => Self::SetBack(rng.pick(&[1, 59, 200, 299, 300, 301, HOUR])),
                5 => Self::Leap(rng.pick(&[MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 30 * DAY])),
                _ => Self::Mend,
            },
            1 => match rng.below(4) {
                0 => Self::Restart { at },
                1 => Self::Confirm { at },
                _ => Self::Mend,
            },
            _ => Self::Pass(rng.pick(&[
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

    fn of_a_crowd(rng: &mut SeededRng) -> Self {
        match rng.below(8) {
            0..4 => {
                let mut asks: Vec<Ask> = (0..2 + rng.below(9)).map(|_| Ask::in_a_rush(rng)).collect();
                if rng.one_in(3) {
                    asks.extend_from_within(..1);
                }
                Self::Rush { at: rng.below(INSTANCES), asks }
            }
            4 => Self::Scramble { license: rng.below(LICENSES), devices: 2 + rng.below(6) },
            _ => {
                let what = rng.pick(&[What::Activate, What::Activate, What::Renew, What::CheckIn]);
                Self::Everywhere { ask: Ask { key: Some(rng.below(KEYS)), ..Ask::any(rng, what) } }
            }
        }
    }
}

impl Pair {
    fn any(rng: &mut SeededRng) -> Self {
        Self { license: rng.below(LICENSES), device: rng.below(DEVICES) }
    }
}

fn lease(rng: &mut SeededRng) -> Option<u64> {
    rng.one_in(4).then(|| rng.pick(&[1, MINUTE, 5 * MINUTE, HOUR / 2, 2 * HOUR, 10 * DAY, 999 * DAY]))
}

impl Ask {
    fn any(rng: &mut SeededRng, what: What) -> Self {
        let (of, lease) = (Pair::any(rng), lease(rng));
        Self { what, of, lease, old_token: rng.one_in(6), key: rng.one_in(4).then(|| rng.below(KEYS)) }
    }

    fn in_a_rush(rng: &mut SeededRng) -> Self {
        let what = rng.pick(&[What::Activate, What::Activate, What::Activate, What::Renew, What::CheckIn]);
        Self { lease: None, old_token: false, ..Self::any(rng, what) }
    }
}
