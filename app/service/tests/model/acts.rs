//! The model's other acts: releases, changes, and the passing of time.

use licensing::license::StateChange;

use crate::{
    answer::Answer,
    calls::{Body, Call, To},
    plain_terms::{Change, GivesUp},
    script::{Ask, INSTANCES, Op, Pair, What},
    world::{Over, State, Token, World, later},
};

impl World {
    /// Applies the operation and returns the expected answer.
    pub(crate) fn act(&mut self, op: &Op) -> Answer {
        match op {
            Op::Ask { ask, .. } => self.ask(*ask),
            Op::Rush { asks, .. } => Answer::of_a_crowd(asks.iter().map(|ask| self.ask(*ask)).collect()),
            Op::Everywhere { ask } => Answer::of_a_crowd((0..INSTANCES).map(|_| self.ask(*ask)).collect()),
            // Only the engine knows the order, so it runs first and the model follows in that order.
            Op::Scramble { .. } | Op::Restart { .. } => Answer::Done(0),
            Op::CheckOut { of, old_token, key, .. } => self.release_activation(*of, *old_token, *key, To::CheckOut),
            Op::Release { of, old_token, key, .. } => self.release_activation(*of, *old_token, *key, To::Release),
            Op::Look { of, old_token, .. } => self.look(*of, *old_token),
            Op::Revoke { of } => self.take_from(*of, Over::Revoked),
            Op::Free { of } => self.take_from(*of, Over::Released),
            Op::Undo { of } => self.undo(*of),
            Op::Block { of, reach, and_take } => self.block(*of, *reach, *and_take),
            Op::Unblock { which } => self.unblock(*which),
            Op::Enter { license, devices } => self.enter(self.slots[*license], devices),
            Op::Strike { of } => self.strike(*of),
            Op::Ticket { license, is_customer, .. } => self.give_ticket(self.slots[*license], *is_customer),
            Op::UseTicket { back, license, which, key, .. } => {
                self.use_ticket(*back, self.slots[*license], *which, *key)
            }
            Op::Request { at, of, lease, has_code, age } => {
                let file = self.write_request(*of, *lease, *has_code, *age);
                self.bring_there(*at, file, self.slots[of.license])
            }
            Op::Prove { at, back, forged, age } => match self.write_proof(*back, *forged, *age) {
                Some(file) => self.bring_there(*at, file, 0),
                None => Answer::Skipped,
            },
            Op::BringAgain { at, back, license } => match self.files.len().checked_sub(1 + back) {
                Some(file) => self.bring_there(*at, file, self.slots[*license]),
                None => Answer::Skipped,
            },
            Op::WriteAgain { back, .. } => self.write_again(*back),
            Op::Sweep { .. } => self.sweep(),
            Op::Step { license, step } => self.step(self.slots[*license], *step),
            Op::Issue { license, policy } => {
                if self.deal_of(*policy, &[]).contradicts_itself() {
                    return Answer::Invalid;
                }
                self.slots[*license] = self.issue(*policy);
                Answer::Done(0)
            }
            Op::ChangePolicy { policy, change } => {
                let plain_terms = self.deal_of(*policy, std::slice::from_ref(change));
                if plain_terms.contradicts_itself() {
                    return Answer::Invalid;
                }
                self.policies[*policy].plain_terms = plain_terms;
                Answer::Done(0)
            }
            Op::ChangeLicense { license, change } => self.change_license(self.slots[*license], change.as_ref()),
            Op::Pass(seconds) => {
                self.pass(*seconds);
                Answer::Done(0)
            }
            Op::SetBack(seconds) => {
                self.set_by(-i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Leap(seconds) => {
                self.set_by(i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Mend => {
                self.set_by(self.off_by());
                Answer::Done(0)
            }
            Op::Confirm { .. } if self.confirm() => Answer::Done(1),
            Op::Confirm { .. } => Answer::Skipped,
        }
    }

    /// The requests of a rush whose answers do not depend on how far the first has progressed when the last is read: a
    /// device comes once, or repeats the same request; no seat is taken over whose device requests something else; no
    /// session needs a lookup first; no two calls under the same key are in progress together.
    pub(crate) fn settled(&self, asks: &[Ask]) -> Vec<Ask> {
        let greedy: Vec<usize> = asks.iter().map(|ask| ask.of.license).collect();
        let greedy: Vec<_> = greedy.into_iter().filter(|slot| self.plain_terms(self.slots[*slot]).take_over).collect();
        let is_prey = |ask: &Ask| {
            greedy.iter().any(|slot| {
                let seat = self.seats.get(&(self.slots[*slot], ask.of.device));
                let lapsed = seat.is_some_and(|seat| seat.is_held(self.now) && seat.lease <= self.now);
                lapsed && (*slot != ask.of.license || !self.plain_terms(self.slots[*slot]).again)
            })
        };
        let mut settled: Vec<Ask> = vec![];
        for ask in asks {
            let late = |ask: &Ask| self.token(ask.of, false).is_none_or(|token| token.ends <= self.now / 1_000_000);
            let twice = settled.iter().any(|other| {
                let again = other.of == ask.of && (ask.what, other.what) != (What::Activate, What::Activate);
                let same_call = ask.key.is_some()
                    && (ask.what, ask.of.license, ask.key) == (other.what, other.of.license, other.key);
                again || same_call || (!greedy.is_empty() && other.of.device == ask.of.device)
            });
            if !twice && !is_prey(ask) && (ask.what == What::Activate || !late(ask)) {
                settled.push(*ask);
            }
        }
        settled
    }

    fn deal_of(&self, policy: usize, changes: &[Change]) -> crate::plain_terms::PlainTerms {
        let mut plain_terms = self.policies[policy].plain_terms.clone();
        changes.iter().for_each(|change| change.on(&mut plain_terms));
        plain_terms
    }

    fn change_license(&mut self, license: usize, change: Option<&Change>) -> Answer {
        if self.licenses[license].state == State::Revoked {
            return Answer::Conflict;
        }
        let own = own_after(&self.licenses[license].own, change);
        if self.deal_of(self.licenses[license].policy, &own).contradicts_itself() {
            return Answer::Invalid;
        }
        self.licenses[license].own = own;
        Answer::Done(0)
    }

    fn step(&mut self, license: usize, step: StateChange) -> Answer {
        let next = match (self.licenses[license].state, step) {
            (State::Active, StateChange::Suspend) => State::Suspended,
            (State::Suspended, StateChange::Reinstate) => State::Active,
            (State::Active | State::Suspended, StateChange::Revoke) => State::Revoked,
            (State::Active | State::Suspended | State::Revoked, _) => return Answer::Conflict,
        };
        self.licenses[license].state = next;
        let mut devices = 0;
        if next == State::Revoked {
            for ((of, _), seat) in &mut self.seats {
                if *of == license && seat.over != Some(Over::Revoked) {
                    devices += 1;
                    (seat.over, seat.hold) = (Some(Over::Revoked), seat.hold.min(self.now));
                }
            }
        }
        Answer::Done(devices)
    }

    /// A repeated call gets the stored answer, whatever has happened to the session since.
    fn release_activation(&mut self, of: Pair, old_token: bool, key: Option<usize>, to: To) -> Answer {
        let Some(token) = self.token(of, old_token) else { return Answer::Skipped };
        if let Err(no) = self.proves(token) {
            return no;
        }
        let call = key.map(|key| Call { to, about: token.session, key });
        let body = Body::bare(of.device);
        match self.came_to(call, body) {
            Some(Ok(done)) => return done.answer,
            Some(Err(no)) => return no,
            None => {}
        }
        let answer = match self.leave(self.key(of), token, to == To::Release) {
            Answer::Left(..) if to == To::Release => Answer::Done(0),
            other => other,
        };
        if matches!(answer, Answer::Left(..) | Answer::Done(_)) {
            self.remember(call, body, &answer, None);
        }
        answer
    }

    fn leave(&mut self, key: (usize, usize), token: Token, for_good: bool) -> Answer {
        match self.finds(key, token).map(drop) {
            Ok(()) => self.let_go(key, for_good),
            Err(no) => no,
        }
    }

    /// Releases a device's seat: permanently, or until the device checks in again.
    pub(crate) fn let_go(&mut self, key: (usize, usize), for_good: bool) -> Answer {
        let now = self.now;
        let seat = self.seats[&key].clone();
        if seat.over.is_some() {
            return self.refuse("session_not_found", "may_release");
        }
        let (plain_terms, license) = (self.plain_terms(key.0), &self.licenses[key.0]);
        let moves = seat.tokens_end > now;
        if for_good {
            let all: Vec<i64> = license.releases.iter().map(|(at, _)| *at).collect();
            let moved: Vec<i64> = license.releases.iter().filter(|(_, moved)| *moved).map(|(at, _)| *at).collect();
            let too_often = match (plain_terms.gives_up, plain_terms.moves) {
                (GivesUp::No, _) => return self.refuse("release_not_allowed", "may_release"),
                (GivesUp::Times(most, per), _) if full(&all, most, per, now).is_some() => full(&all, most, per, now),
                (GivesUp::Yes | GivesUp::Times(..), Some((most, per))) if moves => full(&moved, most, per, now),
                (GivesUp::Yes | GivesUp::Times(..), _) => None,
            };
            if let Some(at) = too_often {
                return Answer::Refused(format!("transfer_limit: next {}", self.tell(at)));
            }
            self.licenses[key.0].releases.push((now, moves));
        } else if !plain_terms.floating {
            return self.refuse("release_not_allowed", "may_release");
        }
        let seat = self.seats.get_mut(&key).unwrap();
        if for_good {
            seat.over = Some(Over::Released)
        } else {
            seat.out = true
        }
        seat.token = seat.tokens_end;
        seat.hold = if plain_terms.strict { seat.hold } else { seat.hold.min(now) };
        let (lease, token) = (seat.lease, seat.token);
        Answer::Left(self.tell(lease), self.tell(token))
    }

    fn look(&self, of: Pair, old_token: bool) -> Answer {
        let Some(token) = self.token(of, old_token) else { return Answer::Skipped };
        let seat = match self.proves(token).and_then(|()| self.finds(self.key(of), token)) {
            Ok(seat) => seat,
            Err(no) => return no,
        };
        let state = match seat {
            seat if seat.over == Some(Over::Revoked) => "Revoked",
            seat if seat.over == Some(Over::Released) => "Released",
            seat if seat.out => "CheckedOut",
            seat if !seat.is_held(self.now) => "Expired",
            seat if seat.lease <= self.now => "Lapsed",
            _ => "Active",
        };
        Answer::Stands(state.to_owned(), self.tell(seat.lease), self.tell(seat.hold))
    }
}

/// The license's own terms after the change; empty without one.
pub(crate) fn own_after(own: &[Change], change: Option<&Change>) -> Vec<Change> {
    let Some(change) = change else { return vec![] };
    let others = own.iter().filter(|other| !other.is_of_the_term_of(change)).cloned();
    others.chain([change.clone()]).collect()
}

/// If `most` of the times are within the period that ends now: the time at which there is room for one more.
fn full(times: &[i64], most: u32, per: u64, now: i64) -> Option<i64> {
    let mut leave: Vec<i64> = times.iter().map(|at| later(*at, per)).filter(|leave| *leave > now).collect();
    leave.sort_unstable();
    // Enough of them must leave the period to keep one fewer than `most`.
    leave.len().checked_sub(most as usize).map(|before| leave[before])
}
