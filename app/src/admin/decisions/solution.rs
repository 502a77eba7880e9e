//! Solving a refusal: a dry run of the same request, and the seats or blocks that prevent it.

use chrono::{DateTime, Utc};
use licensing::{Terms, activation::BlockScope};
use service::store::decisions::DecisionRow;

use crate::{
    Error,
    admin::devices::{DeviceLine, MOST_ENDS, blocks::BlockLine},
};

/// The means to solve a refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The answer that the same request would get now; `None` if it cannot be repeated.
    pub now: Option<AnswerNow>,
    /// The devices that hold the license's seats, if it has none left.
    pub seats: Option<SeatsInUse>,
    /// The blocks that apply to the device.
    pub blocks: Vec<BlockLine>,
}

/// The answer that a request would get now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerNow {
    /// It would be granted.
    Granted,
    /// It would be refused.
    Refused {
        /// The refusal's code.
        code: String,
        /// The rule that decides.
        rule: String,
        /// The remedy.
        remedy: String,
        /// The time after which it would succeed, if nothing changes and waiting helps.
        next_at: Option<DateTime<Utc>>,
    },
}

/// The devices that hold a license's seats.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatsInUse {
    /// The devices to free first: one that is probably the same machine, then those seen longest ago.
    pub devices: Vec<DeviceLine>,
    /// `true` if the first one is probably the same machine as the device that was refused.
    pub twin: bool,
    /// Number of seats in use.
    pub used: u64,
    /// Number of seats allowed; `None` if unlimited.
    pub allowed: Option<u64>,
    /// The license's terms.
    pub terms: Terms,
}

/// Number of devices shown.
const MOST_DEVICES: i64 = 5;
/// Number of blocks shown.
const MOST_BLOCKS: usize = 10;

/// The means to solve this refusal.
pub(super) async fn solve(row: &DecisionRow, now: DateTime<Utc>) -> Result<Solution, Error> {
    let service = crate::admin::service()?;
    let again = service.activations().repeat(row).await?.map(|simulation| match simulation.result {
        Ok(_) => AnswerNow::Granted,
        Err(refused) => AnswerNow::Refused {
            code: refused.refusal.code().to_owned(),
            rule: refused.rule.name().to_owned(),
            remedy: refused.refusal.remedy(),
            next_at: refused.refusal.next_at(),
        },
    });
    let code = match &again {
        Some(AnswerNow::Granted) => "",
        Some(AnswerNow::Refused { code, .. }) => code,
        None => &row.outcome,
    };
    let seats = if code == "seat_limit" { seats_in_use(row, now).await? } else { None };
    let blocks = if code == "device_blocked" { blocks(row).await? } else { vec![] };
    Ok(Solution { now: again, seats, blocks })
}

async fn seats_in_use(row: &DecisionRow, now: DateTime<Utc>) -> Result<Option<SeatsInUse>, Error> {
    let mut reading = crate::admin::service()?.store().read().await?;
    let mut on = reading.on();
    let Some(id) = row.license_id else { return Ok(None) };
    let Some(license) = on.license(id, now).await? else { return Ok(None) };
    let terms = license.policy_terms.with(&license.license.overrides);
    let platform = row.facts.as_ref().and_then(|facts| facts.platform.as_deref());
    let like = row.device_name.as_deref().zip(platform);
    let holders = on.stalest_seats(id, like, now, MOST_DEVICES).await?;
    let twin = like.is_some()
        && holders.first().is_some_and(|first| {
            let is_over = first.revoked_at.is_some() || first.released_at.is_some();
            !is_over && first.device_name.as_deref().zip(first.platform.as_deref()) == like
        });
    let ends = on.tokens_without_seat(id, now, MOST_ENDS).await?;
    let mut devices = Vec::new();
    for holder in holders {
        let taken = on.taken_seat(holder.id).await?;
        devices.push(DeviceLine::of(holder, taken, &terms, &ends, now));
    }
    let (used, allowed) = (crate::admin::counted(license.seats_used), terms.seats.limit());
    Ok(Some(SeatsInUse { devices, twin, used, allowed, terms }))
}

/// The blocks of the device's fingerprint that reach the license.
async fn blocks(row: &DecisionRow) -> Result<Vec<BlockLine>, Error> {
    use service::store::{blocks::BlockFilter, page::Paging};

    let hash = row.fingerprint_hash.as_deref().and_then(|hash| hash.try_into().ok());
    let Some(fingerprint_hash) = hash else { return Ok(vec![]) };
    let filter = BlockFilter { fingerprint_hash: Some(fingerprint_hash), ..BlockFilter::default() };
    let mut reading = crate::admin::service()?.store().read().await?;
    let found = reading.on().blocks(filter, Paging::First, MOST_BLOCKS).await?.rows.into_iter();
    let reaches = |scope: BlockScope, id| match scope {
        BlockScope::License => Some(id) == row.license_id,
        BlockScope::Product => Some(id) == row.product_id,
        BlockScope::Server => true,
    };
    Ok(found.filter(|it| reaches(it.block.scope, it.block.scope_id)).map(BlockLine::from).collect())
}
