//! The effect of an attempt on its delivery and its subscription.

use chrono::{DateTime, Utc};

use super::schedule::retry_at;
use crate::Span;

/// Pause of a subscription whose receiver is overloaded and names no time.
const PAUSE: Span = Span::seconds(30);
/// Longest pause of a subscription.
const LONGEST_PAUSE: Span = Span::hours(1);

/// Answer to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP response, with the time of its `Retry-After`.
    Status(u16, Option<Span>),
    /// No response: the name, the connection, TLS or the time limit.
    None,
    /// Not sent: the address leads to a network that is not allowed.
    NotAllowed,
}

/// Next state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Accepted.
    Delivered,
    /// Tried again at this time.
    Retry(DateTime<Utc>),
    /// Given up.
    Dead,
    /// Not allowed.
    Blocked,
    /// Kept until it is replayed.
    Held,
}

/// Effect on the subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It works.
    Works,
    /// It fails.
    Fails,
    /// It fails, and rests until this time.
    Rests(DateTime<Utc>),
    /// It is disabled: the receiver answered that it is gone.
    Disabled,
    /// It is suspended: it has failed for days.
    Suspended,
}

/// Effects of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// On the delivery.
    pub next: Next,
    /// On the subscription.
    pub effect: Effect,
}

/// Judges an attempt. `failed` counts the failed attempts, with this one if it failed. `failing_since` is the time since
/// when every attempt of the subscription has failed, and `suspend_after` the time for which it may.
pub fn judge(
    answer: Answer,
    (failed, most, jitter): (usize, Option<usize>, i64),
    (failing_since, suspend_after): (Option<DateTime<Utc>>, Span),
    now: DateTime<Utc>,
) -> Verdict {
    let asked = match answer {
        Answer::Status(200..=299, _) => return Verdict { next: Next::Delivered, effect: Effect::Works },
        Answer::Status(410, _) => return Verdict { next: Next::Held, effect: Effect::Disabled },
        Answer::NotAllowed => return Verdict { next: Next::Blocked, effect: Effect::Fails },
        Answer::Status(_, asked) => asked,
        Answer::None => None,
    };
    if failing_since.is_some_and(|since| suspend_after.after(since) <= now) {
        return Verdict { next: Next::Held, effect: Effect::Suspended };
    }
    let effect = match answer {
        Answer::Status(429 | 502 | 503 | 504, _) => Effect::Rests(asked.unwrap_or(PAUSE).min(LONGEST_PAUSE).after(now)),
        _ => Effect::Fails,
    };
    let next = retry_at(failed, (most, jitter), asked, now).map_or(Next::Dead, Next::Retry);
    Verdict { next, effect }
}
