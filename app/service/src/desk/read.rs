//! The read desk: answers what needs no write.

use store::Store;
use tokio::sync::mpsc;

use super::{
    Waiting,
    batch::{Keys, guarded, ids},
    facts::Table,
    take,
};
use crate::{Activated, Clock, Error, Result, activate::Ask};

pub(super) async fn serve(
    mut queue: mpsc::Receiver<Waiting>,
    to_write: mpsc::Sender<Waiting>,
    store: Store,
    clock: Clock,
) {
    while let Some(batch) = take(&mut queue).await {
        let answers = guarded(read(&store, &clock, &batch)).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the read desk cannot read: the write desk answers");
            vec![]
        });
        let mut answers = answers.into_iter();
        for waiting in batch {
            match answers.next().flatten() {
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

/// The answers, in order; `None` for what is for the write desk.
async fn read(store: &Store, clock: &Clock, batch: &[Waiting]) -> store::Result<Vec<Option<Result<Activated>>>> {
    let keys = Keys::of(batch.iter().map(|w| &w.ask));
    let mut reading = store.read().await?;
    let licenses = reading.on().desk_licenses(&keys.codes).await?;
    let devices = reading.on().desk_activations(&keys.fingerprints, &ids(&licenses)).await?;
    let table = Table::new(licenses, devices);
    Ok(batch.iter().map(|waiting| answer(&waiting.ask, &table, clock)).collect())
}

/// The answer to a repeat, or a refusal that no seat could change. Seats are not counted here, so that a full license is
/// for the write desk to refuse.
fn answer(ask: &Ask, table: &Table, clock: &Clock) -> Option<Result<Activated>> {
    let now = clock.now();
    match table.decide(ask, now) {
        Ok(grant) if table.is_repeat(ask, &grant, now) => table.answer(ask, grant.license_ends_at, now).map(Ok),
        Ok(_) => None,
        Err(refused) => Some(Err(Error::declined(clock.id(), refused, &ask.origin))),
    }
}
