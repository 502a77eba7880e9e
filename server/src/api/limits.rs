//! Limits on the calls of API tokens, and on the wrong activation codes and API tokens that a network may send.
//!
//! Of codes and tokens, only failures count. A network that has used them up is answered 429 without a database look-up,
//! except for codes
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReportedLimit {
    pub(super) name: &'static str,
    /// Requests per minute.
    quota: u32,
}

/// Failures of one network.
pub(super) const FAILURES: ReportedLimit = ReportedLimit { name: "failures", quota: 30 };
/// Seats that a license's devices release, and its offline requests that change no seat. The quota reported is that of
/// releases; the one for offline requests is lower.
pub(super) const CHANGES: ReportedLimit = ReportedLimit { name: "changes", quota: 300 };
/// Calls of one API token that read or change many rows.
const LARGE: ReportedLimit = ReportedLimit { name: "large", quota: 10 };

/// Paths of the calls that read or change many rows.
pub(super) const LARGE_CALLS: [&str; 3] =
    ["/api/v1/admin/exports", "/api/v1/admin/licenses/batch", "/api/v1/admin/licenses/bulk"];

impl ReportedLimit {
    /// A quota (`q`) per window in seconds (`w`).
    fn text(self) -> String {
        format!("\"{}\";q={};w=60", self.name, self.quota)
    }
}

/// Room under a limit: the calls that are left, and the seconds until there is room for one more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    policy: ReportedLimit,
    left: i64,
    seconds: i64,
}

/// Takes room for a call of this API token. Returns the room that is left; nothing if there are no limits.
///
/// # Errors
/// The limit that was exceeded, and the seconds to wait.
pub(super) fn take_call(state: &AppState, token: Uuid, path: &str) -> Result<Vec<Room>, (ReportedLimit, u64)> {
    if !state.config.rate_limits {
        return Ok(vec![]);
    }
    let (limits, bucket, now) = (state.service.rate_limits(), Bucket::Id(token), state.service.clock().now());
    let calls = ReportedLimit { name: "calls", quota: state.config.api_calls_per_minute };
    limits.take(Limit::ApiCall, bucket, now).map_err(|seconds| (calls, seconds))?;
    let mut taken = vec![(Limit::ApiCall, calls)];
    if LARGE_CALLS.contains(&path) {
        limits.take(Limit::LargeApiCall, bucket, now).map_err(|seconds| (LARGE, seconds))?;
        taken.push((Limit::LargeApiCall, LARGE));
    }
    let room =
        |(limit, policy)| Room { policy, left: limits.room(limit, bucket, now), seconds: limits.interval(limit) };
    Ok(taken.into_iter().map(room).collect())
}

/// Adds headers with the limits of calls and the room that is left.
pub(super) fn tell_room(headers: &mut HeaderMap, rooms: &[Room]) {
    let policies = rooms.iter().map(|room| room.policy.text());
    let left = rooms.iter().map(|Room { policy, left, seconds }| format!("\"{}\";r={left};t={seconds}", policy.name));
    set(headers, "ratelimit-policy", &policies.collect::<Vec<_>>().join(", "));
    set(headers, "ratelimit", &left.collect::<Vec<_>>().join(", "));
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Some(value) = HeaderValue::try_from(value).ok().filter(|value| !value.is_empty()) {
        headers.insert(name, value);
    }
}

/// Adds headers with the limit and the seconds until the next attempt (draft-ietf-httpapi-ratelimit-headers).
pub(super) fn tell(headers: &mut HeaderMap, policy: ReportedLimit, seconds: u64) {
    set(headers, "ratelimit-policy", &policy.text());
    set(headers, "ratelimit", &format!("\"{}\";r=0;t={seconds}", policy.name));
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
