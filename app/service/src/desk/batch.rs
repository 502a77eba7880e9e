//! What a batch asks the database for.

use std::collections::HashSet;

use crate::Ask;

/// The keys of a batch, each once, in one order, so that two instances take locks in the same order.
pub(super) struct Keys {
    pub(super) codes: Vec<[u8; 32]>,
    pub(super) fingerprints: Vec<[u8; 32]>,
}

impl Keys {
    pub(super) fn of<'a>(asks: impl Iterator<Item = &'a Ask> + Clone) -> Self {
        Self {
            codes: each_once(asks.clone().map(|ask| ask.code_hmac)),
            fingerprints: each_once(asks.map(|ask| ask.fingerprint_hash)),
        }
    }
}

fn each_once(keys: impl Iterator<Item = [u8; 32]>) -> Vec<[u8; 32]> {
    let mut keys: Vec<[u8; 32]> = keys.collect::<HashSet<_>>().into_iter().collect();
    keys.sort_unstable();
    keys
}
