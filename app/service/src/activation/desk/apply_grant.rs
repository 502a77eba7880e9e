//! Applying a grant to the batch's state, so that the next request of the batch sees it.

use chrono::{DateTime, Utc};
use licensing::activation::{DeviceFacts, Grant, SKEW, Snapshot};
use store::{
    activations::Activation,
    desk::{DeskLicense, HeldSeat, LapsedSeat, TrialRow},
    status::StatusIndex,
};
use uuid::Uuid;

use super::state::BatchState;
use crate::activation::desk::request::DeskRequest;

/// The ids and values for a grant.
#[derive(Clone)]
pub(super) struct Made {
    /// Id of the session, if it is new.
    pub(super) session: Uuid,
    /// Id of the decision.
    pub(super) decision: Uuid,
    /// Id of the key that signs the token.
    pub(super) kid: Option<String>,
    /// Place in the status list, if the session is new.
    pub(super) place: Option<StatusIndex>,
}

/// The writes that a grant requires.
pub(super) struct AppliedGrant {
    /// Key of the device's row. The row is written once, as the last grant of the batch left it.
    pub(super) device: (Uuid, [u8; 32]),
    /// Trial to insert, if one begins.
    pub(super) trial: Option<TrialRow>,
    /// Seats that the grant takes over.
    pub(super) taken: Vec<LapsedSeat>,
    /// Place of a returning session, whose tokens are valid again.
    pub(super) back: Option<StatusIndex>,
}

/// The expiry of the last token of a seat that is taken over.
pub(super) fn tokens_end(seat: &LapsedSeat) -> DateTime<Utc> {
    seat.token_expires_at.max(SKEW.before(seat.hold_until))
}

impl BatchState {
    /// Applies a grant. `None` if the license or device is unknown, which cannot happen after a grant.
    pub(super) fn apply_grant(
        &mut self,
        request: &DeskRequest,
        grant: &Grant,
        made: Made,
        now: DateTime<Utc>,
    ) -> Option<AppliedGrant> {
        let id = self.license_id(request)?;
        let license = self.licenses.get_mut(&id)?;
        let device = (id, request.fingerprint_hash);
        let known = self.devices.remove(&device).map(|(row, _)| row);
        // The seat was checked out or taken over, so the status list marks its tokens as suspended.
        let was_away = known.as_ref().is_some_and(|row| row.hold_until <= now || row.checked_out_at.is_some());
        let row = new_row(request, grant, made, &license.row, license.snapshot.clone(), known, now)?;

        let back = row.place().filter(|_| was_away && grant.seating.goes_on());
        // A returning device's seat can no longer be taken over.
        license.lapsed.retain(|seat| seat.id != row.id);
        let taken: Vec<LapsedSeat> =
            license.lapsed.drain(..(grant.takes_over as usize).min(license.lapsed.len())).collect();
        license.count_lapsed();
        license.seats.used = license.seats.used.saturating_sub(grant.takes_over);
        if grant.takes_seat {
            license.seats.used = license.seats.used.saturating_add(1);
            license.seats.next_at = Some(license.seats.next_at.map_or(row.hold_until, |at| at.min(row.hold_until)));
        }
        license.facts.first_activated_at.get_or_insert(now);

        let hash = request.fingerprint_hash.to_vec();
        let (policy_id, product_id) = (license.row.policy_id, license.row.product_id);
        let trial = grant.trial_begins.then(|| TrialRow {
            fingerprint_hash: hash.clone(),
            product_id,
            license_id: id,
            began_at: now,
        });
        trial.iter().for_each(|trial| self.device_context.begin_trial(trial));
        self.device_context.hold(HeldSeat { fingerprint_hash: hash, license_id: id, policy_id, product_id });
        taken.iter().for_each(|seat| self.lose(seat, now));
        let facts = DeviceFacts::from(&row);
        self.devices.insert(device, (row, facts));
        Some(AppliedGrant { device, trial, taken, back })
    }

    /// Records that a seat was taken over, since its device may be in this batch too.
    fn lose(&mut self, seat: &LapsedSeat, now: DateTime<Utc>) {
        let of_seat = |(row, _): &&mut (Activation, DeviceFacts)| row.id == seat.id;
        if let Some((row, facts)) = self.devices.values_mut().find(of_seat) {
            row.token_expires_at = tokens_end(seat);
            row.hold_until = now;
            *facts = DeviceFacts::from(&*row);
        }
    }
}

/// Builds the device's row under the grant. `None` for a session without a row, which cannot happen after a grant.
fn new_row(
    request: &DeskRequest,
    grant: &Grant,
    made: Made,
    license: &DeskLicense,
    snapshot: Snapshot,
    known: Option<Activation>,
    now: DateTime<Utc>,
) -> Option<Activation> {
    let old = known.as_ref();
    let same = old.filter(|_| grant.seating.goes_on());
    let (id, activated_at) = same.map_or((made.session, now), |same| (same.id, same.activated_at));
    let place = same.and_then(Activation::place).or(made.place);
    let version = request.input.version.as_ref().map(ToString::to_string);
    // The person who activated owns the session. A device that returns without its person keeps the owner.
    let person = request.input.person.as_ref().map(|person| (person.issuer.clone(), person.subject.clone()));
    let owner = person.or_else(|| same?.issuer.clone().zip(same?.subject.clone()));
    let fingerprint = request.fingerprint.as_ref().map(|f| f.as_str().to_owned());
    Some(Activation {
        id,
        license_id: license.id,
        fingerprint_hash: request.fingerprint_hash.to_vec(),
        fingerprint: fingerprint.or_else(|| old.map(|o| o.fingerprint.clone()))?,
        label: old.and_then(|old| old.label.clone()),
        label_revision: old.map_or(1, |old| old.label_revision),
        device_name: request.device_name.clone().or_else(|| old?.device_name.clone()),
        platform: request.platform.clone().or_else(|| old?.platform.clone()),
        software_version: version.or_else(|| old?.software_version.clone()),
        address: request.origin.address.clone(),
        decision_id: made.decision,
        activated_at,
        last_seen_at: now,
        lease_ends_at: grant.lease_ends_at,
        token_expires_at: grant.token_expires_at,
        hold_until: grant.hold_until,
        kid: made.kid,
        status_list: place.map(|place| place.list),
        status_index: place.map(|place| place.index),
        revoked_at: None,
        released_at: None,
        checked_out_at: None,
        issuer: owner.as_ref().map(|owner| owner.0.clone()),
        subject: owner.map(|owner| owner.1),
        snapshot,
    })
}
