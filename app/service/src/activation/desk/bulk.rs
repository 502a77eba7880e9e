//! Activations of licenses that are about to be issued. Nobody else knows of these licenses yet, so their devices are
//! decided without loading anything, and without locks.

use chrono::{DateTime, Utc};
use store::{Tx, desk::DeskLicense, licenses::License, policies::Policy, products::Product};

use super::{
    batch::hash_of,
    context::DeskContext,
    device_context::DeviceContext,
    known_license::KnownLicense,
    state::BatchState,
    write::{Written, decide},
};
use crate::{Result, activation::desk::request::DeskRequest, keys::status_list::TakenPlaces};

/// Activations that are decided and not written yet.
pub(crate) struct DecidedInBulk {
    state: BatchState,
    written: Written,
    now: DateTime<Utc>,
}

impl DecidedInBulk {
    /// Decides these requests in order, and records in the licenses that they have been activated.
    ///
    /// # Errors
    /// `Refused` if the rules refuse one of them.
    pub(crate) fn new(
        desk: &DeskContext,
        licenses: &mut [License],
        (product, policy): (&Product, &Policy),
        requests: &[DeskRequest],
        mut places: TakenPlaces,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let rows = licenses.iter().map(|license| desk_license(license, product, policy));
        let mut state = BatchState::of_new(rows)?;
        let mut written = Written::default();
        for request in requests {
            let kid = desk.kid(&state, request);
            decide(request, (&mut state, &mut written), (desk, kid, &mut places), now)?;
        }
        let started = std::mem::take(&mut written.started);
        for license in licenses {
            if let Some(end) = started.get(&license.id) {
                license.first_activated_at = Some(now);
                license.ends_at = end.or(license.ends_at);
            }
        }
        Ok(Self { state, written, now })
    }

    /// Writes the activations. The licenses must have been written before.
    pub(crate) async fn store(&self, tx: &mut Tx) -> store::Result<()> {
        self.written.store(&self.state, tx, self.now).await
    }
}

impl BatchState {
    /// The state of a batch for new licenses, which no device has activated.
    fn of_new(licenses: impl Iterator<Item = DeskLicense>) -> store::Result<Self> {
        let mut state = Self {
            by_code: Default::default(),
            licenses: Default::default(),
            devices: Default::default(),
            device_context: DeviceContext::default(),
        };
        for row in licenses {
            let (id, code) = (row.id, hash_of("licenses", "code_hmac", &row.code_hmac, row.id)?);
            state.by_code.insert(code, id);
            state.licenses.insert(id, KnownLicense::new(row)?);
        }
        Ok(state)
    }
}

fn desk_license(license: &License, product: &Product, policy: &Policy) -> DeskLicense {
    DeskLicense {
        id: license.id,
        product_id: license.product_id,
        policy_id: license.policy_id,
        code_hmac: license.code_hmac.clone(),
        state: license.state,
        overrides: license.overrides.clone(),
        features: license.features.clone(),
        customer: license.customer.clone(),
        email: license.email.clone(),
        issued_at: license.issued_at,
        first_activated_at: license.first_activated_at,
        policy_name: policy.name.clone(),
        policy_terms: policy.terms.clone(),
        product_code: product.code.clone(),
        product_name: product.name.clone(),
        lifecycle: product.lifecycle,
        algorithm: product.algorithm,
        product_features: product.features.clone(),
        product_versions: product.versions.clone(),
        read_at: None,
    }
}
