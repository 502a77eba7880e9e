//! Products: what is licensed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Version;

/// Where a product stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Sold and activated.
    #[default]
    Active,
    /// Withdrawn: no activation, new or repeated, is granted. Tokens that are out run on until they end.
    Withdrawn,
}

/// How a product's tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256. Every JWT library tried can verify it.
    #[default]
    ES256,
    /// Ed25519. Small and fast; older JWT libraries lack it.
    EdDSA,
    /// RSA 2048 with SHA-256, PKCS #1 v1.5. For old libraries; large and slow.
    RS256,
}

/// A version of the product's software that the vendor has released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRelease {
    /// Which.
    pub version: Version,
    /// When.
    pub released_at: DateTime<Utc>,
}

impl Lifecycle {
    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Withdrawn].into_iter().find(|l| l.name() == name)
    }
}

impl Algorithm {
    /// Every algorithm, the recommended one first.
    pub const ALL: [Self; 3] = [Self::ES256, Self::EdDSA, Self::RS256];

    /// The name in the token's header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }

    /// The algorithm of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}
