//! Blocks on devices.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Scope of a block. A wider scope compares greater.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
}
