//! Seats that the desk counted in its last transaction, so that a license with many devices is not counted again for each
//! batch.
//!
//! Only on SQLite, where one connection does all the writing. Whatever begins a transaction takes the counts off that
//! connection, and only a batch of the desk, which knows how it changed them, puts them back when it commits. Commits of
//! other processes show in `PRAGMA data_version` (<https://sqlite.org/pragma.html#pragma_data_version>). On PostgreSQL
//! other instances write, so there every batch counts.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Maximum number of licenses whose counts are kept; beyond it, all are forgotten.
const MOST: usize = 8_192;
/// Maximum age of a count. Correcting an older one for the holds that have ended since could cost more than counting.
const OLDEST: TimeDelta = TimeDelta::seconds(60);

/// Numbers of held seats by license.
#[derive(Debug, Default)]
pub struct SeatCounts {
    by_license: HashMap<Uuid, SeatsAt>,
    /// Version of the data that they were counted in. `None` on PostgreSQL.
    pub(crate) version: Option<i64>,
}

/// Number of held seats of a license at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatsAt {
    /// Number of seats.
    pub used: u32,
    /// Time.
    pub at: DateTime<Utc>,
}

impl SeatCounts {
    /// Returns the last count of a license, if it was made at most a minute before `now`.
    pub fn get(&self, license: Uuid, now: DateTime<Utc>) -> Option<SeatsAt> {
        let count = self.by_license.get(&license).copied()?;
        (TimeDelta::zero()..=OLDEST).contains(&(now - count.at)).then_some(count)
    }

    /// Sets the count of a license.
    pub fn set(&mut self, license: Uuid, count: SeatsAt) {
        if self.by_license.len() >= MOST && !self.by_license.contains_key(&license) {
            self.by_license.clear();
        }
        self.by_license.insert(license, count);
    }
}
