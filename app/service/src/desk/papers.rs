//! Requests that came on paper: each good once, and for one product.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use licensing::Invalid;
use store::{Tx, offline::Paper};
use uuid::Uuid;

use super::table::Table;
use crate::{
    Actor, Result,
    activate::Ask,
    offline::{Presented, REPLAYED, check_product},
};

/// Those of the papers in the batch that were used before.
pub(super) async fn used(tx: &mut Tx, asks: &[Ask]) -> store::Result<Vec<Paper>> {
    let hashes: Vec<_> = asks.iter().filter_map(|ask| ask.paper.as_ref()).map(|paper| paper.hash).collect();
    tx.on().used_papers(&hashes).await
}

/// Returns `true` if staff brought one of the papers.
pub(super) fn name_staff(asks: &[Ask]) -> bool {
    asks.iter().any(|ask| ask.paper.as_ref().is_some_and(|paper| paper.by.is_some()))
}

/// Staff who may no longer bring papers: their role was changed while the batch waited, or their account was disabled. Those
/// who may are held until the transaction ends.
pub(super) async fn lost(tx: &mut Tx, asks: &[Ask]) -> store::Result<HashSet<Uuid>> {
    let by = |ask: &Ask| ask.paper.as_ref()?.by.clone();
    let mut staff: Vec<Actor> = asks.iter().filter_map(by).collect();
    staff.sort_by_key(Actor::id);
    staff.dedup();
    let mut lost = HashSet::new();
    for actor in staff {
        if !actor.may_still(tx).await? {
            lost.extend(actor.id());
        }
    }
    Ok(lost)
}

/// Whether the request may go before the rules: it was not used before, and it is for the license's product. A code that is
/// unknown or has ended is for the rules to answer: nobody learns what it would unlock.
pub(super) fn check<'a>(
    paper: &Presented,
    table: &Table,
    ask: &Ask,
    mut used: impl Iterator<Item = &'a Paper>,
    lost: &HashSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    if paper.by.as_ref().and_then(Actor::id).is_some_and(|id| lost.contains(&id)) {
        return Err(Actor::lost());
    }
    if used.any(|known| known.paper_hash == paper.hash) {
        return Err(Invalid::one("jti", REPLAYED).into());
    }
    let Some(license) = table.license(ask) else { return Ok(()) };
    if table.decide(ask, now).is_err_and(|refused| refused.refusal.hides_license()) {
        return Ok(());
    }
    if paper.license.is_some_and(|chosen| chosen != license.row.id) {
        return Err(Invalid::one("activationCode", "belongs to another license than the one that you chose").into());
    }
    check_product(&paper.product, &license.row.product_code)
}
