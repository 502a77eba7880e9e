//! Whose turn it is: which key signs at a moment, and which are published. It follows from the keys' times alone, and so is
//! the same on every instance.
//!
//! The keys of one algorithm for one product, or for all products, take turns: the youngest whose `signs_from` has come
//! signs. A product with a key of its own uses that; all others share.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use licensing::{Span, product::Algorithm, span::LAST_MOMENT};
use store::keys::KeyRow;

/// How long a key is published before it signs, and at least after it has signed: twice as long as clients may keep the
/// key set (`max-age`, five minutes).
pub(crate) const OVERLAP: Span = Span::minutes(10);

/// When a key signs that was made ahead, and whose turn nobody has called yet.
pub(super) const SOME_DAY: DateTime<Utc> = LAST_MOMENT;

/// What a key does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is published, and signs from then on.
    Next(DateTime<Utc>),
    /// It was made ahead, to be pinned: it is published since then, and signs when its turn is called.
    Ahead(DateTime<Utc>),
    /// It signs, since then.
    Signs(DateTime<Utc>),
    /// It signs no more, and is published until then: no token of its ends later.
    Stopped(DateTime<Utc>),
    /// It is published no more, since then.
    Gone(DateTime<Utc>),
    /// It was taken out of the key set then, whatever tokens of its were out.
    Revoked(DateTime<Utc>),
}

impl Standing {
    /// Whether the key set has the key.
    pub const fn is_published(self) -> bool {
        match self {
            Self::Next(_) | Self::Ahead(_) | Self::Signs(_) | Self::Stopped(_) => true,
            Self::Gone(_) | Self::Revoked(_) => false,
        }
    }
}

/// What this one of the keys does.
pub(crate) fn standing(keys: &[KeyRow], key: &KeyRow, now: DateTime<Utc>) -> Standing {
    if let Some(at) = key.revoked_at {
        return Standing::Revoked(at);
    }
    if signer(keys, key.algorithm, key.product_code.as_deref(), now).is_some_and(|signer| signer.kid == key.kid) {
        return Standing::Signs(key.signs_from);
    }
    match published_until(keys, key, now) {
        None if key.signs_from == SOME_DAY => Standing::Ahead(key.created_at),
        None => Standing::Next(key.signs_from),
        Some(until) if until > now => Standing::Stopped(until),
        Some(until) => Standing::Gone(until),
    }
}

/// The key that signs with this algorithm, for this product or for those without keys of their own. Where a clock was set
/// back before the first of the shared keys, that one all the same: it is published, and a new one would not be.
pub(crate) fn signer<'a>(
    keys: &'a [KeyRow],
    algorithm: Algorithm,
    product: Option<&str>,
    now: DateTime<Utc>,
) -> Option<&'a KeyRow> {
    let own = product.and_then(|_| in_turn(keys, algorithm, product, now));
    own.or_else(|| in_turn(keys, algorithm, None, now)).or_else(|| {
        let shared = keys.iter().filter(|k| k.algorithm == algorithm && k.product_id.is_none());
        shared.filter(|k| k.retired_at.is_none() && k.revoked_at.is_none()).min_by_key(|k| k.signs_from)
    })
}

/// The youngest whose turn has come and not ended. One that had stopped takes over again only as long as it is published.
pub(crate) fn in_turn<'a>(
    keys: &'a [KeyRow],
    algorithm: Algorithm,
    product: Option<&str>,
    now: DateTime<Utc>,
) -> Option<&'a KeyRow> {
    let mut had: Vec<&KeyRow> = keys
        .iter()
        .filter(|k| k.algorithm == algorithm && k.product_code.as_deref() == product && had_turn(k, now))
        .collect();
    had.sort_by_key(|k| Reverse((k.signs_from, k.created_at)));
    let may_sign = |k: &KeyRow| k.retired_at.is_none() && k.revoked_at.is_none();
    let is_published = |k: &KeyRow| published_until(keys, k, now).is_none_or(|until| until > now);
    had.into_iter().find(|k| may_sign(k) && is_published(k))
}

/// Until when a key that has stopped is published: until the last token that it has signed has ended, and long enough for
/// an instance that did not know yet. `None` where it has not stopped.
pub(crate) fn published_until(keys: &[KeyRow], key: &KeyRow, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let successors = keys.iter().filter(|k| {
        let younger = (k.signs_from, k.created_at) > (key.signs_from, key.created_at);
        k.algorithm == key.algorithm && k.product_id == key.product_id && younger && had_turn(k, now)
    });
    let stopped_at = successors.map(|k| k.signs_from).chain(key.retired_at).min()?;
    Some(OVERLAP.after(stopped_at).max(key.tokens_until))
}

/// Whether its turn came before anybody took it away.
fn had_turn(key: &KeyRow, now: DateTime<Utc>) -> bool {
    let taken = key.retired_at.into_iter().chain(key.revoked_at).min();
    key.signs_from <= now && taken.is_none_or(|at| at > key.signs_from)
}

#[cfg(test)]
mod tests;
