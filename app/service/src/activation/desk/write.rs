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
    decisions::DecisionRow,
    desk::{BatchRows, DeskLicense, LapsedSeat, LicenseKeys, TrialRow},
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
    activation::desk::request::{Credential, DeskRequest},
    keys::status_list::TakenPlaces,
    retry::RETRIES,
};

/// Deadline for a batch, including retries. It ends before callers hang up, so that they get an answer.
const DEADLINE: Duration = Duration::from_secs(8);

pub(super) async fn serve(mut queue: mpsc::Receiver<Waiting>, desk: Arc<DeskContext>) {
    while let Some(batch) = take(&mut queue).await {
        desk.load.note(batch.len());
        let (requests, replies): (Vec<DeskRequest>, Vec<_>) = batch.into_iter().map(|w| (w.request, w.reply)).unzip();
        let answers = match run_again(&desk, &requests).await {
            Ok(answers) => answers,
            // Each request is tried alone, so that one bad request fails alone.
            Err(error) if requests.len() > 1 && (error.is_locked() || !error.is_unavailable()) => {
                tracing::error!(%error, requests = requests.len(), "a batch failed: each of its requests is retried alone");
                alone(&desk, &requests).await
            }
            Err(error) => {
                if error.is_unavailable() && !error.is_locked() {
                    desk.store.write_failed();
                }
                tracing::error!(%error, requests = requests.len(), "a batch failed");
                requests.iter().map(|_| Err(error.answer())).collect()
            }
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller that has gone finds its seat at its next request.
            drop(reply.send(answer));
        }
    }
}

async fn alone(desk: &DeskContext, requests: &[DeskRequest]) -> Vec<Result<Activated>> {
    let mut answers = Vec::with_capacity(requests.len());
    // Waits only once for a license that stays locked.
    let mut locked: Vec<&Credential> = Vec::new();
    let mut away = false;
    for request in requests {
        if away || locked.iter().any(|credential| credential.is_of_same_license(&request.credential)) {
            answers.push(Err(Error::Unavailable));
            continue;
        }
        answers.push(match run_again(desk, std::slice::from_ref(request)).await {
            Ok(mut one) => one.pop().unwrap_or_else(|| Err(Error::defect("a request without an answer"))),
            Err(error) => {
                if error.is_locked() {
                    locked.push(&request.credential);
                } else {
                    away = error.is_unavailable();
                }
                Err(error.answer())
            }
        });
    }
    answers
}

async fn run_again(desk: &DeskContext, requests: &[DeskRequest]) -> Result<Vec<Result<Activated>>, Failed> {
    timeout(DEADLINE, run_until_done(desk, requests)).await.unwrap_or(Err(Failed::Late))
}

async fn run_until_done(desk: &DeskContext, requests: &[DeskRequest]) -> Result<Vec<Result<Activated>>, Failed> {
    let mut tries = 0;
    loop {
        // Before the transaction, because places are reserved in a transaction of their own.
        let mut places = desk.places.take(requests.len()).await.map_err(Failed::NoPlaces)?;
        match guarded(run(desk, requests, &mut places)).await {
            Err(Failed::Store(error)) if (error.is_retryable() || error.is_lost()) && tries < RETRIES => tries += 1,
            result => return result,
        }
    }
}

/// Runs a batch from begin to commit.
async fn run(
    desk: &DeskContext,
    requests: &[DeskRequest],
    places: &mut TakenPlaces,
) -> store::Result<Vec<Result<Activated>>> {
    let DeskContext { store, clock, .. } = desk;
    let keys = Keys::of(requests.iter());
    let mut tx = store.begin().await?;
    let blocks = tx.hold_desk_blocks(&keys.fingerprints).await?;
    let (licenses, lost) = lock(&mut tx, requests, &keys, store.engine()).await?;
    // The time must be read after all locks. The one read with the licenses will do unless accounts were locked after it.
    let read_at = licenses.iter().filter_map(|row| row.read_at).max().filter(|_| !offline::name_staff(requests));
    let now = clock.synchronized_from(read_at, &mut tx.on()).await?;
    if clock.trust() != Trust::Good {
        return Ok(requests.iter().map(|_| Err(Error::Unavailable)).collect());
    }
    let mut state = BatchState::load(&mut tx.on(), (licenses, blocks), &keys, now).await?;
    let mut seats = tx.seat_counts().await?;
    state.count_seats(&mut tx.on(), requests, &seats, now).await?;

    let used = offline::used(&mut tx, requests).await?;
    let mut calls = Calls::load(&mut tx.on(), requests, now).await?;
    let mut written = Written::default();
    let answers = requests.iter().map(|request| {
        if let Some(repeated) = calls.repeated(request, &state, now)? {
            return repeated.map_err(|refused| refuse(request, refused, &state, &mut written, desk, now));
        }
        if let Some(file) = &request.file {
            offline::check(file, &state, request, used.iter().chain(&written.files), &lost, now)?;
        }
        let kid = desk.kid(&state, request);
        let before = written.decisions.len();
        let granted = decide(request, (&mut state, &mut written), (desk, kid, &mut *places), now)?;
        let wrote = written.decisions.len() > before;
        if request.once.is_some() && !wrote && !desk.idle.may_keep(granted.license_id, now) {
            return Ok(granted);
        }
        calls.keep(request.once, granted, now)
    });
    let answers: Vec<_> = answers.collect();
    for (request, answer) in requests.iter().zip(&answers) {
        desk.routing.remember(request, state.license(request), answer, now);
    }
    if !written.decisions.is_empty() || !calls.is_empty() {
        written.store(&state, &mut tx, now).await?;
        calls.store(&mut tx, now).await?;
        state.note_seats(&mut seats, now);
        tx.keep_seat_counts(seats);
        tx.commit().await?;
    }
    written.refused.into_iter().for_each(|row| desk.refusal_writer.enqueue(row));
    Ok(answers)
}

/// Locks everything that the batch decides over: licenses, then products, then the accounts of staff who submit offline
/// requests. Returns the licenses as read under the locks, and the staff who may no longer submit offline requests.
async fn lock(
    tx: &mut Tx,
    requests: &[DeskRequest],
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
    Ok((licenses, offline::lost(tx, requests).await?))
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
    pub(super) async fn store(&self, state: &BatchState, tx: &mut Tx, now: DateTime<Utc>) -> store::Result<()> {
        // Before the devices: a device that lost its seat may return in the same batch.
        for seat in &self.taken {
            tx.mark_activation(seat.id, TokenStatus::Suspended, now).await?;
        }
        let taken: Vec<_> = self.taken.iter().map(|seat| (seat.id, tokens_end(seat))).collect();
        tx.end_holds(&taken, now).await?;
        tx.clear_status(&self.back).await?;
        // Nearly always one end: few batches start licenses with several.
        let mut started: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
        for (license, end) in &self.started {
            started.entry(*end).or_default().push(*license);
        }
        let rows = BatchRows {
            activations: self.devices.iter().filter_map(|device| state.row(device)).collect(),
            started: started.into_iter().collect(),
            events: &self.events,
            decisions: &self.decisions,
        };
        tx.write_batch(&rows, now).await?;
        tx.insert_trials(&self.trials).await?;
        for file in &self.files {
            tx.insert_offline_file(file).await?;
        }
        Ok(())
    }
}

/// Refuses a request, and keeps the record for after the commit.
fn refuse(
    request: &DeskRequest,
    refused: Refused,
    state: &BatchState,
    written: &mut Written,
    desk: &DeskContext,
    now: DateTime<Utc>,
) -> Error {
    let declined = Declined::new(Clock::id_at(now), refused);
    if desk.refusal_writer.admits(state.license(request).map(|known| known.row.id), now) {
        written.refused.push(state.see(request, true, now).refused(&declined, request, now));
    }
    Error::declined(declined, &request.origin)
}

/// Decides a request and applies the grant, so that the next request of the batch sees it.
pub(super) fn decide(
    request: &DeskRequest,
    (state, written): (&mut BatchState, &mut Written),
    (desk, kid, places): (&DeskContext, Option<String>, &mut TakenPlaces),
    now: DateTime<Utc>,
) -> Result<Activated> {
    let decision = Clock::id_at(now);
    let grant = match state.decide(request, now) {
        Ok(grant) => grant,
        Err(refused) => return Err(refuse(request, refused, state, written, desk, now)),
    };
    // A repeat is the same device twice in a batch, or a request that the read desk decided too early, or one that
    // changes no seat and exceeds the limit on records.
    let is_idle = state.is_idle(request, &grant, kid.as_deref(), now);
    let idle = state.license_id(request).filter(|_| is_idle);
    if request.file.is_some() {
        idle.map_or(Ok(()), |license| desk.idle.may_upload(license, now))?;
    }
    let repeats = request.file.is_none()
        && (state.is_repeat(request, &grant, kid.as_deref(), now)
            || idle.is_some_and(|license| !desk.idle.may_write(license, now)));
    if !repeats {
        let lost = || Error::defect("a grant without a license or a device");
        let placed = grant.seating.goes_on() && state.device(request).is_some_and(|(row, _)| row.place().is_some());
        let place = if placed { None } else { places.next() };
        let made = Made { session: Clock::id_at(now), decision, kid, place };
        let seen = state.see(request, true, now);
        let applied = state.apply_grant(request, &grant, made, now).ok_or_else(lost)?;
        let row = state.row(&applied.device).ok_or_else(lost)?;
        written.devices.insert(applied.device);
        written.trials.extend(applied.trial);
        written.back.extend(applied.back);
        if grant.first_activation {
            let license = row.license_id;
            let end = state.license(request).and_then(|known| known.end_after_start(now));
            written.started.insert(license, end);
        }
        written.events.extend(applied.taken.iter().map(|seat| events::taken_over(request, row, seat, now)));
        written.taken.extend(applied.taken);
        written.events.push(events::granted(request, &grant, row, now));
        if let Some(known) = state.license(request) {
            written.events.extend(events::milestones(&desk.store, known, (&grant, row), now)?);
        }
        written.decisions.push(seen.granted(decision, request, row.id, now));
    }
    let granted =
        state.answer(request, &grant, now).ok_or_else(|| Error::defect("a grant without a license or a device"))?;
    if let Some(file) = &request.file {
        written.files.push(file.used(&granted)?);
    }
    Ok(granted)
}
