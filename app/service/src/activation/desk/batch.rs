//! The look-up keys of a batch, and its failures.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use store::desk::{DeskLicense, LicenseKeys};
use uuid::Uuid;

use crate::{
    Error,
    activation::desk::request::{Credential, DeskRequest},
};

/// The keys of a batch, without duplicates.
pub(super) struct Keys {
    pub(super) codes: Vec<[u8; 32]>,
    pub(super) licenses: Vec<Uuid>,
    pub(super) fingerprints: Vec<[u8; 32]>,
}

impl Keys {
    pub(super) fn of<'a>(requests: impl Iterator<Item = &'a DeskRequest> + Clone) -> Self {
        let code = |request: &DeskRequest| match request.credential {
            Credential::Code(hmac) => Some(hmac),
            Credential::License(_) | Credential::Session { .. } => None,
        };
        let license = |request: &DeskRequest| match request.credential {
            Credential::Code(_) => None,
            Credential::License(license) | Credential::Session { license, .. } => Some(license),
        };
        Self {
            codes: each_once(requests.clone().filter_map(code)),
            licenses: each_once(requests.clone().filter_map(license)),
            fingerprints: each_once(requests.map(|request| request.fingerprint_hash)),
        }
    }

    /// The keys by which the licenses are found.
    pub(super) fn licenses(&self) -> LicenseKeys<'_> {
        LicenseKeys { codes: &self.codes, ids: &self.licenses }
    }
}

/// Converts a stored hash; `id` identifies the row in the error.
///
/// # Errors
/// `Inconsistent` if it is not 32 bytes long.
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

/// The licenses whose devices to load. If there are none, an id that does not exist, so that an unknown code takes as
/// long as one that has ended.
pub(super) fn ids(licenses: &[DeskLicense]) -> Vec<Uuid> {
    if licenses.is_empty() { vec![Uuid::nil()] } else { licenses.iter().map(|license| license.id).collect() }
}

/// The reason why a whole batch failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("no places in the status list could be reserved: {0}")]
    NoPlaces(Error),
    #[error("the deadline has passed")]
    Late,
    #[error("the batch panicked")]
    Panicked,
}

impl Failed {
    /// Returns `true` if the database is unavailable or full, so that retrying the batch's requests at once is
    /// pointless.
    pub(super) fn is_unavailable(&self) -> bool {
        match self {
            Self::Store(e) => e.is_unavailable(),
            Self::NoPlaces(e) => matches!(e, Error::Unavailable),
            Self::Late => true,
            Self::Panicked => false,
        }
    }

    /// Returns `true` if a lock could not be acquired in time; requests for other licenses may still succeed.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self, Self::Store(e) if e.is_locked())
    }

    /// The answer to each of the batch's callers.
    pub(super) fn answer(&self) -> Error {
        match self {
            Self::Store(e) if e.is_unavailable() || e.is_retryable() => Error::Unavailable,
            Self::NoPlaces(Error::Unavailable) | Self::Late => Error::Unavailable,
            Self::Store(_) | Self::NoPlaces(_) | Self::Panicked => Error::defect(self),
        }
    }
}

/// Runs a batch. A panic fails the batch only; the desk continues to serve.
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
