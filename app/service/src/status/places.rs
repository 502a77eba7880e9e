//! Places in the status lists: reserved ahead in blocks, so that handing one out waits for nobody.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde_json::json;
use store::{
    Store, Tx,
    status::{StatusIndex, StatusList},
};
use uuid::Uuid;

use super::scatter::{SIZE, Scatter};
use crate::{
    Actor, Clock, Error, Result,
    record::{Record, Subject},
    vault::Vault,
};

/// How many places are reserved at a time. An instance that ends loses those that it has not given out.
const BLOCK: u32 = 1024;
/// With fewer than these left, the next block is reserved.
const LOW: usize = 512;

/// Places that this instance has reserved. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Reserve>);

#[derive(Debug)]
struct Reserve {
    store: Store,
    vault: Arc<Vault>,
    clock: Clock,
    ready: Mutex<Ready>,
    /// One who reserves at a time.
    refilling: Arc<tokio::sync::Mutex<()>>,
    watcher: Watcher,
}

/// Who is told how many places of a list are reserved, before any of them is given out.
#[derive(Default)]
struct Watcher(OnceLock<Box<dyn Fn(Uuid, i64) + Send + Sync>>);

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher")
    }
}

/// Places at hand.
#[derive(Debug, Default)]
struct Ready {
    places: Vec<StatusIndex>,
    /// How often places were forgotten. What was taken or reserved before comes from a list that may be closed by now, and
    /// does not go back.
    generation: u64,
}

/// Places to give out: each that comes out of here is nobody else's, ever. What is left goes back.
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

    /// So many places. They are at hand but for the first time, and wherever more than a block is asked for at once.
    ///
    /// Must not be called inside a write transaction: SQLite has one writer, and reserving needs it.
    pub(crate) async fn take(&self, places: usize) -> Result<TakenPlaces> {
        loop {
            if let Some(taken) = self.at_hand(places) {
                self.refill_ahead();
                return Ok(taken);
            }
            let _one = self.0.refilling.lock().await;
            if self.ready().places.len() < places {
                self.refill().await?;
            }
        }
    }

    /// Tells `watch` of every reservation from now on. Only the first call counts.
    pub(super) fn watch(&self, watch: impl Fn(Uuid, i64) + Send + Sync + 'static) {
        _ = self.0.watcher.0.set(Box::new(watch));
    }

    /// Forgets what was reserved: from now on, places come from the list that is open now.
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

    /// Puts places at hand, unless places were forgotten since.
    fn put(&self, places: impl IntoIterator<Item = StatusIndex>, generation: u64) {
        let mut ready = self.ready();
        if ready.generation == generation {
            ready.places.extend(places);
        }
    }

    /// Has the next block reserved, where it is time and nobody does it.
    fn refill_ahead(&self) {
        if self.ready().places.len() >= LOW {
            return;
        }
        let Ok(one) = Arc::clone(&self.0.refilling).try_lock_owned() else { return };
        let places = self.clone();
        tokio::spawn(async move {
            let _one = one;
            if let Err(error) = places.refill().await {
                tracing::warn!(%error, "no places in the status list could be reserved ahead");
            }
        });
    }

    async fn refill(&self) -> Result<()> {
        let Reserve { store, vault, clock, .. } = &*self.0;
        let generation = self.ready().generation;
        let mut tx = store.begin().await?;
        tx.lock_status_lists().await?;
        let open = tx.on().open_status_list().await?.map(|list| list.id);
        let reserved = match open {
            Some(list) => tx.reserve_places(list, BLOCK.into()).await?.map(|end| (list, end)),
            None => None,
        };
        let (list, end) = match reserved {
            Some(reserved) => reserved,
            None => {
                let list = open_list(&mut tx, clock, &Actor::server()).await?;
                let end = tx.reserve_places(list, BLOCK.into()).await?;
                (list, end.ok_or_else(|| Error::defect("a new status list has no room"))?)
            }
        };
        let scatter = Scatter::of(list, vault)?;
        tx.commit().await?;
        if let Some(watch) = self.0.watcher.0.get() {
            watch(list, end);
        }
        let end = u32::try_from(end).map_err(Error::defect)?;
        let numbers = end.saturating_sub(BLOCK)..end;
        self.put(numbers.map(|number| StatusIndex { list, index: scatter.place(number).into() }), generation);
        Ok(())
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a list, in place of the one that is open.
pub(super) async fn open_list(tx: &mut Tx, clock: &Clock, actor: &Actor) -> Result<Uuid> {
    let (id, now) = (clock.id(), clock.now());
    let list = StatusList { id, size: SIZE.into(), used: 0, opened_at: now, closed_at: None };
    tx.insert_status_list(&list).await?;
    let subject = Subject::new("status_list", id, id.to_string());
    Record::new(actor, "status_list.opened", subject).made(&json!({ "size": SIZE })).write(tx, now).await?;
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
