//! The read desk: answers what needs no write.

use store::Store;
use tokio::sync::mpsc;

use super::{
    Waiting,
    batch::Keys,
    facts::{Table, declined},
    take,
};
use crate::{Activated, Ask, Clock, Error, Result};

pub(super) async fn serve(
    mut queue: mpsc::Receiver<Waiting>,
    to_write: mpsc::Sender<Waiting>,
    store: Store,
    clock: Clock,
) {
    while let Some(batch) = take(&mut queue).await {
        let loaded = load(&store, &batch).await;
        if let Err(error) = &loaded {
            tracing::warn!(%error, "the read desk cannot read: the write desk answers");
        }
        for waiting in batch {
            let answer = loaded.as_ref().ok().and_then(|table| answer(&waiting.ask, table, &clock));
            match answer {
                // A caller that has gone wants no answer.
                Some(answer) => drop(waiting.reply.send(answer)),
                None => pass_on(waiting, &to_write),
            }
        }
    }
}

fn pass_on(waiting: Waiting, to_write: &mpsc::Sender<Waiting>) {
    if let Err(full) = to_write.try_send(waiting) {
        drop(full.into_inner().reply.send(Err(Error::Unavailable)));
    }
}

async fn load(store: &Store, batch: &[Waiting]) -> Result<Table> {
    let keys = Keys::of(batch.iter().map(|w| &w.ask));
    let mut reading = store.read().await?;
    let licenses = reading.on().desk_licenses(&keys.codes).await?;
    let devices = if licenses.is_empty() { vec![] } else { reading.on().desk_activations(&keys.fingerprints).await? };
    Ok(Table::new(licenses, devices))
}

/// The answer to a repeat, or a refusal that no seat could change. Seats are not counted here, so that a full license is
/// for the write desk to refuse.
fn answer(ask: &Ask, table: &Table, clock: &Clock) -> Option<Result<Activated>> {
    let now = clock.now();
    match table.decide(ask, now) {
        Ok(grant) if table.is_repeat(ask, &grant, now) => table.answer(ask, grant.license_ends_at, now).map(Ok),
        Ok(_) => None,
        Err(refused) => Some(Err(declined(clock.id(), refused, ask))),
    }
}
