//! The status list token: built on request, signed, and cached briefly.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use licensing::Span;
use serde::Serialize;
use store::status::PublishedStatus;
use tokio::{task::spawn_blocking, time::timeout};
use uuid::Uuid;

use super::{
    bits::Statuses,
    lists::{Built, PublishedList},
};
use crate::{Error, Keys, Result, keys::token};

/// The header's `typ`.
const TYPE: &str = "statuslist+jwt";
/// Bits per status, for valid, invalid and suspended.
const BITS: u8 = 2;
/// Time for which verifiers may cache a list, in seconds.
const TTL: u64 = 300;
/// Validity of a list, and so the longest outage of the database that it can bridge.
const VALIDITY: Span = Span::hours(24);
/// Time limit for building a list, and the pause before another attempt after a failure.
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_secs(2);

/// The claims of the token (draft-ietf-oauth-status-list-20 §5.1).
#[derive(Serialize)]
struct Claims {
    iss: String,
    sub: String,
    /// Back-dated. Does not shorten `ttl`, which counts from when a verifier fetches the list.
    iat: i64,
    exp: i64,
    ttl: u64,
    status_list: StatusList,
}

#[derive(Serialize)]
struct StatusList {
    bits: u8,
    lst: String,
}

impl Keys {
    /// Returns the status list with that id, signed and at most two seconds old. While the database is unavailable,
    /// returns the last list built, as long as it is valid.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` if the database is unavailable and there is no valid list in memory.
    pub async fn status_list(&self, id: Uuid) -> Result<PublishedList> {
        let lists = &self.lists;
        if let Some(list) = lists.fresh(id, &self.clock) {
            return Ok(list);
        }
        // Rejects unknown lists before waiting for the builder.
        if !lists.built().contains_key(&id) {
            self.store.read().await?.on().status_list(id).await?.ok_or(Error::NotFound("status list"))?;
        }
        let _one = lists.building.lock().await;
        let (now, passed) = (self.clock.now(), self.clock.passed());
        if let Some(list) = lists.fresh(id, &self.clock) {
            return Ok(list);
        }
        let paused = lists.failed().is_some_and(|at| at.elapsed() < PAUSE);
        let built = if paused { Err(Error::Unavailable) } else { self.try_to_build(id, now).await };
        match built {
            Ok(list) => {
                lists.built().insert(id, Built { list: list.clone(), passed });
                Ok(list)
            }
            Err(error) => lists.still_good(id, now).ok_or(error),
        }
    }

    async fn try_to_build(&self, id: Uuid, now: DateTime<Utc>) -> Result<PublishedList> {
        let built = timeout(PATIENCE, self.build(id, now)).await.unwrap_or(Err(Error::Unavailable));
        if let Err(error) = &built {
            tracing::warn!(%error, list = %id, "the status list cannot be built: the last one is served while it is valid");
            *self.lists.failed() = Some(Instant::now());
        }
        built
    }

    async fn build(&self, id: Uuid, now: DateTime<Utc>) -> Result<PublishedList> {
        let mut reading = self.store.read().await?;
        let list = reading.on().status_list(id).await?.ok_or(Error::NotFound("status list"))?;
        let text = reading.on().statuses(id, now).await?;
        drop(reading);
        let size = usize::try_from(list.size).map_err(Error::defect)?;
        let lst = spawn_blocking(move || pack(size, &text)).await.map_err(Error::defect)??;
        let expires_at = VALIDITY.after(now);
        let claims = Claims {
            iss: self.issuer.to_string(),
            sub: self.status_list_uri(id),
            iat: token::back_dated(now),
            exp: expires_at.timestamp(),
            ttl: TTL,
            status_list: StatusList { bits: BITS, lst },
        };
        let token = self.sign_shared(TYPE, &claims, expires_at).await?;
        Ok(PublishedList { token: token.into(), at: now, expires_at })
    }
}

/// Builds the claim `lst`.
fn pack(size: usize, text: &[PublishedStatus]) -> Result<String> {
    let mut statuses = Statuses::new(BITS, size);
    for one in text {
        statuses.set(usize::try_from(one.status_index).map_err(Error::defect)?, one.status);
    }
    Ok(URL_SAFE_NO_PAD.encode(statuses.compressed().map_err(Error::defect)?))
}
