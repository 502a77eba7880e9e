//! How many wrong activation codes and API tokens a network may send.
//!
//! Only failures count. A network that has used them up is answered 429 without a look into the database, but for codes
//! whose check symbol is right: nobody comes upon such a code by chance, so that a paying customer's next device is let in
//! whatever others behind the same address did. Guessing costs more than it gives either way; the limit is there for the
//! database's sake and against those who try out short imported codes.

use axum::http::{HeaderMap, HeaderValue};
use service::{
    Origin,
    rate_limit::{Bucket, Limit},
};

use crate::AppState;

/// A limit as the headers name it.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) name: &'static str,
    /// As the draft has it: so many in so many seconds.
    text: &'static str,
}

/// Failures of a network.
pub(super) const FAILURES: &Policy = &Policy { name: "failures", text: "\"failures\";q=30;w=60" };
/// Seats that a license's devices release, and its offline requests that change no seat. The figures are those of releases; the
/// bound of offline requests is lower.
pub(super) const CHANGES: &Policy = &Policy { name: "changes", text: "\"changes\";q=300;w=60" };

/// Tells a caller what the limit is, and in how many seconds it may ask again (draft-ietf-httpapi-ratelimit-headers).
pub(super) fn tell(headers: &mut HeaderMap, policy: &Policy, seconds: u64) {
    headers.insert("ratelimit-policy", HeaderValue::from_static(policy.text));
    if let Ok(left) = HeaderValue::try_from(format!("\"{}\";r=0;t={seconds}", policy.name)) {
        headers.insert("ratelimit", left);
    }
}

/// In how many seconds that network may fail again: `None` for at once.
pub(super) fn wait(state: &AppState, limit: Limit, origin: &Origin) -> Option<u64> {
    let now = state.service.clock().now();
    state.config.rate_limits.then(|| state.service.rate_limits().wait(limit, Bucket::of(origin), now)).flatten()
}

/// Counts a failure of that network; or says, like [`wait`], that it has none left.
pub(super) fn count(state: &AppState, limit: Limit, origin: &Origin) -> Option<u64> {
    let now = state.service.clock().now();
    let count = || state.service.rate_limits().take(limit, Bucket::of(origin), now).err();
    state.config.rate_limits.then(count).flatten()
}
