//! Rotation: which key signs at a given time, and which keys are published. This depends only on the keys' times, and
//! so is the same on every instance.
//!
//! Among the keys of one algorithm for one product, or for all products, the newest one whose `signs_from` has passed
//! signs. A product with a key of its own uses that; all others share.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use licensing::{Span, product::Algorithm, span::LAST_MOMENT};
use store::keys::KeyRow;

/// Time for which a key is published before it signs and, at the least, after it has stopped: twice as long as clients may
/// cache the key set (`max-age`, five minutes).
pub(crate) const OVERLAP: Span = Span::minutes(10);

/// The `signs_from` of a pregenerated key that is not scheduled yet.
pub(super) const SOME_DAY: DateTime<Utc> = LAST_MOMENT;

/// The state of a key at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published; signs from that time on.
    Next(DateTime<Utc>),
    /// Pregenerated for pinning: published since that time; signs once a rotation schedules it.
    Ahead(DateTime<Utc>),
    /// Signs, since that time.
    Signs(DateTime<Utc>),
    /// No longer signs; published until that time, after which none of its tokens is valid.
    Stopped(DateTime<Utc>),
    /// No longer published, since that time.
    Gone(DateTime<Utc>),
    /// Removed from the key set at that time, regardless of valid tokens.
    Revoked(DateTime<Utc>),
}

impl KeyState {
    /// Returns `true` if the key set contains the key.
    pub const fn is_published(self) -> bool {
        match self {
            Self::Next(_) | Self::Ahead(_) | Self::Signs(_) | Self::Stopped(_) => true,
            Self::Gone(_) | Self::Revoked(_) => false,
        }
    }
}

/// Returns the state of `key`, which is one of `keys`.
pub(crate) fn state(keys: &[KeyRow], key: &KeyRow, now: DateTime<Utc>) -> KeyState {
    if let Some(at) = key.revoked_at {
        return KeyState::Revoked(at);
    }
    if signer(keys, key.algorithm, key.product_code.as_deref(), now).is_some_and(|signer| signer.kid == key.kid) {
        return KeyState::Signs(key.signs_from);
    }
    match published_until(keys, key, now) {
        None if key.signs_from == SOME_DAY => KeyState::Ahead(key.created_at),
        None => KeyState::Next(key.signs_from),
        Some(until) if until > now => KeyState::Stopped(until),
        Some(until) => KeyState::Gone(until),
    }
}

/// Returns the key that signs with this algorithm for the product, or the shared one if the product has none. If the
/// clock was set back before the first shared key, that key signs nevertheless, since it is published and a new one
/// would not be.
pub(crate) fn signer<'a>(
    keys: &'a [KeyRow],
    algorithm: Algorithm,
    product: Option<&str>,
    now: DateTime<Utc>,
) -> Option<&'a KeyRow> {
    let own = product.and_then(|_| current_signer(keys, algorithm, product, now));
    own.or_else(|| current_signer(keys, algorithm, None, now)).or_else(|| {
        let shared = keys.iter().filter(|k| k.algorithm == algorithm && k.product_id.is_none());
        shared.filter(|k| k.retired_at.is_none() && k.revoked_at.is_none()).min_by_key(|k| k.signs_from)
    })
}

/// Returns the newest key whose turn has come and not ended. A key that had stopped takes over again only while it is
/// still published.
pub(crate) fn current_signer<'a>(
    keys: &'a [KeyRow],
    algorithm: Algorithm,
    product: Option<&str>,
    now: DateTime<Utc>,
) -> Option<&'a KeyRow> {
    let mut had: Vec<&KeyRow> = keys
        .iter()
        .filter(|k| k.algorithm == algorithm && k.product_code.as_deref() == product && has_started(k, now))
        .collect();
    had.sort_by_key(|k| Reverse((k.signs_from, k.created_at)));
    let may_sign = |k: &KeyRow| k.retired_at.is_none() && k.revoked_at.is_none();
    let is_published = |k: &KeyRow| published_until(keys, k, now).is_none_or(|until| until > now);
    had.into_iter().find(|k| may_sign(k) && is_published(k))
}

/// Returns the time until which a stopped key is published: until its last token has expired, and at least [`OVERLAP`]
/// for instances that do not know yet that it stopped. `None` if it has not stopped.
pub(crate) fn published_until(keys: &[KeyRow], key: &KeyRow, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let successors = keys.iter().filter(|k| {
        let younger = (k.signs_from, k.created_at) > (key.signs_from, key.created_at);
        k.algorithm == key.algorithm && k.product_id == key.product_id && younger && has_started(k, now)
    });
    let stopped_at = successors.map(|k| k.signs_from).chain(key.retired_at).min()?;
    Some(OVERLAP.after(stopped_at).max(key.tokens_until))
}

/// Returns `true` if the key has started to sign, before it was retired or revoked.
fn has_started(key: &KeyRow, now: DateTime<Utc>) -> bool {
    let withdrawn_at = key.retired_at.into_iter().chain(key.revoked_at).min();
    key.signs_from <= now && withdrawn_at.is_none_or(|at| at > key.signs_from)
}

#[cfg(test)]
mod tests;
