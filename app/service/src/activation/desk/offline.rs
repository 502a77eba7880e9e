//! Offline requests in a batch: each can be used once, and for one product.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use licensing::Invalid;
use store::{Tx, offline::OfflineFile};
use uuid::Uuid;

use super::state::BatchState;
use crate::{
    Actor, Result,
    activation::desk::request::DeskRequest,
    offline::{Presented, check_product, replayed::REPLAYED},
};

/// Returns the offline requests of the batch that were used before.
pub(super) async fn used(tx: &mut Tx, requests: &[DeskRequest]) -> store::Result<Vec<OfflineFile>> {
    let hashes: Vec<_> = requests.iter().filter_map(|request| request.file.as_ref()).map(|file| file.hash).collect();
    tx.on().used_offline_files(&hashes).await
}

/// Returns `true` if staff submitted one of the offline requests.
pub(super) fn name_staff(requests: &[DeskRequest]) -> bool {
    requests.iter().any(|request| request.file.as_ref().is_some_and(|file| file.by.is_some()))
}

/// Returns the staff who may no longer submit offline requests: their role was changed or their account disabled while
/// the batch waited. The accounts of the others stay locked until the transaction ends.
pub(super) async fn lost(tx: &mut Tx, requests: &[DeskRequest]) -> store::Result<HashSet<Uuid>> {
    let by = |request: &DeskRequest| request.file.as_ref()?.by.clone();
    let mut staff: Vec<Actor> = requests.iter().filter_map(by).collect();
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

/// Checks an offline request before the rules: it must not have been used, and must be for the license's product. For a
/// code that is unknown or has ended the rules give the answer, so that nothing about the license is revealed.
pub(super) fn check<'a>(
    file: &Presented,
    state: &BatchState,
    request: &DeskRequest,
    mut used: impl Iterator<Item = &'a OfflineFile>,
    lost: &HashSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    if file.by.as_ref().and_then(Actor::id).is_some_and(|id| lost.contains(&id)) {
        return Err(Actor::lost());
    }
    if used.any(|known| known.paper_hash == file.hash) {
        return Err(Invalid::one("jti", REPLAYED).into());
    }
    let Some(license) = state.license(request) else { return Ok(()) };
    if state.decide(request, now).is_err_and(|refused| refused.refusal.hides_license()) {
        return Ok(());
    }
    if file.license.is_some_and(|chosen| chosen != license.row.id) {
        return Err(Invalid::one("activationCode", "belongs to a different license than the one you chose").into());
    }
    check_product(&file.product, &license.row.product_code)
}
