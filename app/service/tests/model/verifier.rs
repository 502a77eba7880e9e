//! A verifier that keeps every issued token and reads the published status lists, and the invariants that hold for both
//! at any time.
//!
//! The time is the latest one that the clock has shown: time itself never goes back, only clocks do.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use licensing::{Terms, release::overlap};
use serde_json::Value;
use service::{Activated, Claims, Error, PublishedList, Service, store::activations::Activation};
use uuid::Uuid;

use crate::{
    episode::Episode,
    world::{State, Status, World},
};

#[derive(Default)]
pub(crate) struct Verifier {
    tokens: Vec<Kept>,
    /// The latest time that the clock has shown, in microseconds since 1970.
    furthest: i64,
    /// The hold of each seat of a license when it was last checked.
    holds: BTreeMap<usize, Vec<DateTime<Utc>>>,
    /// Licenses that have ever been under lenient terms.
    lenient_once: BTreeSet<usize>,
    pub(crate) seen: usize,
}

struct Kept {
    license: usize,
    device: usize,
    session: Uuid,
    claims: Claims,
}

impl Verifier {
    /// Keeps a token. Asserts that it matches the grant and, if its id is known, that its claims are unchanged. Returns
    /// the id.
    pub(crate) fn keep(&mut self, (license, device): (usize, usize), granted: &Activated, token: &str) -> Uuid {
        let part = token.split('.').nth(1).unwrap();
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let issued = claims.license.issued_at;
        assert!(claims.exp > issued && claims.nbf <= issued, "a token that is never valid: {claims:?}");
        assert_eq!((issued, claims.exp), (granted.at.timestamp(), granted.token_expires_at.timestamp()));
        assert_eq!((claims.sid, claims.sub), (granted.session_id, granted.license_id));
        assert!(claims.status.is_some(), "every session has an index in a status list");
        let id = claims.jti;
        if let Some(before) = self.tokens.iter().rev().find(|kept| kept.claims.jti == id) {
            assert_eq!(before.claims, claims, "a repeated call gives the same claims");
        }
        self.seen += 1;
        self.tokens.push(Kept { license, device, session: granted.session_id, claims });
        id
    }

    /// Moves the time forward to `now`, and drops tokens that have ended.
    pub(crate) fn time(&mut self, now: i64) {
        self.furthest = self.furthest.max(now);
        let moment = self.furthest;
        self.tokens.retain(|kept| kept.claims.exp * 1_000_000 > moment);
    }

    fn moment(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.furthest).unwrap()
    }

    /// Notes which licenses are under lenient terms: their tokens may overlap from now on.
    pub(crate) fn note_terms(&mut self, world: &World) {
        let lenient = (0..world.licenses.len()).filter(|license| !world.plain_terms(*license).strict);
        self.lenient_once.extend(lenient);
    }

    /// Invariant I1: no more seats are held than the limit allows, or than were held when it was lowered. Invariant I2:
    /// every device with a valid token holds a seat or, under lenient terms, is one that the overlap counts.
    pub(crate) fn check(&mut self, license: usize, rows: &[Activation], world: &World) -> Result<(), String> {
        let now = self.moment();
        let held: Vec<DateTime<Utc>> = rows.iter().map(|row| row.hold_until).filter(|hold| *hold > now).collect();
        let before = self.holds.insert(license, held.clone()).unwrap_or_default();
        let before = before.iter().filter(|hold| **hold > now).count();
        let plain_terms = world.plain_terms(license);
        if let Some(allowed) = plain_terms.allowed().filter(|allowed| held.len() > (*allowed as usize).max(before)) {
            return Err(format!("I1: {} seats are held of {allowed}, {before} before", held.len()));
        }
        if world.licenses[license].state == State::Revoked {
            return Ok(());
        }
        let released: Vec<_> = rows.iter().filter(|row| row.hold_until <= now && row.token_expires_at > now).collect();
        let ends: Vec<_> = released.iter().map(|row| row.token_expires_at).collect();
        let bound = overlap(&Terms::default(), &ends, now).map_or(0, |over| over.devices as usize);
        let running = self.devices(license, |_| true);
        if running.len() > held.len() + bound {
            return Err(format!("I2: {} devices run on {} seats and an overlap of {bound}", running.len(), held.len()));
        }
        if !self.lenient_once.contains(&license) && running.len() > held.len() {
            return Err(format!("I2, strict: {} devices run on {} seats", running.len(), held.len()));
        }
        Ok(())
    }

    /// Distinct devices of the license with a valid token that passes the filter.
    fn devices(&self, license: usize, passes: impl Fn(&Kept) -> bool) -> BTreeSet<usize> {
        let of = self.tokens.iter().filter(|kept| kept.license == license && passes(kept));
        of.map(|kept| kept.device).collect()
    }

    /// Reads the published lists as an offline verifier does. Every token must have its expected status, and no license
    /// may have more devices with a valid token than seats.
    pub(crate) async fn check_lists(&self, service: &Service, episode: &Episode, world: &World) -> Result<(), String> {
        let mut lists: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        let place = |kept: &Kept| kept.claims.status.clone().unwrap().status_list;
        let mut good = BTreeSet::new();
        for kept in &self.tokens {
            let at = place(kept);
            let uri = &kept.claims.status.as_ref().unwrap().status_list.uri;
            if !lists.contains_key(uri.as_str()) {
                lists.insert(uri, read_list(service, uri).await);
            }
            let index = usize::try_from(at.idx).unwrap();
            let found = match (lists[uri.as_str()][index / 4] >> (index % 4 * 2)) & 3 {
                0 => Status::Valid,
                1 => Status::Invalid,
                2 => Status::Suspended,
                other => return Err(format!("the status list says {other}")),
            };
            let number = episode.session_number(kept.session).unwrap();
            let expected = world.status(kept.license, kept.device, number);
            if found != expected {
                let owner = (kept.license, kept.device, number);
                return Err(format!("the status list says {found:?} of {owner:?}, which is {expected:?}"));
            }
            if found == Status::Valid {
                good.insert((kept.license, kept.device));
            }
        }
        for license in 0..world.licenses.len() {
            let running = good.range((license, 0)..=(license, usize::MAX)).count();
            let held = self.holds.get(&license).map_or(0, |holds| holds.iter().filter(|h| **h > self.moment()).count());
            if running > held {
                return Err(format!("I2: {running} devices have a valid token of license {license} on {held} seats"));
            }
        }
        Ok(())
    }
}

/// The decoded bytes of a status list (draft-ietf-oauth-status-list-20, §4.1).
async fn read_list(service: &Service, uri: &str) -> Vec<u8> {
    let id: Uuid = uri.rsplit('/').next().unwrap().parse().unwrap();
    // On a busy machine the service may fail to build a list in time and serve the last one or none.
    let is_late = |list: &Result<PublishedList, Error>| match list {
        Ok(list) => list.at < service.clock().now() - TimeDelta::seconds(2),
        Err(error) => matches!(error, Error::Unavailable),
    };
    let mut list = service.keys().status_list(id).await;
    for _ in 0..60 {
        if !is_late(&list) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        list = service.keys().status_list(id).await;
    }
    let list = list.unwrap();
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(list.token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    let packed = URL_SAFE_NO_PAD.decode(claims["status_list"]["lst"].as_str().unwrap()).unwrap();
    let mut bytes = vec![];
    flate2::read::ZlibDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    bytes
}
