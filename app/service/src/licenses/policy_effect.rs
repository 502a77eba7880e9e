//! The effect that a change of a policy would have on the licenses under it.

use std::collections::HashMap;

use licensing::{Terms, license};
use serde::Serialize;
use uuid::Uuid;

use crate::{Error, Licenses, PolicyForm, Result};

/// Number of licenses that one query reads.
const AT_ONCE: i64 = 500;
/// Maximum number of licenses that are counted.
const MOST: usize = 100_000;

/// Counts of licenses and devices that a change of a policy affects. At most 100,000 licenses are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PolicyEffect {
    /// Licenses whose terms change. Those that are revoked, or have the changed values of their own, are not counted.
    pub licenses: u64,
    /// Those of them that get less than before, as far as [`Terms::narrowed_by`] tells.
    pub licenses_narrowed: u64,
    /// Devices beyond the allowed number that are not beyond it today.
    pub devices_over: u64,
    /// Licenses whose leases become shorter.
    pub leases_shorter: u64,
    /// Licenses that have ended under the new terms, but not under the current ones.
    pub licenses_ended: u64,
    /// `true` if there are more licenses, which were not counted.
    pub truncated: bool,
}

impl Licenses {
    /// Returns the effect that a change of a policy would have. Nothing is stored.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` as for [`change_policy`](Self::change_policy).
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn policy_effect(&self, id: Uuid, form: PolicyForm) -> Result<PolicyEffect> {
        let mut reading = self.store.read().await?;
        let policy = reading.on().policy(id).await?.ok_or(Error::NotFound("policy"))?;
        let product = reading.on().product(policy.product_id).await?.ok_or(Error::NotFound("product"))?;
        let before = policy.terms.clone();
        let after = form.read(&product, policy)?.terms;
        let now = self.clock.now();
        let mut effect = PolicyEffect::default();
        let (mut last, mut seen) = (Uuid::nil(), 0);
        loop {
            let some = reading.on().licenses_under(id, last, AT_ONCE).await?;
            let Some(end) = some.last().map(|license| license.id) else { break };
            if seen >= MOST {
                effect.truncated = true;
                break;
            }
            (last, seen) = (end, seen + some.len());
            let ids: Vec<Uuid> = some.iter().map(|license| license.id).collect();
            let held = reading.on().held_seats(&ids, now).await?;
            let held: HashMap<Uuid, i64> = held.into_iter().map(|held| (held.license_id, held.used)).collect();
            for license in some {
                let [old, new] = [&before, &after].map(|terms: &Terms| terms.with(&license.overrides));
                let used = held.get(&license.id).and_then(|used| u64::try_from(*used).ok()).unwrap_or_default();
                let over = |terms: &Terms| terms.allowed().map_or(0, |allowed| used.saturating_sub(allowed.into()));
                let has_ended = |terms: &Terms| {
                    license::has_ended(
                        license::ends_at(terms.validity, license.issued_at, license.first_activated_at),
                        now,
                    )
                };
                effect.licenses += u64::from(new != old);
                effect.licenses_narrowed += u64::from(!old.narrowed_by(&new).is_empty());
                effect.devices_over += over(&new).saturating_sub(over(&old));
                effect.leases_shorter += u64::from(new.lease.default < old.lease.default);
                effect.licenses_ended += u64::from(has_ended(&new) && !has_ended(&old));
            }
        }
        Ok(effect)
    }
}
