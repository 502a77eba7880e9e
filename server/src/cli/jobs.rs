//! The background worker of `latchkey serve` that runs jobs.

use std::{sync::Arc, time::Duration};

use service::Service;
use tokio::{sync::Notify, time::timeout};

/// Interval at which the worker looks for jobs of other instances.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// Runs jobs until `stop` is notified. Finishes the part that it has begun.
pub(super) async fn run(service: Service, stop: Arc<Notify>) {
    if let Err(error) = service.jobs().take_over().await {
        tracing::warn!(%error, "jobs of a previous process could not be taken over");
    }
    let stopped = stop.notified();
    tokio::pin!(stopped);
    stopped.as_mut().enable();
    loop {
        let ran = service.jobs().run_some().await;
        let rest = match ran {
            Ok(true) => Duration::ZERO,
            Ok(false) => LOOKS_EVERY,
            Err(error) => {
                tracing::warn!(%error, "a job could not be continued; trying again");
                LOOKS_EVERY
            }
        };
        tokio::select! {
            biased;
            () = &mut stopped => return,
            _ = timeout(rest, service.jobs().started()) => {}
        }
    }
}
