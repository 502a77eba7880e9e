//! Sources of settings.

use std::path::PathBuf;

/// The file of defaults, with an explanation of each setting.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// Variable with the path of the settings file.
pub(super) const FILE: &str = "LATCHKEY_CONFIG";
/// Prefix of variables that are settings.
pub(super) const PREFIX: &str = "LATCHKEY_";

/// Sources of settings; the environment overrides the file.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Path and content of the operator's file.
    pub file: Option<(PathBuf, String)>,
    /// Environment variables that begin with `LATCHKEY_`.
    pub variables: Vec<(String, String)>,
}
