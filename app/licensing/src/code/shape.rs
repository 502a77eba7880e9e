//! Shapes of generated codes.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Shape of a product's generated codes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum CodeShape {
    /// Four groups of seven: 27 random symbols (135 bits) and a check symbol. Cannot be guessed.
    #[default]
    FourBySeven,
    /// Three groups of six: 17 random symbols (85 bits) and a check symbol. Cannot be guessed over the network.
    ThreeBySix,
}

impl CodeShape {
    /// Every shape.
    pub const ALL: [Self; 2] = [Self::FourBySeven, Self::ThreeBySix];

    pub(super) const fn group(self) -> usize {
        match self {
            Self::FourBySeven => 7,
            Self::ThreeBySix => 6,
        }
    }

    /// Number of symbols, including the check symbol.
    pub(super) const fn symbols(self) -> usize {
        match self {
            Self::FourBySeven => 28,
            Self::ThreeBySix => 18,
        }
    }
}
