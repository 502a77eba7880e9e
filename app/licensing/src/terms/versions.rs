//! Which versions of the software are covered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Span, VersionRange};

/// Which versions of the software are covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Versions {
    /// All.
    Any,
    /// Those in the range. A request that names no version passes; its token says the range.
    Range(VersionRange),
}

/// For how long new versions are covered. What was released by the end of maintenance stays covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Maintenance {
    /// Without end.
    #[default]
    Always,
    /// Those released until this moment.
    Until(DateTime<Utc>),
    /// Those released so long from the moment the license was issued.
    FromIssue(Span),
}
