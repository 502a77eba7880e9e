//! The only clock: every time that is decided by or recorded comes from here. On PostgreSQL, the database's clock sets it
//! (`synchronized.rs`). While it cannot be trusted, the activation desk refuses to answer (`activation/desk/mod.rs`), and
//! nothing is deleted for its age.

mod mark;
mod reading;
mod sequence;
mod shown;
mod synchronized;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{Timestamp, Uuid};

pub use mark::Timekeeper;
pub use shown::Trust;

use reading::Reading;
use sequence::Sequence;
use shown::Shown;

/// A clock: the system's, or one that a test moves by hand. Cheap to clone; clones show the same time.
///
/// If its source is set back by up to five minutes, the clock stops until the source has caught up. Otherwise a device
/// whose hold had ended, and whose seat another device got, would hold it again.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
enum Source {
    /// The system's clock or, if the database has one, the database's; `began` is the origin for measuring elapsed
    /// time.
    System { began: Instant, last: Mutex<Option<Reading>> },
    /// Displayed and elapsed time, in microseconds.
    Stopped { wall: AtomicI64, passed: AtomicI64 },
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// Creates a clock that shows the system's time until it is synchronized with a database.
    pub fn system() -> Self {
        Self::from(Source::System { began: Instant::now(), last: Mutex::default() })
    }

    /// Creates a clock that stands still at `at` until it is moved.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::from(Source::Stopped { wall: AtomicI64::new(at.timestamp_micros()), passed: AtomicI64::new(0) })
    }

    fn from(source: Source) -> Self {
        Self(Arc::new(Inner { source, shown: Mutex::default() }))
    }

    /// Moves a standing clock by this many seconds: forward, as time passes, or back, as if it were set back. Has no
    /// effect on the system's clock.
    pub fn advance(&self, seconds: i64) {
        if let Source::Stopped { passed, .. } = &self.0.source {
            passed.fetch_add(seconds.max(0).saturating_mul(1_000_000), Ordering::SeqCst);
            self.leap(seconds);
        }
    }

    /// Sets a standing clock ahead without time passing, or back. Has no effect on the system's clock.
    pub fn leap(&self, seconds: i64) {
        if let Source::Stopped { wall, .. } = &self.0.source {
            wall.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
            self.now();
        }
    }

    /// The current time, to the microsecond, which is the precision of the databases.
    pub fn now(&self) -> DateTime<Utc> {
        self.look().0
    }

    /// Reports whether the displayed time can be trusted.
    pub fn trust(&self) -> Trust {
        self.look().1
    }

    /// Returns a time that is in the past even if this clock is ahead. Data that expired before it may be deleted.
    pub fn certainly_past(&self) -> DateTime<Utc> {
        let now = self.now().timestamp_micros();
        let micros = self.shown(|shown| shown.certainly_past(now));
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Elapsed time since an arbitrary origin, by the monotonic clock.
    pub(crate) fn passed(&self) -> TimeDelta {
        TimeDelta::microseconds(self.read().1)
    }

    /// Reads the source: displayed and elapsed time, in microseconds.
    fn read(&self) -> (i64, i64) {
        match &self.0.source {
            Source::Stopped { wall, passed } => (wall.load(Ordering::SeqCst), passed.load(Ordering::SeqCst)),
            Source::System { began, last } => {
                let (passed, last) = (micros(began), last.lock().unwrap_or_else(PoisonError::into_inner));
                (last.map_or_else(system_micros, |last| last.after(passed)), passed)
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

    /// Creates an id at the current time (UUIDv7, RFC 9562 §5.7).
    pub fn id(&self) -> Uuid {
        Self::id_at(self.now())
    }

    /// Creates an id at that time. Ids sort by time to the microsecond; those of the same microsecond sort in the order
    /// in which this process created them.
    pub fn id_at(at: DateTime<Utc>) -> Uuid {
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(Sequence, seconds, at.timestamp_subsec_nanos()))
    }
}

/// Microseconds since then, by the monotonic clock.
fn micros(since: &Instant) -> i64 {
    i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX)
}

#[allow(clippy::disallowed_methods, reason = "the only place that reads the time")]
fn system_micros() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
