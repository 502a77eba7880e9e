//! The end and the number of seats of each license, for lists.

use chrono::{DateTime, Utc};
use licensing::{
    Terms,
    license::{ends_at, has_ended},
};
use store::licenses::Hinted;
use uuid::Uuid;

use crate::{Licenses, Result};

/// Number of licenses whose hints one transaction updates.
const PART: i64 = 256;

/// Returns the end and the number of seats that these terms give a license.
pub(crate) fn hints(
    terms: &Terms,
    issued_at: DateTime<Utc>,
    first_activated_at: Option<DateTime<Utc>>,
) -> (Option<DateTime<Utc>>, Option<i64>) {
    let seats = terms.seats.limit().map(|seats| i64::try_from(seats).unwrap_or(i64::MAX));
    (ends_at(terms.validity, issued_at, first_activated_at), seats)
}

impl Licenses {
    /// Updates the hints of all licenses under one policy that was changed, or whose licenses an earlier version wrote.
    /// Returns `true` if there may be another such policy. Many short transactions leave room for the desk.
    pub async fn refresh_hints(&self) -> Result<bool> {
        let Some(policy) = self.store.read().await?.on().unhinted_policy().await? else { return Ok(false) };
        let mut place = (DateTime::UNIX_EPOCH, Uuid::nil());
        loop {
            let part = self.store.read().await?.on().licenses_of_policy_after(policy.id, place, PART).await?;
            let Some(last) = part.last() else { break };
            place = *last;
            let ids: Vec<Uuid> = part.iter().map(|(_, id)| *id).collect();
            let mut tx = self.store.begin().await?;
            let hinted = tx.lock_hinted(&ids).await?;
            let now = self.clock.synchronized(&mut tx.on()).await?;
            for old in hinted {
                let terms = policy.terms.with(&old.overrides);
                let (ends_at, seat_limit) = hints(&terms, old.issued_at, old.first_activated_at);
                let new = Hinted { ends_at, seat_limit, ..old.clone() };
                if new != old {
                    tx.update_hints(&new).await?;
                    // An earlier version stored no ends. Nobody is told of those that passed long ago.
                    if old.ends_at.is_some() || !has_ended(new.ends_at, now) {
                        self.notice_move(&mut tx, new.id, (old.ends_at, new.ends_at), now).await?;
                    }
                }
            }
            tx.commit().await?;
        }
        // If the policy has changed since, its revision is higher, and the hints are updated again.
        let mut tx = self.store.begin().await?;
        tx.hint_policy(policy.id, policy.revision).await?;
        tx.commit().await?;
        Ok(true)
    }
}
