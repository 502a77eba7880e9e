//! Facts about a batch's devices that are not in their activations.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use licensing::{
    Terms,
    activation::BlockScope,
    license::has_ended,
    terms::{Devices, Identity},
};
use store::{
    Connection,
    desk::{Block, DeskLicense, HeldSeat, TrialRow},
};
use uuid::Uuid;

use super::{batch::Keys, known_license::KnownLicense};

/// Blocks, pre-registrations, trials, and seats on other licenses, by fingerprint. Facts that no license of the batch
/// needs are not loaded.
#[derive(Default)]
pub(super) struct DeviceContext {
    blocks: HashMap<Vec<u8>, Vec<Block>>,
    authorized: HashSet<(Vec<u8>, Uuid)>,
    trials: HashMap<(Vec<u8>, Uuid), DateTime<Utc>>,
    seats: HashMap<Vec<u8>, Vec<HeldSeat>>,
}

impl DeviceContext {
    pub(super) async fn load(
        on: &mut Connection<'_>,
        blocks: Vec<Block>,
        keys: &Keys,
        licenses: &HashMap<Uuid, KnownLicense>,
        now: DateTime<Utc>,
    ) -> store::Result<Self> {
        let hashes = &keys.fingerprints;
        let mut device_context = Self::default();
        for block in blocks {
            device_context.blocks.entry(block.fingerprint_hash.clone()).or_default().push(block);
        }
        // Unknown codes, codes that have ended, and codes whose trial is over get the same answer after the same
        // statements. Otherwise the response time would tell them apart.
        let mut open: Vec<&KnownLicense> = licenses.values().filter(|known| !known.facts.has_ended(now)).collect();
        let some_are_hidden = keys.codes.len() + keys.licenses.len() > open.len();
        if some_are_hidden || open.iter().any(|known| known.facts.terms.trial.is_some()) {
            let found = on.desk_trials(hashes).await?;
            device_context.trials =
                found.into_iter().map(|t| ((t.fingerprint_hash, t.product_id), t.began_at)).collect();
        }
        open.retain(|known| !hashes.iter().all(|hash| device_context.trial_is_over(hash, known, now)));
        let any = |requests: fn(&Terms) -> bool| open.iter().any(|known| requests(&known.facts.terms));
        if any(|terms| terms.devices == Devices::Authorized) {
            let found = on.desk_authorizations(hashes).await?;
            device_context.authorized = found.into_iter().map(|a| (a.fingerprint_hash, a.license_id)).collect();
        }
        if any(|terms| terms.identity != Identity::License) {
            for seat in on.desk_seats_of(hashes, now).await? {
                device_context.hold(seat);
            }
        }
        Ok(device_context)
    }

    /// The widest block on the fingerprint that applies to this license.
    pub(super) fn blocked(&self, hash: &[u8; 32], license: &DeskLicense) -> Option<BlockScope> {
        let meant = |block: &&Block| match block.scope {
            BlockScope::License => block.scope_id == license.id,
            BlockScope::Product => block.scope_id == license.product_id,
            BlockScope::Server => true,
        };
        self.blocks.get(hash.as_slice())?.iter().filter(meant).map(|block| block.scope).max()
    }

    pub(super) fn authorized(&self, hash: &[u8; 32], license: &DeskLicense) -> bool {
        self.authorized.contains(&(hash.to_vec(), license.id))
    }

    pub(super) fn trial_began_at(&self, hash: &[u8; 32], license: &DeskLicense) -> Option<DateTime<Utc>> {
        self.trials.get(&(hash.to_vec(), license.product_id)).copied()
    }

    fn trial_is_over(&self, hash: &[u8; 32], known: &KnownLicense, now: DateTime<Utc>) -> bool {
        let began_at = self.trial_began_at(hash, &known.row);
        let trial = known.facts.terms.trial.as_ref();
        trial.zip(began_at).is_some_and(|(trial, began_at)| has_ended(Some(trial.lasts.after(began_at)), now))
    }

    pub(super) fn begin_trial(&mut self, trial: &TrialRow) {
        self.trials.insert((trial.fingerprint_hash.clone(), trial.product_id), trial.began_at);
    }

    /// Returns `true` if the fingerprint holds a seat on another license, within the reach of the terms' `identity`.
    pub(super) fn elsewhere(&self, hash: &[u8; 32], license: &DeskLicense, terms: &Terms) -> bool {
        let within = |seat: &&HeldSeat| match terms.identity {
            Identity::License => false,
            Identity::Policy => seat.policy_id == license.policy_id,
            Identity::Product => seat.product_id == license.product_id,
        };
        let seats = self.seats.get(hash.as_slice()).into_iter().flatten();
        seats.filter(within).any(|seat| seat.license_id != license.id)
    }

    /// Records a seat, so that the next request of the batch sees it.
    pub(super) fn hold(&mut self, seat: HeldSeat) {
        self.seats.entry(seat.fingerprint_hash.clone()).or_default().push(seat);
    }
}
