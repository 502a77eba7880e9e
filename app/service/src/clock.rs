//! The one clock. Every moment that is written down comes from here.

mod mark;
mod sequence;
mod shown;
mod step;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{Timestamp, Uuid};

pub use shown::Trust;

use sequence::Sequence;
use shown::Shown;
use step::Step;

/// A clock: the system's, or one that a test moves by hand. Cheap to clone; clones show the same time.
///
/// What it shows never goes back by a little: one that is set back by five minutes at most stands still until it has caught
/// up. So whoever was given a seat because another's hold had ended is not joined by that other again.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
enum Source {
    /// The system's, or, where the database has a clock, that one; and when the process first looked at it, to tell how
    /// much time has passed since.
    System { began: Instant, step: Mutex<Option<Step>> },
    /// What it shows, and how much time has passed, in microseconds.
    Standing { wall: AtomicI64, passed: AtomicI64 },
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The system's clock, until it is brought in step with a database's.
    pub fn system() -> Self {
        Self::from(Source::System { began: Instant::now(), step: Mutex::default() })
    }

    /// A clock that stands still at `at` until it is moved.
    pub fn standing(at: DateTime<Utc>) -> Self {
        Self::from(Source::Standing { wall: AtomicI64::new(at.timestamp_micros()), passed: AtomicI64::new(0) })
    }

    fn from(source: Source) -> Self {
        Self(Arc::new(Inner { source, shown: Mutex::default() }))
    }

    /// Moves a standing clock by so many seconds: forwards, as time passes; or backwards, as somebody sets it back. Does
    /// nothing to the system's.
    pub fn advance(&self, seconds: i64) {
        if let Source::Standing { passed, .. } = &self.0.source {
            passed.fetch_add(seconds.max(0).saturating_mul(1_000_000), Ordering::SeqCst);
            self.leap(seconds);
        }
    }

    /// Sets a standing clock ahead by so many seconds that have not passed, or back. Does nothing to the system's.
    pub fn leap(&self, seconds: i64) {
        if let Source::Standing { wall, .. } = &self.0.source {
            wall.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
            self.now();
        }
    }

    /// The time, to the microsecond: no database keeps more.
    pub fn now(&self) -> DateTime<Utc> {
        self.look().0
    }

    /// Whether what it shows can be believed.
    pub fn trust(&self) -> Trust {
        self.look().1
    }

    /// A moment that has surely passed, even where this clock is ahead: what ended before then may be forgotten.
    pub fn surely(&self) -> DateTime<Utc> {
        let now = self.now().timestamp_micros();
        let micros = self.shown(|shown| shown.surely(now));
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// How much time has passed since some moment, by the clock that nobody can set.
    pub(crate) fn passed(&self) -> TimeDelta {
        TimeDelta::microseconds(self.read().1)
    }

    /// What the source shows, and how much time has passed, in microseconds.
    fn read(&self) -> (i64, i64) {
        match &self.0.source {
            Source::Standing { wall, passed } => (wall.load(Ordering::SeqCst), passed.load(Ordering::SeqCst)),
            Source::System { began, step } => {
                let (passed, step) = (micros(began), step.lock().unwrap_or_else(PoisonError::into_inner));
                (step.map_or_else(system_micros, |step| step.after(passed)), passed)
            }
        }
    }

    fn look(&self) -> (DateTime<Utc>, Trust) {
        let (wall, passed) = self.read();
        let (micros, trust) = self.shown(|shown| shown.look(wall, passed));
        (DateTime::from_timestamp_micros(micros).unwrap_or_default(), trust)
    }

    fn shown<T>(&self, with: impl FnOnce(&mut Shown) -> T) -> T {
        with(&mut self.0.shown.lock().unwrap_or_else(PoisonError::into_inner))
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

/// The microseconds since then, by the clock that nobody can set.
fn micros(since: &Instant) -> i64 {
    i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX)
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
mod tests;
