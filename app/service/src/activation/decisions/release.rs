//! Recording refused releases, and requests of sessions that do not exist.

use chrono::{DateTime, Utc};
use licensing::{
    Refusal,
    activation::{Refused, Rule},
    release::{KeptRelease, ReleaseAct, ReleaseRule},
};
use store::{
    activations::Activation,
    decisions::{DecisionFacts, DecisionRow},
    licenses::LicenseWithTerms,
};
use uuid::Uuid;

use super::{CHECK_OUT, Decisions, RELEASE, blank};
use crate::{Clock, Declined, Error, Origin};

impl Decisions {
    /// Records a refused release, and returns the error for the answer.
    pub(crate) fn not_released(
        &self,
        (license, device): (&LicenseWithTerms, &Activation),
        (refusal, saw): (Refusal, KeptRelease),
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> Error {
        let declined = Declined { decision: Clock::id_at(now), rule: ReleaseRule::MayRelease.name(), refusal };
        let purpose = if saw.act() == ReleaseAct::CheckOut { CHECK_OUT } else { RELEASE };
        let facts = DecisionFacts {
            refusal: Some(declined.refusal.clone()),
            release: Some(saw),
            product: Some(license.product_name.clone()),
            policy: Some(license.policy_name.clone()),
            customer: license.license.customer.clone(),
            ..DecisionFacts::default()
        };
        let row = DecisionRow {
            license_id: Some(device.license_id),
            product_id: Some(license.license.product_id),
            activation_id: Some(device.id),
            device_name: device.device_name.clone(),
            facts: Some(facts),
            ..blank(&declined, purpose, origin, now)
        };
        self.keep_refusal(row, now);
        Error::declined(declined, origin)
    }

    /// Records that there is no such session, under the license if one was named, and returns the error for the answer.
    pub(crate) fn no_such_session(
        &self,
        (license, session): (Option<Uuid>, Uuid),
        fingerprint_hash: Option<Vec<u8>>,
        purpose: &str,
        origin: &Origin,
    ) -> Error {
        let now = self.clock.now();
        let refused = Refused { rule: Rule::SessionAlive, refusal: Refusal::SessionEnded };
        let declined = Declined::new(Clock::id_at(now), refused);
        let row = DecisionRow {
            license_id: license,
            activation_id: Some(session),
            fingerprint_hash,
            ..blank(&declined, purpose, origin, now)
        };
        self.keep_refusal(row, now);
        Error::declined(declined, origin)
    }
}
