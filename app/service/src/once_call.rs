//! The idempotency key of a management call, as its actor carries it to the act.

use chrono::{DateTime, Utc};
use licensing::Span;
use store::{Tx, api_calls::ApiCallRow, events::Event};
use uuid::Uuid;

use crate::{CallFault, Error, Result};

/// Time for which a completed call is kept.
const KEPT: Span = Span::hours(24);

/// A call that is done once: HMACs of its key and of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OnceCall {
    pub(crate) key: [u8; 32],
    pub(crate) body: [u8; 32],
    /// Attempt at the act. An act that records several events stores the call with each of them, so the last one counts.
    pub(crate) attempt: Uuid,
}

impl OnceCall {
    /// Stores the call with the event that it caused.
    ///
    /// # Errors
    /// `Call` if another attempt has completed the call; the transaction must not be committed then.
    pub(crate) async fn keep(&self, tx: &mut Tx, event: &Event, now: DateTime<Utc>) -> Result<()> {
        let row = ApiCallRow {
            key_hash: self.key.to_vec(),
            body_hash: self.body.to_vec(),
            attempt: self.attempt,
            subject_id: event.subject_id,
            event_id: event.id,
            kept_until: KEPT.after(now),
        };
        match tx.keep_api_call(&row, now).await {
            Err(store::Error::Conflict(_)) => Err(Error::Call(CallFault::InFlight)),
            kept => Ok(kept?),
        }
    }
}
