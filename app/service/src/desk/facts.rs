//! What a batch knows: its licenses, devices and seats, kept up to date while it decides.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use licensing::{
    Email,
    activation::{self, DeviceFacts, Facts, Grant, LicenseFacts, Refused, SeatCount, Snapshot},
    feature,
};
use store::desk::{DeskActivation, DeskLicense, HeldSeats};
use uuid::Uuid;

use crate::{Activated, activate::Ask};

/// A license of the batch.
pub(super) struct Known {
    pub(super) row: DeskLicense,
    facts: LicenseFacts,
    snapshot: Snapshot,
    seats: SeatCount,
}

/// A device of a license.
pub(super) type Device = (Uuid, [u8; 32]);

/// Everything a batch knows.
pub(super) struct Table {
    licenses: HashMap<[u8; 32], Known>,
    devices: HashMap<Device, (DeskActivation, DeviceFacts)>,
}

impl Table {
    pub(super) fn new(licenses: Vec<DeskLicense>, devices: Vec<DeskActivation>) -> Self {
        let licenses =
            licenses.into_iter().filter_map(|row| Some((row.code_hmac.as_slice().try_into().ok()?, Known::new(row))));
        let devices = devices.into_iter().filter_map(|row| {
            let key = (row.license_id, row.fingerprint_hash.as_slice().try_into().ok()?);
            let facts = device_facts(&row);
            Some((key, (row, facts)))
        });
        Self { licenses: licenses.collect(), devices: devices.collect() }
    }

    /// The licenses whose seats must be counted: those with a limit, for which a device asks that holds no seat.
    pub(super) fn to_count<'a>(&self, asks: impl Iterator<Item = &'a Ask>, now: DateTime<Utc>) -> Vec<Uuid> {
        let wanted: HashSet<Uuid> = asks
            .filter_map(|ask| {
                let license = self.licenses.get(&ask.code_hmac)?;
                let limited = license.facts.terms.seats != licensing::terms::Seats::Unlimited;
                let held = self.device(license.row.id, ask).is_some_and(|(_, d)| d.holds_seat(now));
                (limited && !held).then_some(license.row.id)
            })
            .collect();
        let mut wanted: Vec<Uuid> = wanted.into_iter().collect();
        wanted.sort_unstable();
        wanted
    }

    pub(super) fn set_seats(&mut self, held: &[HeldSeats]) {
        let held: HashMap<Uuid, &HeldSeats> = held.iter().map(|h| (h.license_id, h)).collect();
        for license in self.licenses.values_mut() {
            if let Some(seats) = held.get(&license.row.id) {
                license.seats =
                    SeatCount { used: u32::try_from(seats.used).unwrap_or(u32::MAX), next_at: seats.next_at };
            }
        }
    }

    pub(super) fn license(&self, ask: &Ask) -> Option<&Known> {
        self.licenses.get(&ask.code_hmac)
    }

    pub(super) fn device(&self, license_id: Uuid, ask: &Ask) -> Option<&(DeskActivation, DeviceFacts)> {
        self.devices.get(&(license_id, ask.fingerprint_hash))
    }

    /// Asks the rules.
    pub(super) fn decide(&self, ask: &Ask, now: DateTime<Utc>) -> Result<Grant, Refused> {
        let license = self.license(ask);
        let device = license.and_then(|l| self.device(l.row.id, ask));
        let facts = Facts {
            license: license.map(|l| &l.facts),
            device: device.map(|(_, facts)| facts),
            seats: license.map(|l| l.seats).unwrap_or_default(),
        };
        activation::decide(facts, &ask.request, now)
    }

    /// Whether the device may be answered from its record, without a write: nothing that support looks at changed either.
    pub(super) fn is_repeat(&self, ask: &Ask, grant: &Grant, now: DateTime<Utc>) -> bool {
        let Some(license) = self.license(ask) else { return false };
        let Some((row, facts)) = self.device(license.row.id, ask) else { return false };
        let same = |new: Option<&String>, old: &Option<String>| new.is_none_or(|new| old.as_ref() == Some(new));
        let version = ask.request.version.as_ref().map(ToString::to_string);
        same(ask.device_name.as_ref(), &row.device_name)
            && same(ask.platform.as_ref(), &row.platform)
            && same(version.as_ref(), &row.software_version)
            && activation::is_repeat(grant, facts, &license.snapshot, now)
    }

    /// The answer from the device's record.
    pub(super) fn answer(
        &self,
        ask: &Ask,
        license_ends_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Option<Activated> {
        let license = self.license(ask)?;
        let (row, _) = self.device(license.row.id, ask)?;
        let within = |moment: DateTime<Utc>| license_ends_at.map_or(moment, |end| moment.min(end));
        Some(Activated {
            session_id: row.id,
            decision: row.decision_id,
            license_id: row.license_id,
            at,
            lease_ends_at: within(row.lease_ends_at),
            token_expires_at: within(row.token_expires_at),
            license_ends_at,
            snapshot: row.snapshot.clone(),
            fingerprint_hash: ask.fingerprint_hash,
            product_code: license.row.product_code.clone(),
            product_name: license.row.product_name.clone(),
            algorithm: license.row.algorithm,
        })
    }

    /// Enters a grant, so that the next request of the batch sees it. Gives the row to write.
    pub(super) fn enter(&mut self, ask: &Ask, grant: &Grant, ids: Ids, now: DateTime<Utc>) -> Option<&DeskActivation> {
        let license = self.licenses.get_mut(&ask.code_hmac)?;
        let key = (license.row.id, ask.fingerprint_hash);
        let known = self.devices.remove(&key).map(|(row, _)| row);
        let row = new_row(ask, grant, ids, &license.row, license.snapshot.clone(), known, now);
        if grant.takes_seat() {
            license.seats.used = license.seats.used.saturating_add(1);
            license.seats.next_at = Some(license.seats.next_at.map_or(row.hold_until, |at| at.min(row.hold_until)));
        }
        license.facts.first_activated_at.get_or_insert(now);
        let facts = device_facts(&row);
        Some(&self.devices.entry(key).insert_entry((row, facts)).into_mut().0)
    }

    pub(super) fn row(&self, device: &Device) -> Option<&DeskActivation> {
        self.devices.get(device).map(|(row, _)| row)
    }
}

/// Ids for what a grant makes.
#[derive(Clone, Copy)]
pub(super) struct Ids {
    pub(super) session: Uuid,
    pub(super) decision: Uuid,
}

fn new_row(
    ask: &Ask,
    grant: &Grant,
    ids: Ids,
    license: &DeskLicense,
    snapshot: Snapshot,
    known: Option<DeskActivation>,
    now: DateTime<Utc>,
) -> DeskActivation {
    use licensing::activation::Seating;
    let same_session = match grant.seating {
        Seating::New | Seating::Readmitted => None,
        Seating::Kept | Seating::Returned => known.as_ref().map(|k| (k.id, k.activated_at)),
    };
    let (id, activated_at) = same_session.unwrap_or((ids.session, now));
    let old = known.as_ref();
    let version = ask.request.version.as_ref().map(ToString::to_string);
    DeskActivation {
        id,
        license_id: license.id,
        fingerprint_hash: ask.fingerprint_hash.to_vec(),
        fingerprint: ask.fingerprint.as_str().to_owned(),
        device_name: ask.device_name.clone().or_else(|| old?.device_name.clone()),
        platform: ask.platform.clone().or_else(|| old?.platform.clone()),
        software_version: version.or_else(|| old?.software_version.clone()),
        address: ask.origin.address.clone(),
        decision_id: ids.decision,
        activated_at,
        last_seen_at: now,
        lease_ends_at: grant.lease_ends_at,
        token_expires_at: grant.token_expires_at,
        hold_until: grant.hold_until,
        revoked_at: None,
        snapshot,
    }
}

impl Known {
    fn new(row: DeskLicense) -> Self {
        let terms = row.policy_terms.with(&row.overrides);
        let snapshot = Snapshot {
            policy: row.policy_name.clone(),
            customer: row.customer.clone(),
            grace: terms.grace,
            versions: terms.versions.clone(),
            features: feature::resolve(&row.product_features, &row.features),
        };
        let facts = LicenseFacts {
            lifecycle: row.lifecycle,
            state: row.state,
            terms,
            email: row.email.as_deref().and_then(|e| Email::read(e).ok()),
            issued_at: row.issued_at,
            first_activated_at: row.first_activated_at,
        };
        Self { row, facts, snapshot, seats: SeatCount::default() }
    }
}

fn device_facts(row: &DeskActivation) -> DeviceFacts {
    DeviceFacts {
        lease_ends_at: row.lease_ends_at,
        token_expires_at: row.token_expires_at,
        hold_until: row.hold_until,
        revoked: row.revoked_at.is_some(),
        last_seen_at: row.last_seen_at,
        snapshot: row.snapshot.clone(),
    }
}
