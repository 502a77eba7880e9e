//! Claims of the token that a stored activation got, for people to read.

use licensing::{license, product::Algorithm};
use serde_json::Value;
use store::{activations::Activation, licenses::LicenseRow};

use super::Claims;
use crate::{Activated, Error, Keys, Result, StatusReference};

impl Keys {
    /// Returns the claims of the token that a device got when it activated, except the token's own id, which is not
    /// stored.
    ///
    /// # Errors
    /// `Internal` if the stored activation is damaged.
    pub fn claims_of(&self, device: &Activation, of: &LicenseRow) -> Result<Value> {
        let (terms, own) = (of.policy_terms.with(&of.license.overrides), &of.license);
        let ends_at = license::ends_at(terms.validity, own.issued_at, own.first_activated_at);
        let fingerprint_hash = device.fingerprint_hash.as_slice().try_into().map_err(Error::defect)?;
        let granted = Activated {
            session_id: device.id,
            decision: device.decision_id,
            license_id: device.license_id,
            at: device.activated_at,
            lease_ends_at: device.lease_ends_at,
            token_expires_at: device.token_expires_at,
            license_ends_at: None,
            maintained_until: terms.maintained_until(own.issued_at, ends_at),
            extended: true,
            next_check_in_after: None,
            place: device.place(),
            snapshot: device.snapshot.clone(),
            fingerprint_hash,
            product_code: of.product_code.clone(),
            product_name: of.product_name.clone(),
            algorithm: Algorithm::default(),
            token_id: None,
        };
        let place = granted.place;
        let status = place.map(|it| StatusReference { idx: it.index, uri: self.status_list_uri(it.list) });
        let claims = Claims::of(&granted, status, &self.issuer, device.id);
        let mut claims = serde_json::to_value(claims).map_err(Error::defect)?;
        if let Value::Object(members) = &mut claims {
            members.remove("jti");
        }
        Ok(claims)
    }
}
