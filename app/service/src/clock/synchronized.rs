//! One time for all instances: the database's, if it has a clock of its own.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use store::Connection;

use super::{Clock, Source, micros, reading::Reading};

impl Clock {
    /// Returns the time for a transaction's decisions; must be called after its locks. On PostgreSQL this is the
    /// database's time, so that an instance that gets a lock later also decides later, whatever its machine's clock
    /// shows; on SQLite it is this clock's. Afterwards this clock continues from that reading instead of the machine's
    /// clock. A clock that a test moves is never synchronized.
    pub(crate) async fn synchronized(&self, on: &mut Connection<'_>) -> store::Result<DateTime<Utc>> {
        let database = self.read_database(on).await?;
        Ok(self.settle(database))
    }

    /// Like [`synchronized`](Self::synchronized), if a statement after the locks has already read the database's clock.
    pub(crate) async fn synchronized_from(
        &self,
        read_at: Option<DateTime<Utc>>,
        on: &mut Connection<'_>,
    ) -> store::Result<DateTime<Utc>> {
        let Some(read_at) = read_at else { return self.synchronized(on).await };
        let database = self.follow(read_at);
        Ok(self.settle(database))
    }

    /// Returns the database's time if there is one, or else this clock's. Reads this clock in both cases, which records
    /// the time and checks whether the clock can be trusted.
    fn settle(&self, database: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let own = self.now();
        database.unwrap_or(own)
    }

    /// Like [`synchronized`](Self::synchronized), without checking trust, for use before the mark is known.
    pub(super) async fn read_database(&self, on: &mut Connection<'_>) -> store::Result<Option<DateTime<Utc>>> {
        if !matches!(self.0.source, Source::System { .. }) {
            return Ok(None);
        }
        Ok(on.database_time().await?.and_then(|shown| self.follow(shown)))
    }

    /// Continues from a reading of the database's clock. `None` for a clock that a test moves.
    fn follow(&self, shown: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Source::System { began, last } = &self.0.source else { return None };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Reading::next(*last, shown.timestamp_micros(), micros(began));
        *last = Some(next);
        DateTime::from_timestamp_micros(next.shown)
    }
}
