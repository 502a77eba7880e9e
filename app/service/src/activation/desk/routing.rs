//! The desk that a request goes to first.
//!
//! A request that will be written only loses time at the read desk, where everything is looked up that the write desk
//! looks up again. What is remembered here is a guess, in memory of a bounded size: a wrong one costs one of the two look-ups,
//! and never changes an answer, because each desk decides from the database.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use chrono::{DateTime, TimeDelta, Utc};
use licensing::activation::Purpose;
use uuid::Uuid;

use super::{
    known_license::KnownLicense,
    request::{Credential, DeskRequest},
};
use crate::{Activated, Error, Result};

/// Numbers of slots for devices and for codes, in pieces of [`PIECE`], which are allocated as they are needed: at most eight
/// mebibytes and one.
const DEVICES: usize = 1 << 20;
const CODES: usize = 1 << 17;
const PIECE: usize = 1 << 10;
/// Maximum age of an answer that the record of the device may repeat. `licensing::activation::is_repeat` has the same
/// bound.
const REPEATS: TimeDelta = TimeDelta::minutes(5);

/// Chooses the desk that a request goes to first.
#[derive(Debug)]
pub(super) struct Routing {
    /// Devices that were answered recently, and are probably asking again.
    answered: Slots,
    /// Codes that were granted, until their licenses end. Codes that are unknown or have ended stay at the read desk, which
    /// locks nothing, and where both cost the same.
    granted: Slots,
}

impl Default for Routing {
    fn default() -> Self {
        Self { answered: Slots::new(DEVICES), granted: Slots::new(CODES) }
    }
}

impl Routing {
    /// Returns `true` if the request will probably be written, so that it should go to the write desk at once: one that
    /// extends a seat or asks for a new one. Check-ins rarely change anything.
    pub(super) fn is_for_write_desk(&self, request: &DeskRequest, now: DateTime<Utc>) -> bool {
        let keys = RoutingKeys::of(request);
        let known = keys.code.is_none_or(|code| self.granted.get(code).is_some_and(|until| now < until));
        let repeats = |at| (TimeDelta::zero()..=REPEATS).contains(&(now - at));
        let writes = request.input.purpose != Purpose::CheckIn && !self.answered.get(keys.device).is_some_and(repeats);
        request.file.is_some() || (known && writes)
    }

    /// Remembers the answer to a request, which is about this license.
    pub(super) fn remember(
        &self,
        request: &DeskRequest,
        license: Option<&KnownLicense>,
        answer: &Result<Activated>,
        now: DateTime<Utc>,
    ) {
        if !matches!(answer, Ok(_) | Err(Error::Refused(_))) {
            return;
        }
        let keys = RoutingKeys::of(request);
        self.answered.set(keys.device, Some(now));
        if let Some(code) = keys.code {
            // A trial ends for each device at another time, and then hides the license.
            let granted = answer.as_ref().ok().filter(|_| license.is_some_and(|it| it.facts.terms.trial.is_none()));
            let until = |granted: &Activated| granted.license_ends_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
            self.granted.set(code, granted.map(until));
        }
    }
}

/// The keys under which the answer to a request is remembered.
#[derive(Clone, Copy, Debug)]
struct RoutingKeys {
    /// The device with its credential.
    device: u64,
    /// The code, if one was typed.
    code: Option<u64>,
}

impl RoutingKeys {
    fn of(request: &DeskRequest) -> Self {
        let random = |id: Uuid| id.as_u64_pair().1;
        let (credential, code) = match request.credential {
            Credential::Code(hmac) => (start_of(hmac), Some(start_of(hmac))),
            Credential::License(license) => (random(license), None),
            Credential::Session { session, .. } => (random(session), None),
        };
        Self { device: credential ^ start_of(request.fingerprint_hash), code }
    }
}

fn start_of([a, b, c, d, e, f, g, h, ..]: [u8; 32]) -> u64 {
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// Times by key, in seconds and until 2106. A key has four slots, which it shares with others; a new one takes the slot with
/// the earliest time.
#[derive(Debug)]
struct Slots(Box<[OnceLock<Box<[Bucket]>>]>);

/// Slots with the upper half of their key and a time.
type Bucket = [AtomicU64; 4];

impl Slots {
    fn new(slots: usize) -> Self {
        Self((0..slots / PIECE).map(|_| OnceLock::new()).collect())
    }

    fn get(&self, key: u64) -> Option<DateTime<Utc>> {
        let (piece, at) = self.place(key)?;
        let mut slots = piece.get()?.get(at)?.iter().map(|slot| slot.load(Relaxed));
        let seconds = u32::try_from(slots.find(|slot| is_of(*slot, key))? & u64::from(u32::MAX)).ok()?;
        DateTime::from_timestamp(seconds.into(), 0)
    }

    fn set(&self, key: u64, time: Option<DateTime<Utc>>) {
        let Some((piece, at)) = self.place(key) else { return };
        let Some(bucket) = piece.get_or_init(|| (0..PIECE / 4).map(|_| Bucket::default()).collect()).get(at) else {
            return;
        };
        let own = bucket.iter().find(|slot| is_of(slot.load(Relaxed), key));
        let slot = match time {
            Some(_) => own.or_else(|| bucket.iter().min_by_key(|slot| slot.load(Relaxed) & u64::from(u32::MAX))),
            None => own,
        };
        let seconds = time.map(|time| u32::try_from(time.timestamp().max(1)).unwrap_or(u32::MAX));
        if let Some(slot) = slot {
            slot.store(seconds.map_or(0, |seconds| key >> 32 << 32 | u64::from(seconds)), Relaxed);
        }
    }

    /// The piece of a key's bucket, and the bucket's place in the piece.
    fn place(&self, key: u64) -> Option<(&OnceLock<Box<[Bucket]>>, usize)> {
        let lower = usize::try_from(key & u64::from(u32::MAX)).ok()?;
        let buckets = PIECE / 4;
        Some((self.0.get(lower / buckets % self.0.len())?, lower % buckets))
    }
}

/// Returns `true` if the slot holds a time of the key.
const fn is_of(slot: u64, key: u64) -> bool {
    slot != 0 && slot >> 32 == key >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(seconds, 0)
    }

    #[test]
    fn a_key_has_its_own_time_until_later_ones_need_its_slot() {
        let slots = Slots::new(CODES);
        let key = |n: u64| 7 | n << 32;
        for n in 0..4 {
            assert_eq!(slots.get(key(n)), None);
            slots.set(key(n), at(1_800_000_000 + i64::try_from(n).unwrap()));
        }
        assert_eq!((slots.get(key(0)), slots.get(key(3))), (at(1_800_000_000), at(1_800_000_003)));
        slots.set(key(9), None);
        assert_eq!(slots.get(key(0)), at(1_800_000_000), "only its own key clears it");
        slots.set(key(4), at(1_800_000_004));
        assert_eq!(
            (slots.get(key(0)), slots.get(key(1)), slots.get(key(4))),
            (None, at(1_800_000_001), at(1_800_000_004))
        );
        slots.set(key(4), None);
        assert_eq!((slots.get(key(4)), slots.get(key(1))), (None, at(1_800_000_001)));
    }
}
