//! The result of an activation.

use chrono::{DateTime, Utc};
use licensing::{activation::Snapshot, product::Algorithm};
use serde::{Deserialize, Serialize};
use store::status::StatusIndex;
use uuid::Uuid;

/// A granted activation that is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activated {
    /// Id of the activation.
    pub session_id: Uuid,
    /// Id of the decision that granted it.
    pub decision: Uuid,
    /// Id of the license.
    pub license_id: Uuid,
    /// Time of the decision.
    pub at: DateTime<Utc>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// Expiry of the token.
    pub token_expires_at: DateTime<Utc>,
    /// End of the license; `None` if it has none, or keeps running after it.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// Time from which new versions of the software are not covered.
    pub maintained_until: Option<DateTime<Utc>>,
    /// `true` if the lease begins with this request; `false` if the recorded lease is repeated.
    pub extended: bool,
    /// Time from which a floating seat should check in; `None` for fixed seats.
    pub next_check_in_after: Option<DateTime<Utc>>,
    /// Place of the session in a status list.
    pub place: Option<StatusIndex>,
    /// Terms and feature values that apply.
    pub snapshot: Snapshot,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: [u8; 32],
    /// Code of the product.
    pub product_code: String,
    /// Name of the product.
    pub product_name: String,
    /// Algorithm that signs the token.
    pub algorithm: Algorithm,
    /// Id of the token, if every repeat of the call must return the same one.
    pub token_id: Option<Uuid>,
}
