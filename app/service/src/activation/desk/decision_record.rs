//! The record of a decision: the facts as they were before the decision changed them.

use chrono::{DateTime, Utc};
use licensing::activation::{Kept, Rule};
use store::decisions::{DecisionFacts, DecisionRow, GRANTED};
use uuid::Uuid;

use super::state::BatchState;
use crate::{
    Declined,
    activation::{
        decisions::{masked, purpose_name},
        desk::request::{Credential, DeskRequest},
    },
};

/// A decision record that is being built.
pub(super) struct DecisionRecord {
    license: Option<(Uuid, Uuid)>,
    facts: DecisionFacts,
}

impl BatchState {
    /// Captures the facts that the rules see. `counted` is `true` if seats were counted.
    pub(super) fn see(&self, request: &DeskRequest, counted: bool, now: DateTime<Utc>) -> DecisionRecord {
        let known = self.license(request);
        DecisionRecord {
            license: known.map(|known| (known.row.id, known.row.product_id)),
            facts: DecisionFacts {
                saw: Some(Box::new(Kept::of(self.facts(request), counted, &request.input, now))),
                product: known.map(|known| known.row.product_name.clone()),
                policy: known.map(|known| known.row.policy_name.clone()),
                customer: known.and_then(|known| known.row.customer.clone()),
                platform: request.platform.clone(),
                ..DecisionFacts::default()
            },
        }
    }
}

impl DecisionRecord {
    /// The record of a grant for this activation.
    pub(super) fn granted(self, id: Uuid, request: &DeskRequest, activation: Uuid, at: DateTime<Utc>) -> DecisionRow {
        let row = self.row(id, request, (GRANTED, Rule::SeatFree.name()), at);
        DecisionRow { activation_id: Some(activation), ..row }
    }

    /// The record of a refusal.
    pub(super) fn refused(mut self, declined: &Declined, request: &DeskRequest, at: DateTime<Utc>) -> DecisionRow {
        self.facts.refusal = Some(declined.refusal.clone());
        self.row(declined.decision, request, (declined.refusal.code(), declined.rule), at)
    }

    fn row(self, id: Uuid, request: &DeskRequest, (outcome, rule): (&str, &str), at: DateTime<Utc>) -> DecisionRow {
        let (license_id, product_id) = self.license.unzip();
        DecisionRow {
            id,
            at,
            purpose: purpose_name(request.input.purpose).to_owned(),
            outcome: outcome.to_owned(),
            rule: rule.to_owned(),
            license_id,
            product_id,
            activation_id: match request.credential {
                Credential::Code(_) | Credential::License(_) => None,
                Credential::Session { session, .. } => Some(session),
            },
            code_tail: request.code_tail.clone(),
            email: masked(request.input.email.as_ref()),
            device_name: request.device_name.clone(),
            fingerprint_hash: Some(request.fingerprint_hash.to_vec()),
            address: request.origin.address.clone(),
            request_id: request.origin.request_id.clone(),
            facts: Some(self.facts),
        }
    }
}
