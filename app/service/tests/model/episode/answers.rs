//! Translates the engine's answers into those of the model.

use chrono::{DateTime, Utc};
use licensing::Refusal;
use service::{CheckedOut, Error};
use uuid::Uuid;

use super::{Episode, Given};
use crate::answer::{Answer, Granted};

impl Episode {
    /// The number that a session has here.
    pub(crate) fn session_number(&self, id: Uuid) -> Option<usize> {
        self.sessions.iter().position(|known| *known == id)
    }

    pub(super) fn since(&self, at: DateTime<Utc>) -> i64 {
        at.timestamp_micros() - self.began.timestamp_micros()
    }

    pub(super) fn done(&self, result: service::Result<()>) -> Answer {
        result.map_or_else(|error| self.failed(&error), |()| Answer::Done(0))
    }

    pub(super) fn left(&self, result: service::Result<CheckedOut>) -> Answer {
        let reported = |out: CheckedOut| Answer::Left(self.since(out.lease_ends_at), self.since(out.token_expires_at));
        result.map_or_else(|error| self.failed(&error), reported)
    }

    pub(super) fn tell(&mut self, key: (usize, usize), given: Result<Given, Answer>) -> Answer {
        let (activated, token) = match given {
            Err(no) => return no,
            Ok(Err(error)) => return self.failed(&error),
            Ok(Ok(given)) => given,
        };
        self.reported.insert(key, activated.session_id);
        let signed = token.map(|token| {
            let id = self.verifier.keep(key, &activated, &token);
            self.tokens.entry(key).or_default().push(token);
            number(&mut self.signed, id)
        });
        Answer::Granted(Granted {
            session: number(&mut self.sessions, activated.session_id),
            decision: number(&mut self.decisions, activated.decision),
            lease: self.since(activated.lease_ends_at),
            token: self.since(activated.token_expires_at),
            stops: activated.license_ends_at.map(|at| self.since(at)),
            next: activated.next_check_in_after.map(|at| self.since(at)),
            signed,
        })
    }

    pub(super) fn failed(&self, error: &Error) -> Answer {
        match error {
            Error::Refused(declined) => Answer::Refused(match &declined.refusal {
                Refusal::SeatLimit { used, allowed, next_at } => {
                    format!("seat_limit: {used} of {allowed}, next {:?}", next_at.map(|at| self.since(at)))
                }
                Refusal::DeviceBlocked { scope } => format!("device_blocked: {}", scope.name()),
                Refusal::TransferLimit { next_at, .. } => format!("transfer_limit: next {}", self.since(*next_at)),
                other => format!("{}: {}", other.code(), declined.rule),
            }),
            Error::Invalid(_) => Answer::Invalid,
            Error::Conflict(_) => Answer::Conflict,
            Error::NotFound(what) => Answer::NotFound(what),
            Error::InvalidToken(_) => Answer::BadToken,
            Error::Call(fault) => Answer::Call(format!("{fault:?}")),
            Error::Unavailable => Answer::Unavailable,
            other => panic!("unexpected error: {other:?}"),
        }
    }
}

/// The number of the id. An unknown id gets the next number.
fn number(seen: &mut Vec<Uuid>, id: Uuid) -> usize {
    seen.iter().rposition(|known| *known == id).unwrap_or_else(|| {
        seen.push(id);
        seen.len() - 1
    })
}
