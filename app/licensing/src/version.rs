//! Software versions, and the ranges that a license covers: SemVer 2.0 and other common forms (.NET has four numbers,
//! many tags begin with `v`, many teams use dates).

use std::{cmp::Ordering, fmt, str::FromStr};

use semver::{BuildMetadata, Comparator, Op, VersionReq};
use serde::{Deserialize, Serialize};

/// Maximum length of a version or range, in characters.
pub const LONGEST: usize = 64;

/// Version of the vendor's software, such as `2.1.0`, `3.0.0-beta.1`, `2.1.0.4` or `2024.10.3`. Written without a
/// leading `v` and without leading zeros, with three numbers, or with four if the fourth is not zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// First three numbers, pre-release and build.
    version: semver::Version,
    /// Fourth number, which SemVer does not have.
    fourth: u64,
}

/// Range of versions, such as `<3` or `>=2.1, <4`, in the grammar of Cargo's dependency requirements
/// (<https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>), extended by an optional fourth number. A
/// comparator without one covers every fourth number: `=2.1.0` covers `2.1.0.4`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionRange(Vec<Bound>);

/// Comparator of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    comparator: Comparator,
    fourth: Option<u64>,
}

/// Error for a text that is not a version or range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not one to four numbers.
    #[error("is not a version: write one to four numbers, such as 2.1.0, 2.1.0.4 or 3.0.0-beta.1")]
    Version,
    /// Not a range.
    #[error("is not a version range: write it like <3 or >=2.1, <4")]
    Range,
}

impl Version {
    /// Reads a version of at most 64 characters: one to four numbers, then a SemVer pre-release and build. A leading
    /// `v` and leading zeros are ignored, and missing numbers are zero.
    pub fn read(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(VersionError::Version);
        }
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
        let numbers = read_numbers(numbers).ok_or(VersionError::Version)?;
        let mut version = semver::Version::new(numbers.at(0), numbers.at(1), numbers.at(2));
        if let Some(pre) = pre {
            version.pre = part(pre).map_err(|()| VersionError::Version)?;
        }
        if let Some(build) = build {
            version.build = part::<BuildMetadata>(build).map_err(|()| VersionError::Version)?;
        }
        Ok(Self { version, fourth: numbers.at(3) })
    }

    /// Compares by precedence (SemVer 2.0 §11, extended by the fourth number): a pre-release precedes its release, and
    /// builds are equal.
    pub fn order(&self, other: &Self) -> Ordering {
        let by_number = self.numbers().cmp(&other.numbers());
        by_number.then_with(|| self.version.cmp_precedence(&other.version))
    }

    const fn numbers(&self) -> [u64; 4] {
        [self.version.major, self.version.minor, self.version.patch, self.fourth]
    }
}

impl VersionRange {
    /// Reads a range of at most 64 characters.
    pub fn read(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return Err(VersionError::Range);
        }
        if matches!(text, "*" | "x" | "X") {
            return Ok(Self(vec![]));
        }
        text.split(',').map(Bound::read).collect::<Option<_>>().map(Self).ok_or(VersionError::Range)
    }

    /// Returns `true` if the range covers the version. A pre-release counts as its release (`2.1.0-beta` is in `<3`,
    /// `3.0.0-beta` is not), since SemVer's own rule would exclude every tester. If the range names a pre-release of
    /// the same release, SemVer's rule applies: `>=3.0.0-rc.1` excludes `3.0.0-beta`.
    pub fn covers(&self, asked: &Version) -> bool {
        let semver::Version { major, minor, patch, .. } = asked.version;
        let of_it = |c: &Comparator| (c.major, c.minor, c.patch) == (major, Some(minor), Some(patch));
        let named = self.0.iter().any(|bound| !bound.comparator.pre.is_empty() && of_it(&bound.comparator));
        let by_semver = VersionReq { comparators: self.0.iter().map(Bound::without_fourth).collect() };
        let covered = if named {
            by_semver.matches(&asked.version)
        } else {
            by_semver.matches(&semver::Version::new(major, minor, patch))
        };
        covered && self.0.iter().all(|bound| bound.lets_fourth(asked))
    }
}

impl Bound {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let numbers_at = text.find(|c: char| c.is_ascii_alphanumeric() || c == '*').unwrap_or(text.len());
        let (op, rest) = text.split_at(numbers_at);
        let (numbers, pre) = rest.split_once('-').map_or((rest, None), |(numbers, pre)| (numbers, Some(pre)));
        let Some(found) = read_numbers(numbers) else {
            // A comparator with wildcards, for example, has no fourth number.
            return Some(Self { comparator: text.parse().ok()?, fourth: None });
        };
        // As in SemVer, only a complete version has a pre-release; one with a fourth number has none.
        if pre.is_some() && found.0.len() != 3 {
            return None;
        }
        let three: Vec<String> = found.0.iter().take(3).map(u64::to_string).collect();
        let pre = pre.map(|pre| format!("-{pre}")).unwrap_or_default();
        let comparator = format!("{op}{}{pre}", three.join(".")).parse().ok()?;
        Some(Self { comparator, fourth: found.0.get(3).copied() })
    }

    /// SemVer comparator that covers at least what this one covers.
    fn without_fourth(&self) -> Comparator {
        let op = match (self.comparator.op, self.fourth) {
            (Op::Greater, Some(_)) => Op::GreaterEq,
            (Op::Less, Some(_)) => Op::LessEq,
            (op, _) => op,
        };
        Comparator { op, ..self.comparator.clone() }
    }

    /// Returns `true` if the comparator names no fourth number, or covers that of the version.
    fn lets_fourth(&self, asked: &Version) -> bool {
        let Some(fourth) = self.fourth else { return true };
        let c = &self.comparator;
        let order = asked.numbers().cmp(&[c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0), fourth]);
        match c.op {
            Op::Exact => order.is_eq(),
            Op::Greater => order.is_gt(),
            Op::Less => order.is_lt(),
            Op::LessEq => order.is_le(),
            // The SemVer comparator bounds it above.
            _ => order.is_ge(),
        }
    }
}

/// One to four numbers.
struct Numbers(Vec<u64>);

impl Numbers {
    fn at(&self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(0)
    }
}

fn read_numbers(text: &str) -> Option<Numbers> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let read = |part: &str| is_number(part).then(|| part.parse().ok()).flatten();
    let numbers: Vec<u64> = text.split('.').map(read).collect::<Option<_>>()?;
    (numbers.len() <= 4).then_some(Numbers(numbers))
}

/// Reads a pre-release or a build, which must not be empty.
fn part<T: FromStr>(text: &str) -> Result<T, ()> {
    if text.is_empty() { Err(()) } else { text.parse().map_err(|_| ()) }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fourth == 0 {
            return self.version.fmt(f);
        }
        let semver::Version { major, minor, patch, pre, build } = &self.version;
        write!(f, "{major}.{minor}.{patch}.{}", self.fourth)?;
        if !pre.is_empty() {
            write!(f, "-{pre}")?;
        }
        if !build.is_empty() {
            write!(f, "+{build}")?;
        }
        Ok(())
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("*");
        }
        for (n, Bound { comparator, fourth }) in self.0.iter().enumerate() {
            f.write_str(if n > 0 { ", " } else { "" })?;
            comparator.fmt(f)?;
            if let Some(fourth) = fourth {
                write!(f, ".{fourth}")?;
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        Self::read(&text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for VersionRange {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        Self::read(&text)
    }
}

impl From<VersionRange> for String {
    fn from(range: VersionRange) -> Self {
        range.to_string()
    }
}
