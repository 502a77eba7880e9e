//! The model's desk: decides whether a device may run now.

use crate::{
    answer::{Answer, Granted},
    calls::{Body, Call, Done},
    plain_terms::{PlainTerms, Runs, Within},
    script::{Ask, What},
    world::{SECOND, SKEW, Seat, State, Token, World, later, second},
};

/// A grant before it is recorded.
pub(crate) struct Yes {
    lease: i64,
    token: i64,
    stops: Option<i64>,
    /// The earlier end of the license and of the device's trial.
    end: Option<i64>,
    trial_begins: bool,
    victims: Vec<(usize, usize)>,
}

impl World {
    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        let Ask { what, of, lease, old_token, key: under } = ask;
        let key = self.key(of);
        let session = match what {
            What::Activate => None,
            What::Renew | What::CheckIn => {
                let Some(token) = self.token(of, old_token) else { return Answer::Skipped };
                if let Err(no) = self.proves(token).and_then(|()| self.may_come_late(key, token)) {
                    return no;
                }
                Some(token.session)
            }
        };
        if !self.trusted {
            return Answer::Unavailable;
        }
        let about = session.unwrap_or(key.0);
        // An ended code is answered like an unknown one, even if a call under its key succeeded before.
        if let Some(no) = self.judge(key, what, session, lease).err().filter(Answer::hides_license) {
            return no;
        }
        let call = under.map(|under| Call { to: what.into(), about, key: under });
        match self.came_to(call, Body::of(&ask)) {
            Some(Ok(done)) => return self.give_again(key, session, lease, done),
            Some(Err(no)) => return no,
            None => {}
        }
        match self.judge(key, what, session, lease) {
            Ok(yes) => {
                let (answer, token) = self.grant(key, what, yes, false);
                self.remember(call, Body::of(&ask), &answer, token);
                answer
            }
            Err(no) => no,
        }
    }

    /// Repeats a stored answer, but only to a session that could be renewed and holds its seat. Otherwise a repeated
    /// call could revive a token.
    fn give_again(&mut self, key: (usize, usize), session: Option<usize>, lease: Option<u64>, done: Done) -> Answer {
        if let Err(no) = self.judge(key, What::Renew, session, lease) {
            return no;
        }
        let Answer::Granted(granted) = &done.answer else { return done.answer };
        let seat = &self.seats[&key];
        if seat.session != granted.session || !seat.is_in(self.now) {
            return self.refuse("session_not_found", "session_alive");
        }
        self.tokens.entry(key).or_default().extend(done.token);
        done.answer
    }

    /// Rejects a token from the future, which exists if the clock was set back.
    pub(crate) fn proves(&self, token: Token) -> Result<(), Answer> {
        if (token.issued - SKEW / SECOND) > second(self.now) { Err(Answer::BadToken) } else { Ok(()) }
    }

    /// An ended token proves a session only while the session's seat is held.
    fn may_come_late(&self, key: (usize, usize), token: Token) -> Result<(), Answer> {
        if token.ends * SECOND > self.now { Ok(()) } else { self.finds(key, token).map(drop) }
    }

    /// The seat of the token's session.
    pub(crate) fn finds(&self, key: (usize, usize), token: Token) -> Result<&Seat, Answer> {
        let seat = self.seats.get(&key).filter(|seat| seat.session == token.session);
        let seat = seat.ok_or_else(|| self.refuse("session_not_found", "session_alive"))?;
        let gone = token.ends * SECOND <= self.now && !seat.is_held(self.now);
        if gone { Err(Answer::BadToken) } else { Ok(seat) }
    }

    pub(crate) fn judge(
        &self,
        key: (usize, usize),
        what: What,
        session: Option<usize>,
        wished: Option<u64>,
    ) -> Result<Yes, Answer> {
        let (license, device) = key;
        let (plain_terms, now) = (self.plain_terms(license), self.now);
        let seat = self.seats.get(&key).filter(|seat| session.is_none_or(|session| seat.session == session));
        let is_over = |end: i64| second(end) <= second(now);

        let stops = if plain_terms.keeps_running { None } else { self.ends(license, &plain_terms) };
        if stops.is_some_and(is_over) {
            return Err(self.refuse("code_not_found", "not_ended"));
        }
        let began = self.trials.get(&(self.product(license), device)).copied();
        let trial = plain_terms.trial.map(|lasts| later(began.unwrap_or(now), lasts));
        if trial.is_some_and(is_over) {
            return Err(self.refuse("code_not_found", "trial_open"));
        }
        match self.licenses[license].state {
            State::Revoked => return Err(self.refuse("license_revoked", "not_revoked")),
            State::Suspended => return Err(self.refuse("license_suspended", "not_suspended")),
            State::Active => {}
        }
        if what != What::Activate && seat.is_none_or(|seat| seat.over.is_some()) {
            return Err(self.refuse("session_not_found", "session_alive"));
        }
        if let Some(reach) = self.is_kept_out(license, device) {
            return Err(self.refuse("device_blocked", reach));
        }
        if !self.is_let_in(license, device) {
            return Err(self.refuse("device_not_authorized", "device_authorized"));
        }
        if what == What::Activate && !plain_terms.again && seat.is_some_and(|seat| seat.is_in(now)) {
            return Err(self.refuse("already_activated", "may_activate_again"));
        }
        let mut victims = vec![];
        if !seat.is_some_and(|seat| seat.is_held(now)) {
            if plain_terms.one_seat_in != Within::License && self.is_elsewhere(license, device, plain_terms.one_seat_in)
            {
                return Err(self.refuse("already_activated", "not_elsewhere"));
            }
            victims = self.room(license, &plain_terms)?;
        }

        let end = stops.into_iter().chain(trial).min();
        let within = |at: i64| end.map_or(at, |end| at.min(end));
        let length = wished.unwrap_or(plain_terms.lease.usual).max(plain_terms.lease.least).min(plain_terms.lease.most);
        let lease = within(later(now, length));
        let token = within(later(lease, plain_terms.grace));
        Ok(Yes { lease, token, stops, end, trial_begins: trial.is_some() && began.is_none(), victims })
    }

    /// End of the license; if it has not begun, it begins now.
    fn ends(&self, license: usize, plain_terms: &PlainTerms) -> Option<i64> {
        let license = &self.licenses[license];
        match plain_terms.runs {
            Runs::Forever => None,
            Runs::Until(after) => Some(later(self.began, after)),
            Runs::FromIssue(period) => Some(later(license.issued, period)),
            Runs::FromFirst(period) => Some(later(license.first.unwrap_or(self.now), period)),
        }
    }

    /// The seats that must be taken over to fit one more; empty if one is free.
    fn room(&self, license: usize, plain_terms: &PlainTerms) -> Result<Vec<(usize, usize)>, Answer> {
        let Some(allowed) = plain_terms.allowed().map(|allowed| allowed as usize) else { return Ok(vec![]) };
        let used = self.held(license).count();
        if used < allowed {
            return Ok(vec![]);
        }
        let lapsed = self.held(license).filter(|(_, seat)| seat.lease <= self.now && seat.over.is_none());
        let mut lapsed: Vec<_> = lapsed.map(|(key, seat)| (seat.lease, seat.born, *key)).collect();
        lapsed.sort_unstable();
        let lacking = used + 1 - allowed;
        if plain_terms.take_over && plain_terms.floating && !plain_terms.strict && lacking <= lapsed.len() {
            return Ok(lapsed.into_iter().take(lacking).map(|(_, _, key)| key).collect());
        }
        let next = self.held(license).map(|(_, seat)| self.tell(seat.hold)).min();
        Err(Answer::Refused(format!("seat_limit: {used} of {allowed}, next {next:?}")))
    }

    pub(crate) fn grant(
        &mut self,
        key: (usize, usize),
        what: What,
        yes: Yes,
        is_offline: bool,
    ) -> (Answer, Option<Token>) {
        let (license, device) = key;
        let (plain_terms, now) = (self.plain_terms(license), self.now);
        let old = self.seats.get(&key);
        let nothing_to_write = old.is_some_and(|seat| match what {
            What::CheckIn => keeps(seat, &plain_terms, now),
            What::Activate | What::Renew => {
                let begins = self.licenses[license].first.is_none() || yes.trial_begins;
                let same = seat.under == (plain_terms.grace, plain_terms.trial.is_some());
                seat.is_in(now) && same && !begins && is_as_good(seat, &yes, now)
            }
        });
        // An offline request is always recorded, because it can be used only once.
        if is_offline || !nothing_to_write {
            for victim in &yes.victims {
                let lost = self.seats.get_mut(victim).unwrap();
                (lost.hold, lost.taken) = (now, true);
            }
            let decision = self.decisions;
            self.decisions += 1;
            let old = self.seats.get(&key);
            let same = old.filter(|seat| seat.over.is_none());
            let (session, born) = same.map_or((self.sessions, (now, self.sessions)), |seat| (seat.session, seat.born));
            let tokens_end = old.map_or(yes.token, |seat| seat.tokens_end.max(yes.token));
            self.sessions += usize::from(session == self.sessions);
            self.seats.insert(
                key,
                Seat {
                    session,
                    born,
                    decision,
                    seen: now,
                    lease: yes.lease,
                    token: yes.token,
                    tokens_end,
                    hold: tokens_end + SKEW,
                    over: None,
                    out: false,
                    taken: false,
                    under: (plain_terms.grace, plain_terms.trial.is_some()),
                    before: None,
                },
            );
            self.licenses[license].first.get_or_insert(now);
            if yes.trial_begins {
                self.trials.insert((self.product(license), device), now);
            }
        }
        let seat = &self.seats[&key];
        let within = |at: i64| self.tell(yes.end.map_or(at, |end| at.min(end)));
        let (from, to) = if keeps(seat, &plain_terms, now) { (seat.seen, seat.lease) } else { (now, yes.lease) };
        let granted = Granted {
            session: seat.session,
            decision: seat.decision,
            lease: within(seat.lease),
            token: within(seat.token),
            stops: yes.stops.map(|at| self.tell(at)),
            next: plain_terms.floating.then(|| self.tell((from + to).div_euclid(2))),
            signed: (what != What::CheckIn || seat.seen == now).then_some(self.signed),
        };
        let ends = second(granted.token + self.began);
        let token = granted.signed.map(|_| Token { session: seat.session, issued: second(now), ends });
        self.signed += usize::from(token.is_some());
        self.tokens.entry(key).or_default().extend(token);
        (Answer::Granted(granted), token)
    }
}

/// Returns `true` if a check-in changes nothing: less than half of the lease has passed, and the lease is not longer
/// than the terms allow.
fn keeps(seat: &Seat, plain_terms: &PlainTerms, now: i64) -> bool {
    let most = later(now.max(seat.seen), plain_terms.lease.most);
    seat.is_in(now) && 2 * now < seat.seen + seat.lease && seat.lease <= most
}

/// Returns `true` if the record is at most a sixteenth of the lease and five minutes behind a new grant, and not ahead
/// of it.
fn is_as_good(seat: &Seat, yes: &Yes, now: i64) -> bool {
    let late = [yes.lease - seat.lease, yes.token - seat.token, now - seat.seen];
    late.iter().all(|late| (0..=SKEW).contains(late) && late * 16 <= yes.lease - now)
}
