//! The model's support: seats that are freed or revoked, and the undo of both.

use crate::{
    answer::Answer,
    plain_terms::Within,
    script::Pair,
    world::{Before, Over, State, World, later},
};

/// Time within which support may undo that it freed a seat, in seconds.
const UNDO: u64 = 600;

impl World {
    pub(crate) fn take_from(&mut self, of: Pair, how: Over) -> Answer {
        let key = self.key(of);
        match self.seats.get(&key).map(|seat| seat.over) {
            None => return Answer::Skipped,
            Some(Some(_)) => return Answer::Conflict,
            Some(None) => self.take(key, how),
        }
        Answer::Done(0)
    }

    /// Ends a session on behalf of its device. A seat that cools down counts until its tokens have ended.
    pub(crate) fn take(&mut self, key: (usize, usize), how: Over) {
        let (strict, now) = (self.plain_terms(key.0).strict, self.now);
        let seat = self.seats.get_mut(&key).unwrap();
        seat.before = Some(Before { taken: now, hold: seat.hold, token: seat.token });
        seat.over = Some(how);
        seat.token = seat.tokens_end;
        seat.hold = if strict { seat.hold } else { seat.hold.min(now) };
    }

    /// Restores the seat as it was, unless a seat that counts again would exceed the limit.
    pub(crate) fn undo(&mut self, of: Pair) -> Answer {
        let (key, now) = (self.key(of), self.now);
        let Some(seat) = self.seats.get(&key) else { return Answer::Skipped };
        let Some(before) = seat.before.filter(|before| later(before.taken, UNDO) > now) else {
            return Answer::Conflict;
        };
        let (license, plain_terms) = (key.0, self.plain_terms(key.0));
        let counts_anew = before.hold > now && !seat.is_held(now);
        let full = plain_terms.allowed().is_some_and(|allowed| self.held(license).count() >= allowed as usize);
        let elsewhere = before.hold > now
            && plain_terms.one_seat_in != Within::License
            && self.is_elsewhere(license, key.1, plain_terms.one_seat_in);
        if self.licenses[license].state == State::Revoked || (counts_anew && full) || elsewhere {
            return Answer::Conflict;
        }
        let seat = self.seats.get_mut(&key).unwrap();
        (seat.hold, seat.token, seat.over, seat.before) = (before.hold, before.token, None, None);
        Answer::Done(0)
    }
}
