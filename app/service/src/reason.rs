//! Reasons of acts, for the audit log.

use licensing::{Invalid, text};

/// Reads the reason that every act needs that takes something away.
pub(crate) fn read_reason(reason: &str) -> Result<String, Invalid> {
    text::name(reason, 500).map_err(|e| Invalid::one("reason", e.to_string()))
}
