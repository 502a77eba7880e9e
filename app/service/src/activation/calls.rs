//! The acts around idempotency keys: beginning a call, and deleting stored calls.

use std::sync::Arc;

use serde::Serialize;
use store::{Store, api_calls::ApiCallRow};
use uuid::Uuid;

use super::idempotency::{CallKey, Flying, InFlight, Once, TICKETS_KEPT};
use crate::{Clock, Error, Result, base::Base, crypto::vault::Vault};

/// The acts on calls with an idempotency key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Calls {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    in_flight: InFlight,
}

impl Calls {
    pub(crate) fn new(base: &Base) -> Self {
        let Base { store, clock, vault } = base.clone();
        Self { store, clock, vault, in_flight: InFlight::default() }
    }

    /// Begins a call with this key, also bound to `bound_to`; `body` identifies the request. The key is in flight until
    /// the returned [`Flying`] is dropped. `None` without a key.
    ///
    /// # Errors
    /// `InFlight` if a call with the same key is in progress.
    pub(crate) fn begin_call(
        &self,
        key: Option<&CallKey>,
        bound_to: &[u8],
        body: &impl Serialize,
    ) -> Result<Option<(Once, Flying)>> {
        let Some(CallKey { endpoint, key }) = key else { return Ok(None) };
        let body = serde_json::to_vec(body).map_err(Error::defect)?;
        let once = Once {
            key: self.vault.call_hmac(&[endpoint.as_bytes(), bound_to, key.as_bytes()]),
            body: self.vault.call_hmac(&[&body]),
        };
        Ok(Some((once, self.in_flight.enter(once.key)?)))
    }

    /// A new id for an attempt at an act.
    pub(crate) fn attempt(&self) -> Uuid {
        self.clock.id()
    }

    /// Returns the management call with this key, if it was completed.
    pub(crate) async fn kept_api_call(&self, key: &[u8; 32]) -> Result<Option<ApiCallRow>> {
        let now = self.clock.now();
        Ok(self.store.for_api().read().await?.on().api_call(key, now).await?)
    }

    /// Deletes stored calls that are past their time and tickets that have expired. Returns the number of rows.
    pub async fn sweep_calls(&self) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let swept = tx.forget_calls(now).await?
            + tx.forget_api_calls(now).await?
            + tx.forget_tickets(now - TICKETS_KEPT).await?;
        tx.commit().await?;
        Ok(swept)
    }
}
