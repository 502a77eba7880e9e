//! The write desk: one transaction a batch.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use licensing::activation::{Grant, Rule, Seating};
use serde_json::json;
use store::{
    Store, Tx,
    desk::{DecisionRow, DeskActivation},
    events::Event,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Waiting,
    batch::{Failed, Keys, guarded, ids},
    facts::{Device, Ids, Table},
    take,
};
use crate::{Activated, Clock, Error, Result, activate::Ask};

/// How often a batch is run again after a deadlock or a serialization failure.
const RETRIES: usize = 3;

pub(super) async fn serve(mut queue: mpsc::Receiver<Waiting>, store: Store, clock: Clock) {
    while let Some(batch) = take(&mut queue).await {
        let (asks, replies): (Vec<Ask>, Vec<_>) = batch.into_iter().map(|w| (w.ask, w.reply)).unzip();
        let answers = match run_again(&store, &clock, &asks).await {
            Ok(answers) => answers,
            // Each alone, so that one bad request fails alone.
            Err(error) if asks.len() > 1 && !error.is_unavailable() => {
                tracing::error!(%error, requests = asks.len(), "a batch failed: each of its requests is tried alone");
                alone(&store, &clock, &asks).await
            }
            Err(error) => {
                tracing::error!(%error, requests = asks.len(), "a batch failed");
                asks.iter().map(|_| Err(error.answer())).collect()
            }
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller that has gone finds its seat when it asks again.
            drop(reply.send(answer));
        }
    }
}

async fn alone(store: &Store, clock: &Clock, asks: &[Ask]) -> Vec<Result<Activated>> {
    let mut answers = Vec::with_capacity(asks.len());
    for ask in asks {
        answers.push(match run_again(store, clock, std::slice::from_ref(ask)).await {
            Ok(mut one) => one.pop().unwrap_or_else(|| Err(Error::defect("a request without an answer"))),
            Err(error) => Err(error.answer()),
        });
    }
    answers
}

async fn run_again(store: &Store, clock: &Clock, asks: &[Ask]) -> Result<Vec<Result<Activated>>, Failed> {
    let mut tries = 0;
    loop {
        match guarded(run(store, clock, asks)).await {
            Err(Failed::Store(error)) if error.is_retryable() && tries < RETRIES => tries += 1,
            result => return result,
        }
    }
}

/// Eight steps: begin, licenses (locked), devices, seats, activations, events, decisions, commit.
async fn run(store: &Store, clock: &Clock, asks: &[Ask]) -> store::Result<Vec<Result<Activated>>> {
    let keys = Keys::of(asks.iter());
    let mut tx = store.begin().await?;
    let licenses = tx.lock_desk_licenses(&keys.codes).await?;
    // After the lock: on PostgreSQL a statement sees what was committed before it began.
    let devices = tx.on().desk_activations(&keys.fingerprints, &ids(&licenses)).await?;
    let now = clock.now();
    let mut table = Table::new(licenses, devices);
    let counted = tx.on().held_seats(&table.to_count(asks.iter(), now), now).await?;
    table.set_seats(&counted);

    let mut written = Written::default();
    let answers = asks.iter().map(|ask| decide(ask, &mut table, &mut written, now)).collect();
    if !written.decisions.is_empty() {
        written.store(&table, &mut tx, now).await?;
        tx.commit().await?;
    }
    Ok(answers)
}

/// What a batch writes, a table each.
#[derive(Default)]
struct Written {
    devices: HashSet<Device>,
    started: HashSet<Uuid>,
    events: Vec<Event>,
    decisions: Vec<DecisionRow>,
}

impl Written {
    async fn store(&self, table: &Table, tx: &mut Tx, now: DateTime<Utc>) -> store::Result<()> {
        let rows: Vec<&DeskActivation> = self.devices.iter().filter_map(|device| table.row(device)).collect();
        tx.upsert_activations(&rows).await?;
        let started: Vec<Uuid> = self.started.iter().copied().collect();
        tx.start_licenses(&started, now).await?;
        tx.insert_events(&self.events).await?;
        tx.insert_decisions(&self.decisions).await
    }
}

fn decide(ask: &Ask, table: &mut Table, written: &mut Written, now: DateTime<Utc>) -> Result<Activated> {
    let decision = Clock::id_at(now);
    let grant = table.decide(ask, now).map_err(|refused| Error::declined(decision, refused, &ask.origin))?;
    // The same device twice in a batch, or a repeat that the read desk saw too early.
    if !table.is_repeat(ask, &grant, now) {
        let ids = Ids { session: Clock::id_at(now), decision };
        if let Some(row) = table.enter(ask, &grant, ids, now) {
            written.devices.insert((row.license_id, ask.fingerprint_hash));
            if grant.first_activation {
                written.started.insert(row.license_id);
            }
            written.events.push(event(ask, &grant, row, now));
            written.decisions.push(DecisionRow {
                id: decision,
                license_id: row.license_id,
                activation_id: Some(row.id),
                outcome: "granted",
                rule: Rule::SeatFree.name(),
                at: now,
                address: ask.origin.address.clone(),
                request_id: ask.origin.request_id.clone(),
            });
        }
    }
    table.answer(ask, grant.license_ends_at, now).ok_or_else(|| Error::defect("a grant without a license or a device"))
}

fn event(ask: &Ask, grant: &Grant, row: &DeskActivation, now: DateTime<Utc>) -> Event {
    let name = row.device_name.clone().unwrap_or_else(|| "unnamed device".to_owned());
    Event {
        id: Clock::id_at(now),
        at: now,
        actor_kind: "device".to_owned(),
        actor_id: None,
        actor_name: name.clone(),
        act: match grant.seating {
            Seating::Kept => "device.renewed",
            Seating::New | Seating::Returned | Seating::Readmitted => "device.activated",
        }
        .to_owned(),
        subject_kind: "device".to_owned(),
        subject_id: Some(row.id),
        subject_name: name,
        license_id: Some(row.license_id),
        before: None,
        after: Some(json!({ "lease_ends_at": row.lease_ends_at })),
        reason: None,
        address: ask.origin.address.clone(),
        request_id: ask.origin.request_id.clone(),
    }
}
