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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Runs an act whose first `aborted` transactions are aborted, and counts the attempts.
    async fn runs(aborted: usize) -> (usize, Result<()>) {
        let begun = Cell::new(0);
        let act = || {
            begun.set(begun.get() + 1);
            let result = if begun.get() > aborted { Ok(()) } else { Err(Error::Contended) };
            std::future::ready(result)
        };
        let result = retried(act).await;
        (begun.get(), result)
    }

    #[tokio::test]
    async fn an_aborted_act_is_retried_three_times() {
        assert!(matches!(runs(0).await, (1, Ok(()))));
        assert!(matches!(runs(3).await, (4, Ok(()))));
        assert!(matches!(runs(4).await, (4, Err(Error::Contended))));
        let failed = retried(|| std::future::ready(Err::<(), _>(Error::NotFound("license")))).await;
        assert!(matches!(failed, Err(Error::NotFound("license"))));
    }
}
