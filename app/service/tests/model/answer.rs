//! Answers in a form that two databases, two runs and a model share: sessions and decisions are numbered in order of
//! appearance, and times count from the start of the episode.

use crate::tickets::MOST_TOLD;

/// The answer to an operation. Times are in microseconds since the start of the episode.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Granted(Granted),
    /// The problem code, the rule that refused, and the numbers of the refusal.
    Refused(String),
    /// State of a session, end of its lease, and end of its hold.
    Stands(String, i64, i64),
    /// A seat was released: the end of its lease and of its last token.
    Left(i64, i64),
    /// Done; the number of devices affected.
    Done(u64),
    /// A ticket, and the seats in use: when each device was last seen, and its session.
    Ticket(Vec<(i64, usize)>),
    Invalid,
    Conflict,
    NotFound(&'static str),
    BadToken,
    /// A call that is rejected before the rules are checked, with the reason.
    Call(String),
    Unavailable,
    /// The operation does not apply in this state.
    Skipped,
    Many(Vec<Answer>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Granted {
    /// The number of the session.
    pub(crate) session: usize,
    /// The number of the decision. A repeat has the decision that it repeats.
    pub(crate) decision: usize,
    pub(crate) lease: i64,
    pub(crate) token: i64,
    /// End of the license.
    pub(crate) stops: Option<i64>,
    /// The time from which a check-in is due.
    pub(crate) next: Option<i64>,
    /// The number of its token, if it comes with one.
    pub(crate) signed: Option<usize>,
}

impl Answer {
    /// Returns `true` if this is the answer to an unknown code.
    pub(crate) fn hides_license(&self) -> bool {
        matches!(self, Self::Refused(why) if why.starts_with("code_not_found"))
    }

    /// The seats in use, least recently seen first. If there are more than an answer lists, devices seen at the same
    /// time make the selection arbitrary, so their sessions are not compared.
    pub(crate) fn seat_holders(mut seats: Vec<(i64, usize)>) -> Self {
        seats.sort_unstable();
        if seats.len() >= MOST_TOLD {
            seats.truncate(MOST_TOLD);
            seats.iter_mut().for_each(|(_, session)| *session = 0);
        }
        Self::Ticket(seats)
    }

    /// Answers to concurrent requests. The time at which the next seat is free is not compared: a refusal may state it
    /// as of before or after concurrent grants.
    pub(crate) fn of_a_crowd(answers: Vec<Self>) -> Self {
        let reported = answers.into_iter().map(|answer| match answer {
            Self::Refused(text) => Self::Refused(text.split(", next").next().unwrap_or_default().to_owned()),
            other => other,
        });
        Self::Many(reported.collect())
    }
}
