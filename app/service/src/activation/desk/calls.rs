//! Idempotency keys in a batch: each call is decided once, and repeats get the same answer.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::{
    activation::{Purpose, Refused, Request, Rule},
    refusal::Refusal,
};
use store::{Connection, Tx, kept_calls::KeptCall};

use super::{
    batch::{each_once, hash_of},
    state::BatchState,
};
use crate::{
    Activated, Clock, Result,
    activation::{desk::request::DeskRequest, idempotency::Once},
};

/// Outcomes of calls, from before this batch and from it.
#[derive(Default)]
pub(super) struct Calls {
    kept: HashMap<[u8; 32], KeptCall>,
    new: Vec<KeptCall>,
}

impl Calls {
    /// Loads the stored outcomes of the batch's calls. Runs no query if no call has a key.
    pub(super) async fn load(
        on: &mut Connection<'_>,
        requests: &[DeskRequest],
        now: DateTime<Utc>,
    ) -> store::Result<Self> {
        let keys = each_once(requests.iter().filter_map(|request| request.once).map(|once| once.key));
        let found = on.kept_calls(&keys, now).await?.into_iter();
        let kept = found.map(|call| Ok((hash_of("kept_calls", "key_hash", &call.key_hash, "a call")?, call)));
        Ok(Self { kept: kept.collect::<store::Result<_>>()?, new: vec![] })
    }

    /// Returns the stored outcome of the call, or the refusal that applies if the outcome may not be returned again.
    /// `None` if the call has not been done.
    ///
    /// # Errors
    /// `OtherBody` if the stored call was a different request.
    pub(super) fn repeated(
        &self,
        request: &DeskRequest,
        state: &BatchState,
        now: DateTime<Utc>,
    ) -> Result<Option<Result<Activated, Refused>>> {
        let Some((once, kept)) = request.once.and_then(|once| Some((once, self.kept.get(&once.key)?))) else {
            return Ok(None);
        };
        let granted: Activated = once.repeat(kept)?;
        Ok(Some(state.may_repeat(request, &granted, now).map(|()| granted)))
    }

    /// Stores the outcome of a call. Its token gets an id that every repeat reuses.
    pub(super) fn keep(&mut self, once: Option<Once>, granted: Activated, now: DateTime<Utc>) -> Result<Activated> {
        let Some(once) = once else { return Ok(granted) };
        let granted = Activated { token_id: Some(Clock::id_at(now)), ..granted };
        let kept = once.kept(&granted, now)?;
        self.kept.insert(once.key, kept.clone());
        self.new.push(kept);
        Ok(granted)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.new.is_empty()
    }

    pub(super) async fn store(&self, tx: &mut Tx, now: DateTime<Utc>) -> store::Result<()> {
        tx.keep_calls(&self.new, now).await
    }
}

impl BatchState {
    /// Checks that the token of this grant may be issued again: its session must be renewable and still hold its seat.
    /// A repeat must not revive a session.
    fn may_repeat(&self, request: &DeskRequest, granted: &Activated, now: DateTime<Utc>) -> Result<(), Refused> {
        let input = Request { purpose: Purpose::Renew, ..request.input.clone() };
        self.decide(&DeskRequest { input, ..request.clone() }, now)?;
        let alive = self.device(request).is_some_and(|(row, facts)| row.id == granted.session_id && facts.is_in(now));
        let refused = Refused { rule: Rule::SessionAlive, refusal: Refusal::SessionEnded };
        if alive { Ok(()) } else { Err(refused) }
    }
}
