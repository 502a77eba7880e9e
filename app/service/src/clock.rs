//! The one clock. Every moment that is written down comes from here.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

use chrono::{DateTime, Utc};
use uuid::{ClockSequence, Timestamp, Uuid};

/// A clock: the system's, or one that a test moves by hand. Cheap to clone; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `at` until it is moved.
    pub fn standing(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// Moves a standing clock by so many seconds, forwards or backwards. Does nothing to the system's.
    pub fn advance(&self, seconds: i64) {
        if let Some(standing) = &self.0 {
            standing.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }

    /// The time, to the microsecond: no database keeps more.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            Some(standing) => standing.load(Ordering::SeqCst),
            None => system_micros(),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// A fresh id of this moment (UUIDv7, RFC 9562 §5.7).
    pub fn id(&self) -> Uuid {
        Self::id_at(self.now())
    }

    /// A fresh id of that moment. Ids sort as their moments do, to the microsecond; those of one moment in the order in
    /// which this process made them.
    pub fn id_at(at: DateTime<Utc>) -> Uuid {
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(Sequence, seconds, at.timestamp_subsec_nanos()))
    }
}

/// The microseconds within an id's millisecond, then a count, in front of its random bits (RFC 9562 §6.2, methods 3
/// and 1). The count goes round after 2²⁴ ids.
struct Sequence;

static MADE: AtomicU32 = AtomicU32::new(0);

impl ClockSequence for Sequence {
    type Output = u64;

    fn generate_sequence(&self, _seconds: u64, subsec_nanos: u32) -> u64 {
        let count = MADE.fetch_add(1, Ordering::Relaxed) & 0x00FF_FFFF;
        u64::from(subsec_nanos % 1_000_000 / 1_000) << 24 | u64::from(count)
    }

    fn usable_bits(&self) -> usize {
        34
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the time")]
fn system_micros() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_their_moments_do_to_the_microsecond() {
        let clock = Clock::standing(DateTime::from_timestamp_micros(1_800_000_000_999_990).unwrap());
        let Clock(Some(standing)) = &clock else { unreachable!("it stands") };
        let ids: Vec<Uuid> = (0..2000)
            .map(|_| {
                standing.fetch_add(1, Ordering::SeqCst);
                clock.id()
            })
            .collect();
        assert!(ids.is_sorted(), "each later than the one before");
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert_ne!(clock.id(), clock.id());
        let (seconds, _) = ids[0].get_timestamp().unwrap().to_unix();
        assert_eq!(seconds, 1_800_000_000);
    }

    #[test]
    fn ids_of_one_moment_sort_in_the_order_they_were_made() {
        let at = DateTime::from_timestamp_micros(1_800_000_000_000_001).unwrap();
        let ids: Vec<Uuid> = (0..2000).map(|_| Clock::id_at(at)).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_clock_before_1970_neither_panics_nor_repeats_an_id() {
        let clock = Clock::standing(DateTime::from_timestamp(-5, 0).unwrap());
        assert_ne!(clock.id(), clock.id());
    }
}
