//! The read desk: answers requests that need no write.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{
    batch::{Keys, guarded},
    context::DeskContext,
    queue::{Waiting, take},
    request::DeskRequest,
    state::BatchState,
};
use crate::{Activated, Clock, Declined, Error, Result};

pub(super) async fn serve(mut queue: mpsc::Receiver<Waiting>, to_write: mpsc::Sender<Waiting>, desk: Arc<DeskContext>) {
    while let Some(batch) = take(&mut queue).await {
        desk.load.note(batch.len());
        let answers = guarded(read(&desk, &batch)).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the read desk failed: the write desk answers instead");
            vec![]
        });
        let mut answers = answers.into_iter();
        for waiting in batch {
            match answers.next().flatten() {
                // The caller may have gone.
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

/// Returns the answers in order; `None` for requests that go to the write desk.
async fn read(desk: &DeskContext, batch: &[Waiting]) -> store::Result<Vec<Option<Result<Activated>>>> {
    let keys = Keys::of(batch.iter().map(|w| &w.request));
    let mut reading = desk.store.read().await?;
    let mut on = reading.on();
    let licenses = on.desk_licenses(keys.licenses()).await?;
    let blocks = on.desk_blocks(&keys.fingerprints).await?;
    let state = BatchState::load(&mut on, (licenses, blocks), &keys, desk.clock.now()).await?;
    let now = desk.clock.now();
    let answers = batch.iter().map(|Waiting { request, .. }| {
        let answer = answer(request, &state, desk, now)?;
        desk.routing.remember(request, state.license(request), &answer, now);
        Some(answer)
    });
    Ok(answers.collect())
}

/// The answer to a repeat, or a refusal that is independent of seats. Seats are not counted here; the write desk
/// refuses requests for full licenses.
fn answer(
    request: &DeskRequest,
    state: &BatchState,
    desk: &DeskContext,
    now: DateTime<Utc>,
) -> Option<Result<Activated>> {
    let decided = state.decide(request, now);
    // Only the write desk knows whether an offline request or a call was used before. With a key, a code that has ended
    // is refused here like an unknown one; no repeat of it would be granted.
    let is_hidden = decided.as_ref().is_err_and(|refused| refused.refusal.hides_license());
    if request.file.is_some() || (request.once.is_some() && !is_hidden) {
        return None;
    }
    match decided {
        Ok(grant) if state.is_repeat(request, &grant, desk.kid(state, request).as_deref(), now) => {
            state.answer(request, &grant, now).map(Ok)
        }
        Ok(_) => None,
        Err(refused) => {
            let declined = Declined::new(Clock::id_at(now), refused);
            if desk.refusal_writer.admits(state.license(request).map(|known| known.row.id), now) {
                desk.refusal_writer.enqueue(state.see(request, false, now).refused(&declined, request, now));
            }
            Some(Err(Error::declined(declined, &request.origin)))
        }
    }
}
