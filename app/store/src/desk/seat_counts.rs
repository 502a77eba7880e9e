//! Access to the counts of seats that the desk's last batch left.

use crate::{Result, SeatCounts, Tx, engine::run};

impl Tx {
    /// Returns the counts of the desk's last batch, if it was the last transaction; else none.
    pub async fn seat_counts(&mut self) -> Result<SeatCounts> {
        if !self.is_sqlite() {
            return Ok(SeatCounts::default());
        }
        let version: i64 = run!(self.on(), |c| sqlx::query_scalar("PRAGMA data_version").fetch_one(c).await)?;
        let last = self.last_seat_counts.take().filter(|counts| counts.version == Some(version));
        let mut counts = last.unwrap_or_default();
        counts.version = Some(version);
        Ok(counts)
    }

    /// Keeps these counts for the next batch if this transaction commits. They must be those of [`Tx::seat_counts`] with
    /// every change of this transaction to the seats of a license.
    pub fn keep_seat_counts(&mut self, counts: SeatCounts) {
        self.next_seat_counts = Some(counts).filter(|counts| counts.version.is_some());
    }
}
