//! Places in the status lists: reserved ahead in blocks, so that taking one does not wait.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use licensing::{EventKind, SubjectKind};
use serde_json::json;
use store::{
    Store, Tx,
    status::{StatusIndex, StatusList},
};
use uuid::Uuid;

use super::scatter::{SIZE, Scatter};
use crate::{
    Actor, Clock, Error, Result,
    audit::{Record, Subject},
    crypto::vault::Vault,
};

/// Number of places per reservation. An instance that stops loses those that it has not used.
const BLOCK: u32 = 1024;
/// Number of remaining places below which the next block is reserved.
const LOW: usize = 512;

/// Places reserved by this instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Reserve>);

#[derive(Debug)]
struct Reserve {
    store: Store,
    vault: Arc<Vault>,
    clock: Clock,
    ready: Mutex<Ready>,
    /// Held by the task that reserves places.
    refilling: Arc<tokio::sync::Mutex<()>>,
    watcher: Watcher,
}

/// The callback that learns of a list's reserved places before any of them is used.
#[derive(Default)]
struct Watcher(OnceLock<Box<dyn Fn(Uuid, i64) + Send + Sync>>);

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher")
    }
}

/// Reserved places, ready for use.
#[derive(Debug, Default)]
struct Ready {
    places: Vec<StatusIndex>,
    /// Number of times that places were forgotten. Places taken or reserved before come from a list that may be closed
    /// by now, and are not returned.
    generation: u64,
}

/// Places to use. Each place is handed out only once, ever; those left when this is dropped are returned.
#[derive(Debug)]
pub struct TakenPlaces {
    places: Vec<StatusIndex>,
    generation: u64,
    from: Places,
}

impl Places {
    pub(crate) fn new(store: Store, vault: Arc<Vault>, clock: Clock) -> Self {
        Self(Arc::new(Reserve {
            store,
            vault,
            clock,
            ready: Mutex::default(),
            refilling: Arc::default(),
            watcher: Watcher::default(),
        }))
    }

    /// Takes this many places. They are ready except the first time, or if more are requested than were
    /// reserved ahead; then those that are lacking are reserved in one transaction.
    ///
    /// Must not be called inside a write transaction: SQLite has one writer, and reserving needs it.
    pub(crate) async fn take(&self, places: usize) -> Result<TakenPlaces> {
        loop {
            if let Some(taken) = self.at_hand(places) {
                self.refill_ahead();
                return Ok(taken);
            }
            let _one = self.0.refilling.lock().await;
            let lacking = places.saturating_sub(self.ready().places.len());
            if lacking > 0 {
                self.refill(blocks(lacking)).await?;
            }
        }
    }

    /// Calls `watch` after every reservation from now on. Only the first call has an effect.
    pub(super) fn watch(&self, watch: impl Fn(Uuid, i64) + Send + Sync + 'static) {
        _ = self.0.watcher.0.set(Box::new(watch));
    }

    /// Forgets the reserved places; from now on, places come from the list that is open then.
    pub(crate) fn forget(&self) {
        let mut ready = self.ready();
        ready.places.clear();
        ready.generation += 1;
    }

    fn at_hand(&self, places: usize) -> Option<TakenPlaces> {
        let mut ready = self.ready();
        let rest = ready.places.len().checked_sub(places)?;
        Some(TakenPlaces { places: ready.places.split_off(rest), generation: ready.generation, from: self.clone() })
    }

    /// Adds places, unless places were forgotten since `generation`.
    fn put(&self, places: impl IntoIterator<Item = StatusIndex>, generation: u64) {
        let mut ready = self.ready();
        if ready.generation == generation {
            ready.places.extend(places);
        }
    }

    /// Starts reserving the next block, if few places are left and no other task is doing so.
    fn refill_ahead(&self) {
        if self.ready().places.len() >= LOW {
            return;
        }
        let Ok(one) = Arc::clone(&self.0.refilling).try_lock_owned() else { return };
        let places = self.clone();
        tokio::spawn(async move {
            let _one = one;
            if let Err(error) = places.refill(BLOCK).await {
                tracing::warn!(%error, "no places in the status list could be reserved in advance");
            }
        });
    }

    /// Reserves this many places.
    async fn refill(&self, some: u32) -> Result<()> {
        let Reserve { store, vault, clock, .. } = &*self.0;
        let generation = self.ready().generation;
        let mut tx = store.begin().await?;
        tx.lock_status_lists().await?;
        let open = tx.on().open_status_list().await?.map(|list| list.id);
        let reserved = match open {
            Some(list) => tx.reserve_places(list, some.into()).await?.map(|end| (list, end)),
            None => None,
        };
        let (list, end) = match reserved {
            Some(reserved) => reserved,
            None => {
                let list = open_list(&mut tx, clock, &Actor::server()).await?;
                let end = tx.reserve_places(list, some.into()).await?;
                (list, end.ok_or_else(|| Error::defect("a new status list has no room"))?)
            }
        };
        let scatter = Scatter::of(list, vault)?;
        tx.commit().await?;
        if let Some(watch) = self.0.watcher.0.get() {
            watch(list, end);
        }
        let end = u32::try_from(end).map_err(Error::defect)?;
        let numbers = end.saturating_sub(some)..end;
        self.put(numbers.map(|number| StatusIndex { list, index: scatter.place(number).into() }), generation);
        Ok(())
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rounds a number of places up to whole blocks.
fn blocks(places: usize) -> u32 {
    u32::try_from(places).unwrap_or(SIZE).div_ceil(BLOCK).saturating_mul(BLOCK).min(SIZE)
}

/// Opens a list and closes the one that is open.
pub(super) async fn open_list(tx: &mut Tx, clock: &Clock, actor: &Actor) -> Result<Uuid> {
    let (id, now) = (clock.id(), clock.now());
    let list = StatusList { id, size: SIZE.into(), used: 0, opened_at: now, closed_at: None };
    tx.insert_status_list(&list).await?;
    let subject = Subject::new(SubjectKind::StatusList, id, id.to_string());
    Record::new(actor, EventKind::StatusListOpened, subject).made(&json!({ "size": SIZE })).write(tx, now).await?;
    Ok(id)
}

impl Iterator for TakenPlaces {
    type Item = StatusIndex;

    fn next(&mut self) -> Option<StatusIndex> {
        self.places.pop()
    }
}

impl Drop for TakenPlaces {
    fn drop(&mut self) {
        self.from.put(self.places.drain(..), self.generation);
    }
}
