//! The parts that nearly every handle needs.

use std::sync::Arc;

use store::Store;

use crate::{Clock, crypto::vault::Vault};

/// The database, the clock and the keys for secrets. Handles copy the parts that their acts use.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) vault: Arc<Vault>,
}
