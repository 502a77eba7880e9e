//! Blocks on devices.

use serde::{Deserialize, Serialize};

/// Scope of a block. A wider scope compares greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockScope {
    /// One license.
    License,
    /// All licenses of a product.
    Product,
    /// All products of this server.
    Server,
}

impl BlockScope {
    /// Every scope, from narrow to wide.
    pub const ALL: [Self; 3] = [Self::License, Self::Product, Self::Server];

    /// Stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::Product => "product",
            Self::Server => "server",
        }
    }

    /// Returns the scope with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}
