//! Limits on how many refusals are recorded.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use licensing::Span;

/// A limit on how many failures are recorded: a burst, and then one per interval.
#[derive(Debug)]
pub(crate) struct RefusalBudget {
    each: Span,
    at_once: Span,
    forgiven_at: Mutex<Option<DateTime<Utc>>>,
}

impl Default for RefusalBudget {
    /// 100 at once, and one more every ten seconds.
    fn default() -> Self {
        Self::of(100, Span::seconds(10))
    }
}

impl RefusalBudget {
    fn of(many: u64, each: Span) -> Self {
        Self { each, at_once: Span::seconds(each.as_seconds().saturating_mul(many)), forgiven_at: Mutex::default() }
    }

    pub(crate) fn allows(&self, now: DateTime<Utc>) -> bool {
        let mut forgiven_at = self.forgiven_at.lock().unwrap_or_else(PoisonError::into_inner);
        // If the clock was set back, nothing is blocked for longer.
        let owed = forgiven_at.unwrap_or(now).clamp(now, self.at_once.after(now));
        let after = self.each.after(owed);
        let allowed = after <= self.at_once.after(now);
        *forgiven_at = Some(if allowed { after } else { owed });
        allowed
    }
}

/// Limits on recorded refusals of logout tokens, by provider: four at once, and three a minute. Anyone can send such
/// tokens, so they have their own limit and do not use up that of sign-ins.
#[derive(Debug, Default)]
pub(crate) struct NotedOf(Mutex<HashMap<String, RefusalBudget>>);

impl NotedOf {
    pub(crate) fn allows(&self, provider: &str, now: DateTime<Utc>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(provider.to_owned()).or_insert_with(|| RefusalBudget::of(4, Span::seconds(20))).allows(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_written_down_in_bounds() {
        let (noted, start) = (RefusalBudget::default(), DateTime::UNIX_EPOCH);
        assert_eq!((0..1000).filter(|_| noted.allows(start)).count(), 100);
        assert!(!noted.allows(Span::seconds(9).after(start)));
        assert!(noted.allows(Span::seconds(10).after(start)));
        assert!(!noted.allows(Span::seconds(10).after(start)));
        assert_eq!((0..1000).filter(|_| noted.allows(Span::hours(24).after(start))).count(), 100);
        assert!(!noted.allows(start), "a clock that was set back does not refill the limit");
        assert!(noted.allows(Span::seconds(10).after(start)));
    }

    #[test]
    fn refused_logouts_are_written_down_a_few_a_minute_and_a_provider() {
        let (noted, start) = (NotedOf::default(), DateTime::UNIX_EPOCH);
        assert_eq!((0..1000).filter(|_| noted.allows("acme", start)).count(), 4);
        assert_eq!((0..1000).filter(|_| noted.allows("other", start)).count(), 4, "each provider has its own limit");
        assert_eq!((0..1000).filter(|_| noted.allows("acme", Span::minutes(1).after(start))).count(), 3);
    }
}
