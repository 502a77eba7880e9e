//! Rows of decisions. They contain no code, no token, and no e-mail address in clear text.

use chrono::{DateTime, Utc};
use licensing::{Email, activation::Purpose};
use store::decisions::{DecisionFacts, DecisionRow};

use crate::{Declined, Origin};

/// The stored name of a purpose.
pub(crate) const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Activate => "activate",
        Purpose::Renew => "renew",
        Purpose::CheckIn => "check_in",
    }
}

/// Masks an e-mail address for storage.
pub(crate) fn masked(email: Option<&Email>) -> Option<String> {
    email.map(Email::masked)
}

/// The row of a refusal of which only the reason is known.
pub(crate) fn blank(declined: &Declined, purpose: &str, origin: &Origin, at: DateTime<Utc>) -> DecisionRow {
    DecisionRow {
        id: declined.decision,
        at,
        purpose: purpose.to_owned(),
        outcome: declined.refusal.code().to_owned(),
        rule: declined.rule.to_owned(),
        license_id: None,
        product_id: None,
        activation_id: None,
        code_tail: None,
        email: None,
        device_name: None,
        fingerprint_hash: None,
        address: origin.address.clone(),
        request_id: origin.request_id.clone(),
        facts: Some(DecisionFacts { refusal: Some(declined.refusal.clone()), ..DecisionFacts::default() }),
    }
}
