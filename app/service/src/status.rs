//! Revocation that an offline verifier can see: every session has a place in a status list, and the lists are published
//! (Token Status List, draft-ietf-oauth-status-list-20).
//!
//! | what is said | of which sessions | until |
//! |---|---|---|
//! | `INVALID` (1) | devices that were revoked or gave their seat up; all of a revoked license | their last token has ended |
//! | `SUSPENDED` (2) | devices that are checked out; all of a suspended license | they are back |
//! | `VALID` (0) | all others, and places that nobody has | |
//!
//! A session keeps its place through all its tokens. A place is given out once: a device that comes back after a revocation
//! is a new session with a new place.

mod bits;
mod places;
mod publish;
mod scatter;

use chrono::TimeDelta;
use uuid::Uuid;

pub(crate) use places::Places;
pub use places::TakenPlaces;
pub(crate) use publish::Lists;
pub use publish::PublishedList;

use crate::{Actor, Result, Service};

/// How long an entry is kept after its last token has ended, should a clock have been wrong. It is not published then.
const KEPT: TimeDelta = TimeDelta::days(30);

impl Service {
    /// The address of a status list, which is also its `sub`.
    pub fn status_list_uri(&self, id: Uuid) -> String {
        format!("{}/status-lists/{id}", self.issuer())
    }

    /// So many places in the open status list, for sessions that begin. Those that are not used go back when what is given
    /// is dropped. They are at hand; only the first time, or where more than a thousand are asked for at once, the database
    /// is waited for. Must not be called inside a write transaction.
    pub async fn status_places(&self, places: usize) -> Result<TakenPlaces> {
        self.0.places.take(places).await
    }

    /// Has `watch` told of every reservation of places, before any of them is given out: the list, and how many of its places
    /// are reserved. A mark outside the database tells by it that a database is older than what was given out.
    pub fn watch_places(&self, watch: impl Fn(Uuid, i64) + Send + Sync + 'static) {
        self.0.places.watch(watch);
    }

    /// Opens a status list, from which all places come from now on; the one before stays published. To be called after a
    /// restore from a backup, before the server starts: places that were given out since the backup must not be given out
    /// again. Gives its id.
    pub async fn open_status_list(&self, actor: &Actor) -> Result<Uuid> {
        let mut tx = self.store().begin().await?;
        tx.lock_status_lists().await?;
        let id = places::open_list(&mut tx, self.clock(), actor).await?;
        tx.commit().await?;
        self.0.places.forget();
        Ok(id)
    }

    /// Forgets what the status lists said of tokens that ended thirty days ago; how many entries there were.
    pub async fn sweep_statuses(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let swept = tx.forget_statuses(self.clock().now() - KEPT).await?;
        tx.commit().await?;
        Ok(swept)
    }
}
