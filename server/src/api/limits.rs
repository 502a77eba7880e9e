//! Limits on the wrong activation codes and API tokens that a network may send.
//!
//! Only failures count. A network that has used them up is answered 429 without a database look-up, except for codes
//! with a correct check symbol: a guess rarely has one, so a customer behind the same address as an attacker can still
//! activate. Generated codes are too long to guess in any case. The limit protects the database, and short imported
//! codes.

use axum::http::{HeaderMap, HeaderValue};
use service::{
    Origin,
    rate_limit::{Bucket, Limit},
};
use uuid::Uuid;

use crate::AppState;

/// Rate limit as reported in response headers.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) name: &'static str,
    /// Value of `RateLimit-Policy`: a quota (`q`) per window in seconds (`w`).
    text: &'static str,
}

/// Failures of one network.
pub(super) const FAILURES: &Policy = &Policy { name: "failures", text: "\"failures\";q=30;w=60" };
/// Seats that a license's devices release, and its offline requests that change no seat. The quota reported is that of
/// releases; the one for offline requests is lower.
pub(super) const CHANGES: &Policy = &Policy { name: "changes", text: "\"changes\";q=300;w=60" };

/// Calls of one API token.
pub(super) const CALLS: &Policy = &Policy { name: "calls", text: "\"calls\";q=600;w=60" };

/// Takes room for a call of this API token. Returns the room that is left; `None` if there are no limits.
///
/// # Errors
/// The seconds to wait.
pub(super) fn take_call(state: &AppState, token: Uuid) -> Result<Option<i64>, u64> {
    if !state.config.rate_limits {
        return Ok(None);
    }
    let (limits, bucket, now) = (state.service.rate_limits(), Bucket::Id(token), state.service.clock().now());
    limits.take(Limit::ApiCall, bucket, now)?;
    Ok(Some(limits.room(Limit::ApiCall, bucket, now)))
}

/// Adds headers with the limit of calls and the room that is left. A tenth of a second brings room for one more.
pub(super) fn tell_room(headers: &mut HeaderMap, room: i64) {
    headers.insert("ratelimit-policy", HeaderValue::from_static(CALLS.text));
    if let Ok(left) = HeaderValue::try_from(format!("\"{}\";r={room};t=1", CALLS.name)) {
        headers.insert("ratelimit", left);
    }
}

/// Adds headers with the limit and the seconds until the next attempt (draft-ietf-httpapi-ratelimit-headers).
pub(super) fn tell(headers: &mut HeaderMap, policy: &Policy, seconds: u64) {
    headers.insert("ratelimit-policy", HeaderValue::from_static(policy.text));
    if let Ok(left) = HeaderValue::try_from(format!("\"{}\";r=0;t={seconds}", policy.name)) {
        headers.insert("ratelimit", left);
    }
}

/// Returns the seconds until that network may fail again, or `None` if it may do so now.
pub(super) fn wait(state: &AppState, limit: Limit, origin: &Origin) -> Option<u64> {
    let now = state.service.clock().now();
    state.config.rate_limits.then(|| state.service.rate_limits().wait(limit, Bucket::of(origin), now)).flatten()
}

/// Counts a failure of that network. Like [`wait`], returns the seconds to wait if it has none left.
pub(super) fn count(state: &AppState, limit: Limit, origin: &Origin) -> Option<u64> {
    let now = state.service.clock().now();
    let count = || state.service.rate_limits().take(limit, Bucket::of(origin), now).err();
    state.config.rate_limits.then(count).flatten()
}
