//! Acts that are run again.

use crate::{Error, Result};

/// How often an act, or a batch at the desk, is run again after a deadlock or a serialization failure.
pub(crate) const RETRIES: usize = 3;

/// Runs an act again where the database gave its transaction up for another's sake. Nothing of it was written then, so that it
/// begins anew, with a transaction of its own.
///
/// # Errors
/// Those of the act; `Contended` where it is in vain.
pub(crate) async fn retried<T, A: Future<Output = Result<T>>>(act: impl Fn() -> A) -> Result<T> {
    for _ in 0..RETRIES {
        match act().await {
            Err(Error::Contended) => {}
            done => return done,
        }
    }
    act().await
}
