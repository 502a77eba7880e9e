//! Tokens whose signature was verified recently.
//!
//! A device sends the same token with every check-in until its lease is extended, and verifying the signature takes a third
//! of the time of a check-in. Only tokens with a valid signature are kept, so a stranger cannot displace them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Maximum number of tokens in each of the two generations: as many as a hash table of 32,768 slots holds, about 6 MiB.
const MOST: usize = 7 * 4_096;

/// The claims by which a token authenticates its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionClaims {
    pub(crate) session: Uuid,
    pub(crate) license: Uuid,
    pub(crate) fingerprint_hash: [u8; 32],
    pub(crate) not_before: i64,
    pub(crate) expires_at: DateTime<Utc>,
}

/// SHA-256 of a token.
type Hash = [u8; 32];

/// The claims of verified tokens, with the id of the key that signed each.
#[derive(Debug, Default)]
pub(crate) struct VerifiedTokens(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    recent: HashMap<Hash, (Box<str>, SessionClaims)>,
    older: HashMap<Hash, (Box<str>, SessionClaims)>,
}

impl VerifiedTokens {
    pub(super) fn hash(token: &str) -> Hash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        hash
    }

    /// Returns the claims of a token, if `is_good` holds for the id of its key.
    pub(super) fn get(&self, hash: &Hash, is_good: impl FnOnce(&str) -> bool) -> Option<SessionClaims> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(older) = held.older.remove(hash) {
            held.insert(*hash, older);
        }
        let (kid, claims) = held.recent.get(hash)?;
        is_good(kid).then_some(*claims)
    }

    pub(super) fn insert(&self, hash: Hash, kid: &str, claims: SessionClaims) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, (kid.into(), claims));
    }
}

impl Generations {
    /// Makes a token the latest. Forgets those that were not used since the last generation ended.
    fn insert(&mut self, hash: Hash, entry: (Box<str>, SessionClaims)) {
        if self.recent.len() >= MOST {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(hash, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(n: usize) -> SessionClaims {
        let session = Uuid::from_u128(n as u128);
        let expires_at = DateTime::<Utc>::UNIX_EPOCH;
        SessionClaims { session, license: Uuid::nil(), fingerprint_hash: [0; 32], not_before: 0, expires_at }
    }

    #[test]
    fn the_tokens_in_use_stay_and_the_others_go() {
        let tokens = VerifiedTokens::default();
        let (first, hash) = (VerifiedTokens::hash("first"), |n: usize| VerifiedTokens::hash(&n.to_string()));
        tokens.insert(first, "key", claims(0));
        for n in 1..=3 * MOST {
            tokens.insert(hash(n), "key", claims(n));
            if n % (MOST / 2) == 0 {
                assert_eq!(tokens.get(&first, |kid| kid == "key"), Some(claims(0)), "{n}");
            }
        }
        assert_eq!(tokens.get(&hash(1), |_| true), None);
        assert_eq!(tokens.get(&hash(3 * MOST), |_| true), Some(claims(3 * MOST)));
        assert_eq!(tokens.get(&first, |_| false), None, "its key was revoked");
        let held = tokens.0.lock().unwrap();
        assert!(held.recent.len() + held.older.len() <= 2 * MOST);
    }
}
