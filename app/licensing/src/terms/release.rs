//! Release of seats, and how soon a freed seat is available again.

use serde::{Deserialize, Serialize};

use crate::Span;

/// Maximum number of releases or transfers in a period.
pub const MOST_MOVES: u32 = 1_000_000;

/// Permanent release of seats by devices. Does not apply to check-outs: every floating seat may be checked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// At any time.
    ByDevice,
    /// Never: support frees seats.
    BySupport,
    /// A limited number of times in a period, counted over all devices of the license.
    Limited {
        /// Maximum number of times, 1 to 1,000,000.
        times: u32,
        /// Length of the period, one minute to 100 years.
        per: Span,
    },
}

/// Limit on transfers. A transfer is a release, by the device or with a release ticket, while a token issued for the
/// seat is still valid. Without a limit, a customer could obtain any number of valid tokens by activating and releasing
/// in turn. Seats that support frees are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfers {
    /// No limit.
    Unlimited,
    /// A limited number of times in a period.
    Limited {
        /// Maximum number of times, 1 to 1,000,000.
        moves: u32,
        /// Length of the period, one minute to 100 years.
        per: Span,
    },
}

/// Availability of a seat that is freed while a token issued for it is still valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// It is available at once. The number of devices that may exceed the limit is computed and shown.
    #[default]
    Lenient,
    /// It counts until every token issued for it has ended.
    Strict,
}

impl Default for Transfers {
    /// 5 transfers in 30 days, also for terms that were stored before the limit existed.
    fn default() -> Self {
        Self::Limited { moves: 5, per: Span::days(30) }
    }
}
