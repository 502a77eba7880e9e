//! The limit on seats that support may free or revoke within a day.

use licensing::{EventKind, Span};
use store::Tx;

use crate::{Actor, Clock, Error, Result};

/// The acts that count.
const COUNTED: [EventKind; 2] = [EventKind::DeviceRevoked, EventKind::DeviceFreed];
/// A day is the last 24 hours, independent of time zones.
const DAY: Span = Span::hours(24);

/// Counts an act that takes a seat away, unless the actor has reached the daily limit. Concurrent acts of the same
/// account are counted one after the other.
///
/// # Errors
/// `Conflict`, with the time at which the next one is allowed.
pub(crate) async fn take_one(tx: &mut Tx, actor: &Actor, clock: &Clock) -> Result<()> {
    let (Some(budget), Some(id)) = (actor.revocations_per_day, actor.kind.id()) else { return Ok(()) };
    tx.lock_account(id).await?;
    let now = clock.now();
    let taken = tx.on().times_of_acts(id, &COUNTED, DAY.before(now), i64::from(budget)).await?;
    let used = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    if used < budget {
        return Ok(());
    }
    let again = taken.last().map(|oldest| (DAY.after(*oldest) - now).num_seconds().max(1).cast_unsigned().div_ceil(60));
    let wait = again.map_or_else(|| "tomorrow".to_owned(), |minutes| format!("in {}", Span::minutes(minutes)));
    let devices = if budget == 1 { "1 device".to_owned() } else { format!("{budget} devices") };
    Err(Error::Conflict(format!(
        "Support may free or revoke at most {devices} within 24 hours, and you have reached that limit. You can free \
         another one {wait}; an administrator can do it now."
    )))
}
