//! The model's memory of calls under a key: each is done once, and what it came to is told again for a day.

use crate::{
    answer::Answer,
    deal::DAY,
    script::{Ask, What},
    world::{Token, World, later},
};

/// How long it is remembered what a call came to.
const REMEMBERED: u64 = DAY;

/// What a call is known by: the same key means another call elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) to: To,
    /// The license whose code it comes with, or the session that it is of.
    pub(crate) about: usize,
    pub(crate) key: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum To {
    Activate,
    Renew,
    CheckIn,
    CheckOut,
    Release,
    Ticket,
}

/// What a call asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Body {
    /// The device, or the session that a ticket is used for.
    whose: usize,
    /// The lease that is wished.
    lease: Option<u64>,
    ticket: Option<usize>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    body: Body,
    until: i64,
    pub(crate) answer: Answer,
    pub(crate) token: Option<Token>,
}

impl From<What> for To {
    fn from(what: What) -> Self {
        match what {
            What::Activate => Self::Activate,
            What::Renew => Self::Renew,
            What::CheckIn => Self::CheckIn,
        }
    }
}

impl Body {
    pub(crate) fn of(ask: &Ask) -> Self {
        Self { whose: ask.of.device, lease: ask.lease, ticket: None }
    }

    /// Of a call that says nothing but whose it is.
    pub(crate) fn bare(device: usize) -> Self {
        Self { whose: device, lease: None, ticket: None }
    }

    pub(crate) fn of_a_ticket(ticket: usize, session: usize) -> Self {
        Self { whose: session, lease: None, ticket: Some(ticket) }
    }
}

impl World {
    /// What the call came to before, if it did; where it asked for something else then, what that is answered.
    pub(crate) fn came_to(&self, call: Option<Call>, body: Body) -> Option<Result<Done, Answer>> {
        let done = self.calls.get(&call?).filter(|done| done.until > self.now)?;
        Some(if done.body == body { Ok(done.clone()) } else { Err(Answer::Call("OtherBody".to_owned())) })
    }

    /// Remembers what a call came to. A refusal is none: it changed nothing.
    pub(crate) fn remember(&mut self, call: Option<Call>, body: Body, answer: &Answer, token: Option<Token>) {
        let until = later(self.now, REMEMBERED);
        if let Some(call) = call {
            self.calls.insert(call, Done { body, until, answer: answer.clone(), token });
        }
    }

    /// Forgets what nobody is told any more; how much that was. By a clock that is not believed nothing is forgotten.
    pub(crate) fn sweep(&mut self) -> Answer {
        if !self.trusted {
            return Answer::Skipped;
        }
        let (before, now) = (self.calls.len(), self.now);
        self.calls.retain(|_, done| done.until > now);
        Answer::Done((before - self.calls.len()) as u64 + self.sweep_tickets())
    }
}
