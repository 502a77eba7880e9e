//! Retrying acts after a transaction conflict.

use crate::{Error, Result};

/// Number of times that an act, or a batch at the desk, is retried after a deadlock or a serialization failure.
pub(crate) const RETRIES: usize = 3;

/// Runs an act, and runs it again if the database aborted its transaction because of a conflict. Nothing was written
/// then, so each attempt begins anew with its own transaction.
///
/// # Errors
/// Those of the act; `Contended` if every attempt is aborted.
pub(crate) async fn retried<T, A: Future<Output = Result<T>>>(act: impl Fn() -> A) -> Result<T> {
    for _ in 0..RETRIES {
        match act().await {
            Err(Error::Contended) => {}
            done => return done,
        }
    }
    act().await
}
