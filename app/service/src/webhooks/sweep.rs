//! Deletion of old deliveries.

use licensing::Span;

use super::Webhooks;
use crate::Result;

/// Number of deliveries that are deleted in one transaction.
const PIECE: i64 = 500;

impl Webhooks {
    /// Deletes the deliveries that are older than `age`, with their attempts. Returns the number deleted.
    ///
    /// # Errors
    /// `Unavailable`; some may have been deleted then.
    pub async fn sweep_deliveries(&self, age: Span) -> Result<u64> {
        let mut swept = 0;
        loop {
            let mut tx = self.store.begin().await?;
            let deleted = tx.sweep_deliveries(age.before(self.clock.now()), PIECE).await?;
            tx.commit().await?;
            swept += deleted;
            if deleted == 0 {
                return Ok(swept);
            }
        }
    }
}
