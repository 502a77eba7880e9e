//! The rules of this crate, called with small numbers: a tick is five minutes, the allowed clock skew, and times are
//! counted in ticks from now.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Overrides, Refusal, Span, Terms,
    activation::{
        CheckIn, DeviceFacts, Facts, LicenseFacts, Purpose, Request, SeatCount, Snapshot, check_in, decide, is_repeat,
    },
    feature::FeatureValues,
    license::State,
    product::Lifecycle,
    release::{By, Past, ReleaseAct, release},
    terms::{Holding, Lease, Release, Seats, Strictness, Transfers, WhenFull},
    undo::{RevokedSeat, UndoContext, undo},
};

use crate::{
    seats::Seats as Model,
    state::{DEVICES, Op, Row, Task},
};

const TICK: Span = Span::minutes(5);
const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// The outcome of an operation.
pub(crate) enum Outcome {
    /// Rows were written. A token that ends at `token` is to be signed.
    Written {
        token: Option<i8>,
        new_session: bool,
    },
    /// Answered from the record, with a token that ends at this tick.
    Repeated(i8),
    Full,
    Refused,
}

/// A license under strict and under lenient terms.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    strict: LicenseFacts,
    lenient: LicenseFacts,
    snapshot: Snapshot,
}

pub(crate) fn at(tick: i8) -> DateTime<Utc> {
    NOW + TimeDelta::minutes(5 * i64::from(tick))
}

fn tick(at: DateTime<Utc>) -> i8 {
    let seconds = (at - NOW).num_seconds();
    assert_eq!(seconds % 300, 0, "every time is a whole tick");
    i8::try_from(seconds / 300).unwrap()
}

fn ticks(n: u64) -> Span {
    Span::seconds(n * TICK.as_seconds())
}

impl Law {
    pub(crate) fn of(model: &Model) -> Self {
        let terms = |strictness| Terms {
            seats: Seats::Limited(model.seats),
            holding: if model.floating { Holding::Floating } else { Holding::Fixed },
            when_full: if model.take_over { WhenFull::TakeOver } else { WhenFull::Refuse },
            lease: Lease { minimum: ticks(1), default: ticks(model.usual()), maximum: ticks(2) },
            grace: ticks(1),
            release: Release::ByDevice,
            transfers: Transfers::Unlimited,
            strictness,
            ..Terms::default().with(&Overrides::default())
        };
        let facts = |strictness| LicenseFacts {
            lifecycle: Lifecycle::Active,
            state: State::Active,
            terms: terms(strictness),
            email: None,
            issued_at: NOW,
            first_activated_at: Some(NOW),
        };
        let (strict, lenient) = (facts(Strictness::Strict), facts(Strictness::Lenient));
        let snapshot = Snapshot::new(String::new(), None, &strict.terms, &[], &FeatureValues::new());
        Self { strict, lenient, snapshot }
    }

    fn license(&self, strict: bool) -> &LicenseFacts {
        if strict { &self.strict } else { &self.lenient }
    }

    fn device(&self, row: &Row) -> DeviceFacts {
        DeviceFacts {
            lease_ends_at: at(row.lease),
            token_expires_at: at(row.token),
            hold_until: at(row.hold),
            revoked: false,
            released: row.over,
            checked_out: row.out,
            last_seen_at: at(row.seen),
            snapshot: self.snapshot.clone(),
        }
    }

    /// Returns `true` if the device may be answered from this record at `now`.
    pub(crate) fn repeats(&self, row: &Row, op: Op, now: i8) -> bool {
        row.exists && self.ask(&[*row, Row::default(), Row::default()], 0, op, false, now).is_ok_and(|grant| grant.1)
    }

    /// Returns the desk's decision, and `true` if it is a repeat.
    fn ask(
        &self,
        rows: &[Row; DEVICES],
        device: usize,
        op: Op,
        strict: bool,
        now: i8,
    ) -> Result<(licensing::activation::Grant, bool), Refusal> {
        let (license, row) = (self.license(strict), &rows[device]);
        let facts = row.exists.then(|| self.device(row));
        let used = u32::try_from(held(rows, now)).unwrap();
        let lapsed = u32::try_from(lapsed(rows, now, false).len()).unwrap();
        let seats = SeatCount { used, next_at: None, lapsed };
        let purpose = if op == Op::CheckIn { Purpose::CheckIn } else { Purpose::Activate };
        let lease = (op == Op::ActivateShort).then(|| ticks(1));
        let request = Request { purpose, lease, ..Request::default() };
        let facts = Facts { license: Some(license), device: facts.as_ref(), seats, ..Facts::default() };
        let grant = decide(facts, &request, at(now)).map_err(|refused| refused.refusal)?;
        let repeats = facts.device.is_some_and(|device| match purpose {
            Purpose::CheckIn => matches!(check_in(device, &license.terms, at(now)), CheckIn::Nothing { .. }),
            Purpose::Activate | Purpose::Renew => is_repeat(&grant, device, &self.snapshot, at(now)),
        });
        Ok((grant, repeats))
    }

    /// Applies the operation to the rows. `tie` selects which of two seats that lapsed at the same time is taken over.
    pub(crate) fn act(
        &self,
        rows: &mut [Row; DEVICES],
        task: Task,
        strict: bool,
        (now, tie): (i8, bool),
        model: &Model,
    ) -> Outcome {
        let device = usize::from(task.device);
        match task.op {
            Op::Activate | Op::ActivateShort | Op::CheckIn => {
                if task.op == Op::CheckIn && !task.current {
                    return Outcome::Refused;
                }
                let (grant, repeats) = match self.ask(rows, device, task.op, strict, now) {
                    Ok(granted) => granted,
                    Err(Refusal::SeatLimit { .. }) => return Outcome::Full,
                    Err(_) => return Outcome::Refused,
                };
                if repeats {
                    return Outcome::Repeated(rows[device].token);
                }
                for lost in lapsed(rows, now, tie).into_iter().take(grant.takes_over as usize) {
                    let tokens_end = self.device(&rows[lost]).tokens_end_at();
                    rows[lost] = Row { token: tick(tokens_end), hold: now, ..rows[lost] };
                }
                let new_session = !grant.seating.goes_on();
                let (lease, token) = (tick(grant.lease_ends_at), tick(grant.token_expires_at));
                let taken = rows[device].taken.filter(|_| !new_session);
                let hold = tick(grant.hold_until);
                rows[device] = Row { exists: true, lease, token, hold, seen: now, over: false, out: false, taken };
                Outcome::Written { token: Some(token), new_session }
            }
            Op::Release | Op::CheckOut | Op::Free => self.release_activation(&mut rows[device], task, strict, now),
            Op::Undo => self.undo(rows, task, strict, now, model),
        }
    }

    fn release_activation(&self, row: &mut Row, task: Task, strict: bool, now: i8) -> Outcome {
        if !task.current || !row.exists {
            return Outcome::Refused;
        }
        let (by, act) = match task.op {
            Op::CheckOut => (By::Device, ReleaseAct::CheckOut),
            Op::Free => (By::Support, ReleaseAct::Release),
            _ => (By::Device, ReleaseAct::Release),
        };
        let terms = &self.license(strict).terms;
        let Ok(released) = release(terms, &self.device(row), Past::default(), by, act, at(now)) else {
            return Outcome::Refused;
        };
        if by == By::Support {
            row.taken = Some((now, row.hold, row.token));
        }
        (row.hold, row.token) = (tick(released.hold_until), tick(released.tokens_end_at));
        if act == ReleaseAct::CheckOut {
            row.out = true
        } else {
            row.over = true
        }
        Outcome::Written { token: None, new_session: false }
    }

    fn undo(&self, rows: &mut [Row; DEVICES], task: Task, strict: bool, now: i8, model: &Model) -> Outcome {
        let row = rows[usize::from(task.device)];
        let Some((when, hold, token)) = row.taken.filter(|_| task.current && row.over) else { return Outcome::Refused };
        let taken = RevokedSeat {
            at: at(when),
            hold_until: at(hold),
            tokens_end_at: at(token),
            cools_down: row.hold > now,
            checked_out: row.out,
        };
        let used = if model.undoes_blindly(row.out) { 0 } else { held(rows, now) };
        let license = self.license(strict);
        let used = u32::try_from(used).unwrap();
        let around = UndoContext { state: license.state, terms: &license.terms, used, elsewhere: false };
        if undo(taken, around, at(now)).is_err() {
            return Outcome::Refused;
        }
        rows[usize::from(task.device)] = Row { hold, token, over: false, taken: None, ..row };
        Outcome::Written { token: None, new_session: false }
    }
}

/// Number of seats in use at `now`.
pub(crate) fn held(rows: &[Row; DEVICES], now: i8) -> usize {
    rows.iter().filter(|row| row.exists && row.hold > now).count()
}

/// The seats that can be taken over, first to last.
fn lapsed(rows: &[Row; DEVICES], now: i8, tie: bool) -> Vec<usize> {
    let is_lapsed = |row: &Row| row.exists && row.hold > now && row.lease <= now && !row.over;
    let mut lapsed: Vec<usize> = (0..DEVICES).filter(|n| is_lapsed(&rows[*n])).collect();
    if tie {
        lapsed.reverse();
    }
    lapsed.sort_by_key(|n| rows[*n].lease);
    lapsed
}
