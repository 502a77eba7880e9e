//! Instances report the keys that they publish, and the next key waits for the slowest.

use chrono::TimeDelta;
use store::instances::Instance;

use super::{ring::Keyring, rotation::OVERLAP};
use crate::{Keys, Result};

/// Time without a report after which an instance is considered stopped.
const ENDED: TimeDelta = TimeDelta::minutes(1);
/// Time for which its last report is kept, for inspection.
const KEPT: TimeDelta = TimeDelta::days(1);

impl Keyring {
    async fn refresh(&self) -> Result<()> {
        self.reload().await?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let serves = self.held().serves.clone();
        tx.see_instance(&Instance { id: self.instance, seen_at: now, serves }).await?;
        tx.forget_instances(now - KEPT).await?;
        let live = tx.on().instances(now - ENDED).await?;
        let next: Vec<_> = self.held().rows.iter().filter(|row| row.signs_from > now).cloned().collect();
        let mut postponed = false;
        for key in next {
            let slowest = live.iter().map(|instance| instance.serves.get(&key.kid).copied().unwrap_or(now)).max();
            let ready = OVERLAP.after(slowest.unwrap_or(now));
            if ready > key.signs_from {
                tx.postpone_signing_key(&key.kid, ready, now).await?;
                postponed = true;
            }
        }
        tx.commit().await?;
        if postponed { self.reload().await } else { Ok(()) }
    }
}

impl Keys {
    /// Reloads the signing keys, reports to the other instances which ones this instance publishes, and postpones the
    /// next key until every instance seen within the last minute has published it for ten minutes. Every process that
    /// answers the key set must call this every ten seconds.
    pub async fn refresh_keys(&self) -> Result<()> {
        self.keyring.refresh().await
    }
}
