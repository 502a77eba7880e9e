//! How many seats support may take away within a day.

use licensing::Span;
use store::Tx;

use crate::{Actor, Clock, Error, Result};

/// The acts that count.
const COUNTED: [&str; 2] = ["device.revoked", "device.freed"];
/// What a day is: the last 24 hours, wherever people are.
const DAY: Span = Span::hours(24);

/// Lets an act through that takes a seat away, unless the actor has used up what they may within a day. Two at once of the
/// same person count one after the other.
///
/// # Errors
/// `Conflict`, with when there is one more.
pub(crate) async fn take_one(tx: &mut Tx, actor: &Actor, clock: &Clock) -> Result<()> {
    let (Some(budget), Some(id)) = (actor.releases_per_day, actor.kind.id()) else { return Ok(()) };
    tx.lock_account(id).await?;
    let now = clock.now();
    let taken = tx.on().times_of_acts(id, &COUNTED, DAY.before(now), i64::from(budget)).await?;
    let used = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    if used < budget {
        return Ok(());
    }
    let again = taken.last().map(|oldest| (DAY.after(*oldest) - now).num_seconds().max(1).cast_unsigned().div_ceil(60));
    let wait = again.map_or_else(|| "tomorrow".to_owned(), |minutes| format!("in {}", Span::minutes(minutes)));
    let devices = if budget == 1 { "the 1 device".to_owned() } else { format!("the {budget} devices") };
    Err(Error::Conflict(format!(
        "You have taken the seats of {devices} that support may within a day. There is one more {wait}; an administrator may \
         do this now."
    )))
}
