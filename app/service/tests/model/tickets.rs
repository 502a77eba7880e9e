//! The model's release tickets: the customer of a full license releases one of their devices from another one.

use crate::{
    answer::Answer,
    calls::{Body, Call, To},
    plain_terms::{DAY, GivesUp, MINUTE},
    world::{World, later, second},
};

/// Maximum number of devices listed with a ticket.
pub(crate) const MOST_TOLD: usize = 20;

/// An issued ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    license: usize,
    /// In seconds.
    ends: i64,
    used: bool,
    /// Used, but the record of that has been deleted.
    forgotten: bool,
}

impl World {
    /// Issues a ticket to the license's customer if devices may release seats. The answer lists the seats in use.
    pub(crate) fn give_ticket(&mut self, license: usize, is_customer: bool) -> Answer {
        if !is_customer || self.plain_terms(license).gives_up == GivesUp::No {
            return Answer::Skipped;
        }
        let ends = second(later(self.now, 10 * MINUTE));
        self.tickets.push(Ticket { license, ends, used: false, forgotten: false });
        let seat_holders = self.held(license).filter(|(_, seat)| seat.over.is_none() && !seat.out);
        Answer::seat_holders(seat_holders.map(|(_, seat)| (self.tell(seat.seen), seat.session)).collect())
    }

    /// Uses one of the last tickets for the session of one of the license's devices; `which` wraps around.
    pub(crate) fn use_ticket(&mut self, back: usize, of: usize, which: usize, under: Option<usize>) -> Answer {
        let Some(at) = self.tickets.len().checked_sub(1 + back) else { return Answer::Skipped };
        let devices = self.seats.range((of, 0)..=(of, usize::MAX));
        let Some((key, session)) = devices.clone().nth(which % devices.count().max(1)) else { return Answer::Skipped };
        let (key, session) = (*key, session.session);
        let Ticket { license, ends, used, forgotten } = self.tickets[at];
        if ends <= second(self.now) {
            return Answer::BadToken;
        }
        let call = under.map(|under| Call { to: To::Ticket, about: license, key: under });
        let body = Body::of_a_ticket(at, session);
        match self.came_to(call, body) {
            Some(Ok(done)) => return done.answer,
            Some(Err(no)) => return no,
            None => {}
        }
        if used && !forgotten {
            return Answer::Call("TicketUsed".to_owned());
        }
        if license != key.0 {
            return Answer::Call("ForeignSession".to_owned());
        }
        // If the rules refuse, the ticket stays valid.
        let answer = match self.let_go(key, true) {
            Answer::Left(..) => Answer::Done(0),
            no => return no,
        };
        (self.tickets[at].used, self.tickets[at].forgotten) = (true, false);
        self.remember(call, body, &answer, None);
        answer
    }

    /// Deletes the record of used tickets that ended a day ago, and returns their number.
    pub(crate) fn sweep_tickets(&mut self) -> u64 {
        let now = self.now;
        let old = |ticket: &&mut Ticket| ticket.used && !ticket.forgotten && later(ticket.ends * 1_000_000, DAY) < now;
        self.tickets.iter_mut().filter(old).map(|ticket| ticket.forgotten = true).count() as u64
    }
}
