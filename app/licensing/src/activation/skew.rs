//! Tolerance for the clocks of devices.

use crate::Span;

/// Tolerated error of a device's clock. Tokens are valid from this long before they are issued, and a seat is held this
/// long after the last token ends.
pub const SKEW: Span = Span::minutes(5);
