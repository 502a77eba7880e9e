//! The model's memory of calls under an idempotency key: each is done once, and its answer is repeated for a day.

use crate::{
    answer::Answer,
    plain_terms::DAY,
    script::{Ask, What},
    world::{Token, World, later},
};

/// Time for which the answer to a call is kept, in seconds.
const REMEMBERED: u64 = DAY;

/// The identity of a call. The same key identifies another call at another endpoint, license or session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) to: To,
    /// The license whose code it contains, or its session.
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

/// The content of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Body {
    /// The device, or the session that a ticket releases.
    owner: usize,
    /// Requested lease, in seconds.
    lease: Option<u64>,
    ticket: Option<usize>,
}

/// A completed call with its answer.
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
        Self { owner: ask.of.device, lease: ask.lease, ticket: None }
    }

    /// A call without content, identified by its device only.
    pub(crate) fn bare(device: usize) -> Self {
        Self { owner: device, lease: None, ticket: None }
    }

    pub(crate) fn of_a_ticket(ticket: usize, session: usize) -> Self {
        Self { owner: session, lease: None, ticket: Some(ticket) }
    }
}

impl World {
    /// The completed call under this key, if any, or the error for a call with different content.
    pub(crate) fn came_to(&self, call: Option<Call>, body: Body) -> Option<Result<Done, Answer>> {
        let done = self.calls.get(&call?).filter(|done| done.until > self.now)?;
        Some(if done.body == body { Ok(done.clone()) } else { Err(Answer::Call("OtherBody".to_owned())) })
    }

    /// Remembers a completed call. Refusals are not remembered, because they changed nothing.
    pub(crate) fn remember(&mut self, call: Option<Call>, body: Body, answer: &Answer, token: Option<Token>) {
        let until = later(self.now, REMEMBERED);
        if let Some(call) = call {
            self.calls.insert(call, Done { body, until, answer: answer.clone(), token });
        }
    }

    /// Deletes expired calls and tickets and answers with their number. Under an untrusted clock nothing is deleted.
    pub(crate) fn sweep(&mut self) -> Answer {
        if !self.trusted {
            return Answer::Skipped;
        }
        let (before, now) = (self.calls.len(), self.now);
        self.calls.retain(|_, done| done.until > now);
        Answer::Done((before - self.calls.len()) as u64 + self.sweep_tickets())
    }
}
