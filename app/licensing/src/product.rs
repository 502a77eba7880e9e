//! Products.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::Version;

/// State of a product.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Lifecycle {
    /// Devices may activate.
    #[default]
    Active,
    /// Withdrawn: no activation, new or repeated, is granted. Issued tokens stay valid until they end.
    Withdrawn,
}

/// Signature algorithm of a product's tokens (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256. Every JWT library tried can verify it.
    #[default]
    ES256,
    /// Ed25519. Small and fast; older JWT libraries lack it.
    EdDSA,
    /// RSA 2048 with SHA-256, PKCS #1 v1.5. For old libraries; large and slow.
    RS256,
}

/// Version of the product's software that the vendor has released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductVersion {
    /// Version.
    pub version: Version,
    /// Time of release.
    pub released_at: DateTime<Utc>,
}

impl Algorithm {
    /// Every algorithm, the recommended one first.
    pub const ALL: [Self; 3] = [Self::ES256, Self::EdDSA, Self::RS256];
}
