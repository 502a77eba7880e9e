//! The state that both desks share.

use std::sync::Arc;

use store::Store;

use super::{idle::Idle, load::DeskLoad, request::DeskRequest, routing::Routing, state::BatchState};
use crate::{
    Clock,
    activation::decisions::RefusalWriter,
    keys::{Keyring, status_list::Places},
};

/// The state that both desks share.
#[derive(Debug)]
pub(crate) struct DeskContext {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) places: Places,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) refusal_writer: Arc<RefusalWriter>,
    pub(super) idle: Idle,
    pub(super) routing: Routing,
    pub(crate) load: Arc<DeskLoad>,
}

impl DeskContext {
    pub(crate) fn new(
        (store, clock): (Store, Clock),
        (places, keyring): (Places, Arc<Keyring>),
        refusal_writer: Arc<RefusalWriter>,
        load: Arc<DeskLoad>,
    ) -> Self {
        let (idle, routing) = (Idle::default(), Routing::default());
        Self { store, clock, places, keyring, refusal_writer, idle, routing, load }
    }

    /// The id of the key that will sign the token for this request. `None` for an unknown license, or if the key has
    /// not been created yet.
    pub(super) fn kid(&self, state: &BatchState, request: &DeskRequest) -> Option<String> {
        let row = &state.license(request)?.row;
        Some(self.keyring.held_signer(row.algorithm, Some(&row.product_code))?.kid.clone())
    }
}
