//! The write desk: one transaction per batch.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use licensing::activation::Refused;
use store::{
    Engine, Tx,
    activations::Activation,
    decisions::DecisionRow,
    desk::{DeskLicense, LapsedSeat, LicenseKeys, TrialRow},
    events::Event,
    offline::OfflineFile,
    status::{StatusIndex, TokenStatus},
};
use tokio::{sync::mpsc, time::timeout};
use uuid::Uuid;

use super::{
    apply_grant::{Made, tokens_end},
    batch::{Failed, Keys, guarded},
    calls::Calls,
    context::DeskContext,
    events, offline,
    queue::{Waiting, take},
    state::{BatchState, Device, exclusive_products},
};
use crate::{
    Activated, Clock, Declined, Error, Result, Trust,
    activation::desk::request::{Ask, Credential},
    keys::status_list::TakenPlaces,
    retry::RETRIES,
};

/// Deadline for a batch, including retries. It ends before callers hang up, so that they get an answer.
const DEADLINE: Duration = Duration::from_secs(8);

pub(super) async fn serve(mut queue: mpsc::Receiver<Waiting>, at: Arc<DeskContext>) {
    while let Some(batch) = take(&mut queue).await {
        at.load.note(batch.len());
        let (asks, replies): (Vec<Ask>, Vec<_>) = batch.into_iter().map(|w| (w.ask, w.reply)).unzip();
        let answers = match run_again(&at, &asks).await {
            Ok(answers) => answers,
            // Each request is tried alone, so that one bad request fails alone.
            Err(error) if asks.len() > 1 && (error.is_locked() || !error.is_unavailable()) => {
                tracing::error!(%error, requests = asks.len(), "a batch failed: each of its requests is retried alone");
                alone(&at, &asks).await
            }
            Err(error) => {
                if error.is_unavailable() && !error.is_locked() {
                    at.store.write_failed();
                }
                tracing::error!(%error, requests = asks.len(), "a batch failed");
                asks.iter().map(|_| Err(error.answer())).collect()
            }
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller that has gone finds its seat at its next request.
            drop(reply.send(answer));
        }
    }
}

async fn alone(at: &DeskContext, asks: &[Ask]) -> Vec<Result<Activated>> {
    let mut answers = Vec::with_capacity(asks.len());
    // Waits only once for a license that stays locked.
    let mut locked: Vec<&Credential> = Vec::new();
    let mut away = false;
    for ask in asks {
        if away || locked.iter().any(|credential| credential.is_of_same_license(&ask.credential)) {
            answers.push(Err(Error::Unavailable));
            continue;
        }
        answers.push(match run_again(at, std::slice::from_ref(ask)).await {
            Ok(mut one) => one.pop().unwrap_or_else(|| Err(Error::defect("a request without an answer"))),
            Err(error) => {
                if error.is_locked() {
                    locked.push(&ask.credential);
                } else {
                    away = error.is_unavailable();
                }
                Err(error.answer())
            }
        });
    }
    answers
}

async fn run_again(at: &DeskContext, asks: &[Ask]) -> Result<Vec<Result<Activated>>, Failed> {
    timeout(DEADLINE, run_until_done(at, asks)).await.unwrap_or(Err(Failed::Late))
}

async fn run_until_done(at: &DeskContext, asks: &[Ask]) -> Result<Vec<Result<Activated>>, Failed> {
    let mut tries = 0;
    loop {
        // Before the transaction, because places are reserved in a transaction of their own.
        let mut places = at.places.take(asks.len()).await.map_err(Failed::NoPlaces)?;
        match guarded(run(at, asks, &mut places)).await {
            Err(Failed::Store(error)) if (error.is_retryable() || error.is_lost()) && tries < RETRIES => tries += 1,
            result => return result,
        }
    }
}

/// Runs a batch from begin to commit.
async fn run(at: &DeskContext, asks: &[Ask], places: &mut TakenPlaces) -> store::Result<Vec<Result<Activated>>> {
    let DeskContext { store, clock, .. } = at;
    let keys = Keys::of(asks.iter());
    let mut tx = store.begin().await?;
    let blocks = tx.hold_desk_blocks(&keys.fingerprints).await?;
    let (licenses, lost) = lock(&mut tx, asks, &keys, store.engine()).await?;
    // The time must be read after all locks. The one read with the licenses will do unless accounts were locked after it.
    let read_at = licenses.iter().filter_map(|row| row.read_at).max().filter(|_| !offline::name_staff(asks));
    let now = clock.synchronized_since(read_at, &mut tx.on()).await?;
    if clock.trust() != Trust::Good {
        return Ok(asks.iter().map(|_| Err(Error::Unavailable)).collect());
    }
    let mut table = BatchState::load(&mut tx.on(), (licenses, blocks), &keys, now).await?;
    table.count_seats(&mut tx.on(), asks, now).await?;

    let used = offline::used(&mut tx, asks).await?;
    let mut calls = Calls::load(&mut tx.on(), asks, now).await?;
    let mut written = Written::default();
    let answers = asks.iter().map(|ask| {
        if let Some(repeated) = calls.repeated(ask, &table, now)? {
            return repeated.map_err(|refused| refuse(ask, refused, &table, &mut written, at, now));
        }
        if let Some(file) = &ask.file {
            offline::check(file, &table, ask, used.iter().chain(&written.files), &lost, now)?;
        }
        let kid = at.kid(&table, ask);
        let before = written.decisions.len();
        let granted = decide(ask, (&mut table, &mut written), (at, kid, &mut *places), now)?;
        let wrote = written.decisions.len() > before;
        if ask.once.is_some() && !wrote && !at.idle.may_keep(granted.license_id, now) {
            return Ok(granted);
        }
        calls.keep(ask.once, granted, now)
    });
    let answers: Vec<_> = answers.collect();
    for (ask, answer) in asks.iter().zip(&answers) {
        at.routing.remember(ask, table.license(ask), answer, now);
    }
    if !written.decisions.is_empty() || !calls.is_empty() {
        written.store(&table, &mut tx, now).await?;
        calls.store(&mut tx, now).await?;
        tx.commit().await?;
    }
    written.refused.into_iter().for_each(|row| at.refusal_writer.enqueue(row));
    Ok(answers)
}

/// Locks everything that the batch decides over: licenses, then products, then the accounts of staff who submit offline
/// requests. Returns the licenses as read under the locks, and the staff who may no longer submit offline requests.
async fn lock(
    tx: &mut Tx,
    asks: &[Ask],
    keys: &Keys,
    engine: Engine,
) -> store::Result<(Vec<DeskLicense>, HashSet<Uuid>)> {
    let mut licenses = tx.lock_desk_licenses(keys.licenses()).await?;
    let ids: Vec<Uuid> = licenses.iter().map(|row| row.id).collect();
    let mut locked = HashSet::new();
    loop {
        let mut products = exclusive_products(&licenses);
        products.retain(|product| !locked.contains(product));
        if products.is_empty() || engine == Engine::Sqlite {
            break;
        }
        tx.lock_products(&products).await?;
        locked.extend(products);
        // The terms may have changed while this waited for the products' locks.
        licenses = tx.on().desk_licenses(LicenseKeys { codes: &[], ids: &ids }).await?;
    }
    Ok((licenses, offline::lost(tx, asks).await?))
}

/// The rows that a batch writes, by table.
#[derive(Default)]
pub(super) struct Written {
    devices: HashSet<Device>,
    taken: Vec<LapsedSeat>,
    /// Licenses with their first activation, and the ends that follow from it.
    pub(super) started: HashMap<Uuid, Option<DateTime<Utc>>>,
    trials: Vec<TrialRow>,
    back: Vec<StatusIndex>,
    events: Vec<Event>,
    decisions: Vec<DecisionRow>,
    files: Vec<OfflineFile>,
    /// Written after the transaction, asynchronously.
    refused: Vec<DecisionRow>,
}

impl Written {
    pub(super) async fn store(&self, table: &BatchState, tx: &mut Tx, now: DateTime<Utc>) -> store::Result<()> {
        // Before the devices: a device that lost its seat may return in the same batch.
        for seat in &self.taken {
            tx.mark_activation(seat.id, TokenStatus::Suspended, now).await?;
        }
        let taken: Vec<_> = self.taken.iter().map(|seat| (seat.id, tokens_end(seat))).collect();
        tx.end_holds(&taken, now).await?;
        tx.clear_status(&self.back).await?;
        let rows: Vec<&Activation> = self.devices.iter().filter_map(|device| table.row(device)).collect();
        tx.upsert_activations(&rows).await?;
        // Nearly always one statement: few batches start licenses with several ends.
        let mut started: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
        for (license, end) in &self.started {
            started.entry(*end).or_default().push(*license);
        }
        for (end, licenses) in started {
            tx.start_licenses(&licenses, now, end).await?;
        }
        tx.insert_trials(&self.trials).await?;
        tx.insert_events(&self.events).await?;
        for file in &self.files {
            tx.insert_offline_file(file).await?;
        }
        tx.insert_decisions(&self.decisions).await
    }
}

/// Refuses a request, and keeps the record for after the commit.
fn refuse(
    ask: &Ask,
    refused: Refused,
    table: &BatchState,
    written: &mut Written,
    at: &DeskContext,
    now: DateTime<Utc>,
) -> Error {
    let declined = Declined::new(Clock::id_at(now), refused);
    if at.refusal_writer.admits(table.license(ask).map(|known| known.row.id), now) {
        written.refused.push(table.see(ask, true, now).refused(&declined, ask, now));
    }
    Error::declined(declined, &ask.origin)
}

/// Decides a request and applies the grant, so that the next request of the batch sees it.
pub(super) fn decide(
    ask: &Ask,
    (table, written): (&mut BatchState, &mut Written),
    (at, kid, places): (&DeskContext, Option<String>, &mut TakenPlaces),
    now: DateTime<Utc>,
) -> Result<Activated> {
    let decision = Clock::id_at(now);
    let grant = match table.decide(ask, now) {
        Ok(grant) => grant,
        Err(refused) => return Err(refuse(ask, refused, table, written, at, now)),
    };
    // A repeat is the same device twice in a batch, or a request that the read desk decided too early, or one that
    // changes no seat and exceeds the limit on records.
    let is_idle = table.is_idle(ask, &grant, kid.as_deref(), now);
    let idle = table.license_id(ask).filter(|_| is_idle);
    if ask.file.is_some() {
        idle.map_or(Ok(()), |license| at.idle.may_upload(license, now))?;
    }
    let repeats = ask.file.is_none()
        && (table.is_repeat(ask, &grant, kid.as_deref(), now)
            || idle.is_some_and(|license| !at.idle.may_write(license, now)));
    if !repeats {
        let lost = || Error::defect("a grant without a license or a device");
        let placed = grant.seating.goes_on() && table.device(ask).is_some_and(|(row, _)| row.place().is_some());
        let place = if placed { None } else { places.next() };
        let made = Made { session: Clock::id_at(now), decision, kid, place };
        let seen = table.see(ask, true, now);
        let applied = table.apply_grant(ask, &grant, made, now).ok_or_else(lost)?;
        let row = table.row(&applied.device).ok_or_else(lost)?;
        written.devices.insert(applied.device);
        written.trials.extend(applied.trial);
        written.back.extend(applied.back);
        if grant.first_activation {
            let license = row.license_id;
            let end = table.license(ask).and_then(|known| known.end_after_start(now));
            written.started.insert(license, end);
        }
        written.events.extend(applied.taken.iter().map(|seat| events::taken_over(ask, row, seat, now)));
        written.taken.extend(applied.taken);
        written.events.push(events::granted(ask, &grant, row, now));
        if let Some(known) = table.license(ask) {
            written.events.extend(events::milestones(&at.store, known, (&grant, row), now)?);
        }
        written.decisions.push(seen.granted(decision, ask, row.id, now));
    }
    let granted =
        table.answer(ask, &grant, now).ok_or_else(|| Error::defect("a grant without a license or a device"))?;
    if let Some(file) = &ask.file {
        written.files.push(file.used(&granted)?);
    }
    Ok(granted)
}
