//! What an operation is answered, in words that two databases, two runs and a model can share: sessions and decisions are
//! numbered as they appear, moments counted from the beginning of the episode.

use crate::tickets::MOST_TOLD;

/// What an operation is answered. Moments in microseconds since the episode began.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Granted(Granted),
    /// The problem's code, the rule that said no, and the numbers that go with it.
    Refused(String),
    /// Where a session stands: its state, the end of its lease, and until when it counts.
    Stands(String, i64, i64),
    /// A seat was given up: the end of its lease, and of its last token.
    Left(i64, i64),
    /// Done; to so many devices.
    Done(u64),
    /// A ticket, and who sits in a seat: when they asked last, and their sessions.
    Ticket(Vec<(i64, usize)>),
    Invalid,
    Conflict,
    NotFound(&'static str),
    BadToken,
    /// A call that is not done, whatever the rules say: why.
    Call(String),
    Unavailable,
    /// The operation means nothing here.
    Skipped,
    Many(Vec<Answer>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Granted {
    /// The number of the session.
    pub(crate) session: usize,
    /// The number of the decision: of the one that is repeated, where nothing changed.
    pub(crate) decision: usize,
    pub(crate) lease: i64,
    pub(crate) token: i64,
    /// When the license stops.
    pub(crate) stops: Option<i64>,
    /// From when a check-in is due.
    pub(crate) next: Option<i64>,
    /// The number of its token, if there is one with it.
    pub(crate) signed: Option<usize>,
}

impl Answer {
    /// Whether it is the answer of an unknown code.
    pub(crate) fn hides_license(&self) -> bool {
        matches!(self, Self::Refused(why) if why.starts_with("code_not_found"))
    }

    /// The seats in use, those that asked longest ago first. Where there are more than are told, and several asked at the
    /// same moment, nobody says which of them are: then their sessions are not compared.
    pub(crate) fn sitting(mut seats: Vec<(i64, usize)>) -> Self {
        seats.sort_unstable();
        if seats.len() >= MOST_TOLD {
            seats.truncate(MOST_TOLD);
            seats.iter_mut().for_each(|(_, session)| *session = 0);
        }
        Self::Ticket(seats)
    }

    /// Several at once: answers of devices that asked at the same time. When the next seat comes free is not compared: a
    /// refusal may tell it as it was before or after its neighbours came.
    pub(crate) fn of_a_crowd(answers: Vec<Self>) -> Self {
        let told = answers.into_iter().map(|answer| match answer {
            Self::Refused(said) => Self::Refused(said.split(", next").next().unwrap_or_default().to_owned()),
            other => other,
        });
        Self::Many(told.collect())
    }
}
