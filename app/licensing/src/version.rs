//! Software versions and the ranges that a license covers, as SemVer 2.0 has them.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

/// The longest version or range, in characters.
pub const LONGEST: usize = 64;

/// A version of the vendor's software, such as `2.1.0` or `3.0.0-beta.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(semver::Version);

/// A range of versions, such as `<3` or `>=2.1, <4`, in the grammar of Cargo's dependency requirements
/// (<https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionRange(semver::VersionReq);

/// Why a text is no version or range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not three numbers.
    #[error("is not a version: write three numbers, such as 2.1.0 or 3.0.0-beta.1")]
    Version,
    /// Not a range.
    #[error("is not a version range: write it like <3 or >=2.1, <4")]
    Range,
}

impl Version {
    /// Reads a SemVer version of at most 64 characters.
    pub fn read(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(VersionError::Version);
        }
        text.parse().map(Self).map_err(|_| VersionError::Version)
    }

    /// Which of the two comes first, as SemVer 2.0 §11 has it: a pre-release before its release, builds alike.
    pub fn order(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl VersionRange {
    /// Reads a range of at most 64 characters.
    pub fn read(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return Err(VersionError::Range);
        }
        text.parse().map(Self).map_err(|_| VersionError::Range)
    }

    /// Whether the range covers the version. A pre-release counts as its release (`2.1.0-beta` is in `<3`, `3.0.0-beta`
    /// is not), since SemVer's own rule would shut every tester out. Where the range names a pre-release of that very
    /// release, it is taken at its word: `>=3.0.0-rc.1` leaves `3.0.0-beta` out.
    pub fn covers(&self, version: &Version) -> bool {
        let semver::Version { major, minor, patch, .. } = version.0;
        let named = self
            .0
            .comparators
            .iter()
            .any(|c| !c.pre.is_empty() && (c.major, c.minor, c.patch) == (major, Some(minor), Some(patch)));
        if named { self.0.matches(&version.0) } else { self.0.matches(&semver::Version::new(major, minor, patch)) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
