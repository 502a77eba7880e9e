//! The state of a batch: its licenses, devices and seats, updated as the batch is decided.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::{
    activation::{self, CheckIn, DeviceFacts, Facts, Grant, Purpose, Refused},
    terms::Identity,
};
use store::{
    Connection,
    activations::Activation,
    desk::{Block, DeskLicense},
};
use uuid::Uuid;

use super::{
    batch::{Keys, each_once, hash_of, ids},
    device_context::DeviceContext,
    known_license::KnownLicense,
};
use crate::{
    Activated,
    activation::desk::request::{Credential, DeskRequest},
};

/// Key of a device: license and fingerprint hash.
pub(super) type Device = (Uuid, [u8; 32]);

/// The state of a batch.
pub(super) struct BatchState {
    pub(super) by_code: HashMap<[u8; 32], Uuid>,
    pub(super) licenses: HashMap<Uuid, KnownLicense>,
    pub(super) devices: HashMap<Device, (Activation, DeviceFacts)>,
    pub(super) device_context: DeviceContext,
}

impl BatchState {
    /// Loads the state of a batch for these licenses and blocks. Seats are not counted yet.
    pub(super) async fn load(
        on: &mut Connection<'_>,
        (licenses, blocks): (Vec<DeskLicense>, Vec<Block>),
        keys: &Keys,
        now: DateTime<Utc>,
    ) -> store::Result<Self> {
        let devices = on.desk_activations(&keys.fingerprints, &ids(&licenses)).await?;
        let code = |row: &DeskLicense| Ok((hash_of("licenses", "code_hmac", &row.code_hmac, row.id)?, row.id));
        let by_code = licenses.iter().map(code).collect::<store::Result<_>>()?;
        let licenses = licenses.into_iter().map(|row| Ok((row.id, KnownLicense::new(row)?)));
        let licenses = licenses.collect::<store::Result<HashMap<Uuid, KnownLicense>>>()?;
        let device_context = DeviceContext::load(on, blocks, keys, &licenses, now).await?;
        let devices = devices.into_iter().map(|row| {
            let key = (row.license_id, hash_of("activations", "fingerprint_hash", &row.fingerprint_hash, row.id)?);
            let facts = DeviceFacts::from(&row);
            Ok((key, (row, facts)))
        });
        Ok(Self { by_code, licenses, devices: devices.collect::<store::Result<_>>()?, device_context })
    }

    pub(super) fn license_id(&self, request: &DeskRequest) -> Option<Uuid> {
        match request.credential {
            Credential::Code(hmac) => self.by_code.get(&hmac).copied(),
            Credential::License(license) | Credential::Session { license, .. } => Some(license),
        }
    }

    pub(super) fn license(&self, request: &DeskRequest) -> Option<&KnownLicense> {
        self.licenses.get(&self.license_id(request)?)
    }

    /// The device's activation of the license. For a request of a session, `None` unless the activation is still that
    /// session.
    pub(super) fn device(&self, request: &DeskRequest) -> Option<&(Activation, DeviceFacts)> {
        let found = self.devices.get(&(self.license_id(request)?, request.fingerprint_hash))?;
        match request.credential {
            Credential::Session { session, .. } if found.0.id != session => None,
            Credential::Session { .. } | Credential::Code(_) | Credential::License(_) => Some(found),
        }
    }

    pub(super) fn facts(&self, request: &DeskRequest) -> Facts<'_> {
        let Some(known) = self.license(request) else { return Facts::default() };
        let (hash, row, terms) = (&request.fingerprint_hash, &known.row, &known.facts.terms);
        Facts {
            license: Some(&known.facts),
            device: self.device(request).map(|(_, facts)| facts),
            seats: known.seats,
            authorized: self.device_context.authorized(hash, row),
            blocked: self.device_context.blocked(hash, row),
            elsewhere: self.device_context.elsewhere(hash, row, terms),
            trial_began_at: self.device_context.trial_began_at(hash, row),
            versions: &row.product_versions,
        }
    }

    /// Applies the rules.
    pub(super) fn decide(&self, request: &DeskRequest, now: DateTime<Utc>) -> Result<Grant, Refused> {
        activation::decide(self.facts(request), &request.input, now)
    }

    /// Returns `true` if the device can be answered from its record without a write: neither anything that support sees
    /// nor the signing key has changed.
    pub(super) fn is_repeat(
        &self,
        request: &DeskRequest,
        grant: &Grant,
        kid: Option<&str>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some((license, (row, facts))) = self.license(request).zip(self.device(request)) else { return false };
        if kid.is_some() && row.kid.as_deref() != kid {
            return false;
        }
        if request.input.purpose == Purpose::CheckIn {
            return matches!(activation::check_in(facts, &license.facts.terms, now), CheckIn::Nothing { .. });
        }
        let same = |new: Option<&String>, old: &Option<String>| new.is_none_or(|new| old.as_ref() == Some(new));
        let version = request.input.version.as_ref().map(ToString::to_string);
        same(request.device_name.as_ref(), &row.device_name)
            && same(request.platform.as_ref(), &row.platform)
            && same(version.as_ref(), &row.software_version)
            && request.input.person.as_ref().is_none_or(|person| {
                row.issuer.as_ref() == Some(&person.issuer) && row.subject.as_ref() == Some(&person.subject)
            })
            && activation::is_repeat(grant, facts, &license.snapshot, now)
    }

    /// Builds the answer from the device's record.
    pub(super) fn answer(&self, request: &DeskRequest, grant: &Grant, at: DateTime<Utc>) -> Option<Activated> {
        let license = self.license(request)?;
        let (row, facts) = self.device(request)?;
        let end = [grant.license_ends_at, grant.trial_ends_at].into_iter().flatten().min();
        let within = |moment: DateTime<Utc>| end.map_or(moment, |end| moment.min(end));
        let next_check_in_after = match activation::check_in(facts, &license.facts.terms, at) {
            CheckIn::Nothing { next } => grant.next_check_in_after.map(|_| next),
            CheckIn::Extend => grant.next_check_in_after,
        };
        Some(Activated {
            session_id: row.id,
            decision: row.decision_id,
            license_id: row.license_id,
            at,
            lease_ends_at: within(row.lease_ends_at),
            token_expires_at: within(row.token_expires_at),
            license_ends_at: grant.license_ends_at,
            maintained_until: grant.maintained_until,
            place: row.place(),
            extended: row.last_seen_at == at,
            next_check_in_after,
            snapshot: row.snapshot.clone(),
            fingerprint_hash: request.fingerprint_hash,
            product_code: license.row.product_code.clone(),
            product_name: license.row.product_name.clone(),
            algorithm: license.row.algorithm,
            token_id: None,
        })
    }

    pub(super) fn row(&self, device: &Device) -> Option<&Activation> {
        self.devices.get(device).map(|(row, _)| row)
    }
}

/// The products among whose licenses a device may hold only one seat, according to these licenses' terms.
pub(super) fn exclusive_products(licenses: &[DeskLicense]) -> Vec<Uuid> {
    let limits = |row: &&DeskLicense| row.overrides.identity.unwrap_or(row.policy_terms.identity) != Identity::License;
    each_once(licenses.iter().filter(limits).map(|row| row.product_id))
}
