//! Settings for devices.

use licensing::{Span, offline::LONGEST_WAY};

/// Settings for devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceSettings {
    /// Maximum age of an offline request or release when it arrives.
    pub longest_way: Span,
    /// `true` to accept placeholder fingerprints, which many machines share.
    pub placeholders: bool,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { longest_way: LONGEST_WAY, placeholders: false }
    }
}
