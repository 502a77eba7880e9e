//! Settings for devices.

use licensing::{Span, offline::MAX_AGE};

/// Settings for devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceSettings {
    /// Maximum age of an offline request or release when it arrives.
    pub max_offline_age: Span,
    /// `true` to accept placeholder fingerprints, which many machines share.
    pub placeholders: bool,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { max_offline_age: MAX_AGE, placeholders: false }
    }
}
