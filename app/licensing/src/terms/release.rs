//! How seats are given up, and how soon they are given away again.

use serde::{Deserialize, Serialize};

use crate::Span;

/// The most releases or moves in a period.
pub const MOST_MOVES: u32 = 1_000_000;

/// Whether a device may give its seat up for good by itself. A check-out is no such thing: every floating seat may be
/// checked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// Yes, at any time.
    ByDevice,
    /// No: support frees seats.
    BySupport,
    /// Yes, so often in a period, counted over the devices of the license.
    Limited {
        /// How often, 1 to 1,000,000.
        times: u32,
        /// In any period of this length, one minute to 100 years.
        per: Span,
    },
}

/// How often seats may move: be given up, by the device or with a release ticket, while a token issued for them still
/// runs. Otherwise activate, release, activate could make tokens without end. What support frees is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfers {
    /// At any time.
    Unlimited,
    /// So often in a period.
    Limited {
        /// How often, 1 to 1,000,000.
        moves: u32,
        /// In any period of this length, one minute to 100 years.
        per: Span,
    },
}

/// What happens to a seat that is freed while a token issued for it still runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// It can be given away at once; by how many devices that may pass the limit is computed and shown.
    #[default]
    Lenient,
    /// It cools down: it counts until every token issued for it has run out.
    Strict,
}

impl Default for Transfers {
    /// 5 moves in 30 days, also for terms that were stored before there was a limit.
    fn default() -> Self {
        Self::Limited { moves: 5, per: Span::days(30) }
    }
}
