//! Revocation for offline verifiers: every session has a place in a status list, and the lists are published (Token
//! Status List, draft-ietf-oauth-status-list-20).
//!
//! | status | sessions | until |
//! |---|---|---|
//! | `INVALID` (1) | devices revoked or with a released seat; all of a revoked license | their last token has expired |
//! | `SUSPENDED` (2) | devices that are checked out; all of a suspended license | they return, or the license is reinstated |
//! | `VALID` (0) | all others, and unused places | |
//!
//! A session keeps its place through all its tokens. A place is used only once: a device that returns after a
//! revocation is a new session with a new place.

mod bits;
mod lists;
mod places;
mod publish;
mod scatter;

use chrono::TimeDelta;
use uuid::Uuid;

pub(crate) use lists::Lists;
pub use lists::PublishedList;
pub(crate) use places::Places;
pub use places::TakenPlaces;

use crate::{Actor, Keys, Result};

/// Time for which an entry is kept after its last token has expired, in case a clock was wrong. It is not published
/// then.
const KEPT: TimeDelta = TimeDelta::days(30);

impl Keys {
    /// The URL of a status list, which is also its `sub`.
    pub fn status_list_uri(&self, id: Uuid) -> String {
        format!("{}/status-lists/{id}", &self.issuer)
    }

    /// Takes this many places in the open status list, for new sessions. Unused ones are returned when the result is
    /// dropped. Places are reserved ahead; only the first call, or one for more than a thousand, waits for the
    /// database. Must not be called inside a write transaction.
    pub async fn status_places(&self, places: usize) -> Result<TakenPlaces> {
        self.places.take(places).await
    }

    /// Calls `watch` after every reservation of places, before any of them is used, with the list and the number of its
    /// places reserved. A mark outside the database can thus detect that a database is older than the places used.
    pub fn watch_places(&self, watch: impl Fn(Uuid, i64) + Send + Sync + 'static) {
        self.places.watch(watch);
    }

    /// Opens a new status list, which all places come from then on; the previous one stays published. Must be called
    /// after a restore from a backup, before the server starts, because places used since the backup must not be used
    /// again. Returns the list's id.
    pub async fn open_status_list(&self, actor: &Actor) -> Result<Uuid> {
        let mut tx = self.store.begin().await?;
        tx.lock_status_lists().await?;
        let id = places::open_list(&mut tx, &self.clock, actor).await?;
        tx.commit().await?;
        self.places.forget();
        Ok(id)
    }

    /// Deletes the entries of tokens that expired more than thirty days ago. Returns their number.
    pub async fn sweep_statuses(&self) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let swept = tx.forget_statuses(self.clock.now() - KEPT).await?;
        tx.commit().await?;
        Ok(swept)
    }
}
