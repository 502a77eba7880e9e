//! Times of attempts.

use chrono::{DateTime, Utc};

use crate::Span;

/// Waits between attempts: the schedule of Standard Webhooks, about 76 hours in total.
const WAITS: [Span; 9] = [
    Span::seconds(5),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(20),
    Span::hours(24),
];
/// Number of attempts at a challenge, within about ten minutes.
pub const CHALLENGES: usize = 3;
/// Longest wait that a receiver can ask for.
const LONGEST_ASKED: Span = Span::days(1);

/// Returns the time of the next attempt after this many failed ones; `None` if there is none. `jitter` is in thousandths
/// and changes the wait by at most a fifth, so that deliveries that failed together are not repeated together.
pub fn retry_at(
    failed: usize,
    (most, jitter): (Option<usize>, i64),
    asked: Option<Span>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if most.is_some_and(|most| failed >= most) {
        return None;
    }
    let wait = WAITS.get(failed.checked_sub(1)?)?.as_seconds();
    let jittered = wait.saturating_mul(u64::try_from(1_000 + jitter.clamp(-200, 200)).unwrap_or(1_000)) / 1_000;
    let asked = asked.unwrap_or(Span::ZERO).min(LONGEST_ASKED).as_seconds();
    Some(Span::seconds(jittered.max(asked).max(1)).after(now))
}
