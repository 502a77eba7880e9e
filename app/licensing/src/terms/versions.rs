//! Covered versions of the software.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Period, VersionRange};

/// Covered versions of the software.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Versions {
    /// All.
    Any,
    /// Those in the range. A request that names no version passes; its token contains the range.
    Range(VersionRange),
}

/// Period in which new versions are covered. Versions released before the end of maintenance stay covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Maintenance {
    /// Without end.
    #[default]
    Always,
    /// Covers versions released until this time.
    Until(DateTime<Utc>),
    /// Covers versions released within this time after the license was issued.
    FromIssue(Period),
}
