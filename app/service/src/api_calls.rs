//! Writing calls of the management API: with an `Idempotency-Key`, each is done once, however often it is sent.
//!
//! Only the ids of what a call made are stored, in the act's own transaction and never its response, which may contain
//! an activation code. A repeat therefore answers the current state. A call that failed changed nothing and is not
//! stored, so its repeat is a new attempt.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    Actor, CallFault, Calls, Error, Result,
    activation::idempotency::{CallKey, Flying},
    once_call::OnceCall,
};

/// A writing call in progress. While it exists, other calls with its key are refused on this instance.
#[derive(Debug)]
pub struct ApiCall {
    calls: Calls,
    actor: Actor,
    done: Option<Completed>,
    _flying: Option<Flying>,
}

/// Result of an earlier call with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completed {
    /// Subject of its last event: for a call that creates something, its id.
    pub subject: Option<Uuid>,
    /// Its last event.
    pub event: Uuid,
}

/// The outcome of a writing call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// The act was done now.
    Done(T),
    /// An earlier call with the same key did it.
    Repeated(Completed),
}

impl Calls {
    /// Begins a writing call of the program `actor`. `request` identifies what it asks for.
    ///
    /// # Errors
    /// `Call` if a call with the same key is in progress, or was a different request; `Unavailable`.
    pub async fn begin_api_call(&self, key: Option<&CallKey>, request: &Value, actor: Actor) -> Result<ApiCall> {
        let token = actor.id().unwrap_or_default();
        let Some((once, flying)) = self.begin_call(key, token.as_bytes(), request)? else {
            return Ok(ApiCall { calls: self.clone(), actor, done: None, _flying: None });
        };
        let once = OnceCall { key: once.key, body: once.body, attempt: self.attempt() };
        let actor = Actor { once: Some(once), ..actor };
        let done = self.completed(&actor).await?;
        Ok(ApiCall { calls: self.clone(), actor, done, _flying: Some(flying) })
    }

    async fn completed(&self, actor: &Actor) -> Result<Option<Completed>> {
        let Some(once) = actor.once else { return Ok(None) };
        let row = self.kept_api_call(&once.key).await?;
        row.map(|row| match row.body_hash == once.body {
            true => Ok(Completed { subject: row.subject_id, event: row.event_id }),
            false => Err(Error::Call(CallFault::OtherBody)),
        })
        .transpose()
    }
}

impl ApiCall {
    /// The actor for the call's act.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the result of an earlier call with the same key, if there was one.
    pub fn completed(&self) -> Option<Completed> {
        self.done
    }

    /// Does the act, unless an earlier call with the same key did it. Another instance may be faster; its success counts
    /// for this call, too.
    ///
    /// # Errors
    /// Those of the act.
    pub async fn run<T>(&self, act: impl Future<Output = Result<T>>) -> Result<Outcome<T>> {
        if let Some(done) = self.done {
            return Ok(Outcome::Repeated(done));
        }
        match act.await {
            Ok(made) => Ok(Outcome::Done(made)),
            Err(error) => match self.calls.completed(&self.actor).await? {
                Some(done) => Ok(Outcome::Repeated(done)),
                None => Err(error),
            },
        }
    }
}
