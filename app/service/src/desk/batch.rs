//! What a batch asks the database for, and what becomes of one that fails.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use store::desk::{DeskLicense, LicenseKeys};
use uuid::Uuid;

use crate::{
    Error,
    activate::{Ask, Door},
};

/// The keys of a batch, each once.
pub(super) struct Keys {
    pub(super) codes: Vec<[u8; 32]>,
    pub(super) licenses: Vec<Uuid>,
    pub(super) fingerprints: Vec<[u8; 32]>,
}

impl Keys {
    pub(super) fn of<'a>(asks: impl Iterator<Item = &'a Ask> + Clone) -> Self {
        let code = |ask: &Ask| match ask.door {
            Door::Code(hmac) => Some(hmac),
            Door::License(_) | Door::Session { .. } => None,
        };
        let license = |ask: &Ask| match ask.door {
            Door::Code(_) => None,
            Door::License(license) | Door::Session { license, .. } => Some(license),
        };
        Self {
            codes: each_once(asks.clone().filter_map(code)),
            licenses: each_once(asks.clone().filter_map(license)),
            fingerprints: each_once(asks.map(|ask| ask.fingerprint_hash)),
        }
    }

    /// What the licenses are found by.
    pub(super) fn licenses(&self) -> LicenseKeys<'_> {
        LicenseKeys { codes: &self.codes, ids: &self.licenses }
    }
}

/// A stored hash, of whose row `id` tells.
///
/// # Errors
/// `Inconsistent` where it is not of 32 bytes.
pub(super) fn hash_of(
    table: &'static str,
    column: &'static str,
    bytes: &[u8],
    id: impl std::fmt::Display,
) -> store::Result<[u8; 32]> {
    bytes.try_into().map_err(|_| store::Error::inconsistent(table, column, id))
}

pub(super) fn each_once<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The licenses to look for devices of. Where there is none, one that there is not: an unknown code takes as long as one
/// that has ended.
pub(super) fn ids(licenses: &[DeskLicense]) -> Vec<Uuid> {
    if licenses.is_empty() { vec![Uuid::nil()] } else { licenses.iter().map(|license| license.id).collect() }
}

/// Why a batch came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("there are no places in the status list: {0}")]
    NoPlaces(Error),
    #[error("it was not done in time")]
    Late,
    #[error("it panicked")]
    Panicked,
}

impl Failed {
    /// Whether the database is away or full, so that trying at once what was in the batch is of no use.
    pub(super) fn is_unavailable(&self) -> bool {
        match self {
            Self::Store(e) => e.is_unavailable(),
            Self::NoPlaces(e) => matches!(e, Error::Unavailable),
            Self::Late => true,
            Self::Panicked => false,
        }
    }

    /// Whether it waited for a lock in vain: what concerns other licenses need not.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self, Self::Store(e) if e.is_locked())
    }

    /// The answer to one of the batch's callers.
    pub(super) fn answer(&self) -> Error {
        match self {
            Self::Store(e) if e.is_unavailable() || e.is_retryable() => Error::Unavailable,
            Self::NoPlaces(Error::Unavailable) | Self::Late => Error::Unavailable,
            Self::Store(_) | Self::NoPlaces(_) | Self::Panicked => Error::defect(self),
        }
    }
}

/// Runs a batch. A panic fails the batch and not the desk: whoever asks next must find somebody there.
pub(super) async fn guarded<T>(batch: impl Future<Output = store::Result<T>>) -> Result<T, Failed> {
    Ok(AssertUnwindSafe(batch).catch_unwind().await.map_err(|_| Failed::Panicked)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_batch_and_goes_no_further() {
        let failed = guarded::<()>(async { panic!("a defect") }).await.unwrap_err();
        assert!(matches!(failed, Failed::Panicked));
        assert!(matches!(failed.answer(), Error::Internal(_)));
        assert!(!failed.is_unavailable());
    }
}
