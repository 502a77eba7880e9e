//! Requests that came on paper: each good once, and for one product.

use chrono::{DateTime, Utc};
use licensing::{Invalid, activation::Refused, refusal::Refusal};
use store::{Tx, offline::Paper};

use super::table::Table;
use crate::{
    Result,
    activate::Ask,
    offline::{Presented, REPLAYED, check_product},
};

/// Those of the papers in the batch that were used before.
pub(super) async fn used(tx: &mut Tx, asks: &[Ask]) -> store::Result<Vec<Paper>> {
    let hashes: Vec<_> = asks.iter().filter_map(|ask| ask.paper.as_ref()).map(|paper| paper.hash).collect();
    tx.on().used_papers(&hashes).await
}

/// Whether the request may go before the rules: it was not used before, and it is for the license's product. A code that is
/// unknown or has ended is for the rules to answer: nobody learns what it would unlock.
pub(super) fn check<'a>(
    paper: &Presented,
    table: &Table,
    ask: &Ask,
    mut used: impl Iterator<Item = &'a Paper>,
    now: DateTime<Utc>,
) -> Result<()> {
    if used.any(|known| known.paper_hash == paper.hash) {
        return Err(Invalid::one("jti", REPLAYED).into());
    }
    let hidden = |refused: Refused| matches!(refused.refusal, Refusal::CodeNotFound { .. } | Refusal::TrialOver { .. });
    let Some(license) = table.license(ask) else { return Ok(()) };
    if table.decide(ask, now).is_err_and(hidden) {
        return Ok(());
    }
    if paper.license.is_some_and(|chosen| chosen != license.row.id) {
        return Err(Invalid::one("activationCode", "belongs to another license than the one that you chose").into());
    }
    check_product(&paper.product, &license.row.product_code)
}
