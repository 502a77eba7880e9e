//! Software versions, and the ranges that a license covers: SemVer 2.0, and the other forms in which platforms number
//! versions (.NET has four numbers, many tags begin with `v`, many teams use dates).

use std::{cmp::Ordering, fmt, str::FromStr};

use semver::{BuildMetadata, Comparator, Op, VersionReq};
use serde::{Deserialize, Serialize};

/// The longest version or range, in characters.
pub const LONGEST: usize = 64;

/// A version of the vendor's software, such as `2.1.0`, `3.0.0-beta.1`, `2.1.0.4` or `2024.10.3`. Written without a leading
/// `v` and without leading zeros, with three numbers or, where the fourth is not zero, with four.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// The first three numbers, the pre-release and the build.
    version: semver::Version,
    /// The fourth number, which SemVer does not have.
    fourth: u64,
}

/// A range of versions, such as `<3` or `>=2.1, <4`, in the grammar of Cargo's dependency requirements
/// (<https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>), where a comparator may name a fourth number. One
/// that names none is for every fourth number: `=2.1.0` covers `2.1.0.4`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionRange(Vec<Bound>);

/// A comparator of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    comparator: Comparator,
    fourth: Option<u64>,
}

/// Why a text is no version or range.
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
    /// Reads a version of at most 64 characters: one to four numbers, then a pre-release and a build as SemVer has them. A
    /// leading `v` and leading zeros of the numbers do not count, and numbers that are missing are zero.
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

    /// Which of the two comes first, as SemVer 2.0 §11 has it with a fourth number: a pre-release before its release, builds
    /// alike.
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

    /// Whether the range covers the version. A pre-release counts as its release (`2.1.0-beta` is in `<3`, `3.0.0-beta`
    /// is not), since SemVer's own rule would shut every tester out. Where the range names a pre-release of that very
    /// release, it is taken at its word: `>=3.0.0-rc.1` leaves `3.0.0-beta` out.
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
            // With wildcards, say: as it stands.
            return Some(Self { comparator: text.parse().ok()?, fourth: None });
        };
        // As in SemVer, only a whole version has pre-releases; and a fourth number is for those who have none.
        if pre.is_some() && found.0.len() != 3 {
            return None;
        }
        let three: Vec<String> = found.0.iter().take(3).map(u64::to_string).collect();
        let pre = pre.map(|pre| format!("-{pre}")).unwrap_or_default();
        let comparator = format!("{op}{}{pre}", three.join(".")).parse().ok()?;
        Some(Self { comparator, fourth: found.0.get(3).copied() })
    }

    /// The comparator for SemVer, which covers at least what this covers.
    fn without_fourth(&self) -> Comparator {
        let op = match (self.comparator.op, self.fourth) {
            (Op::Greater, Some(_)) => Op::GreaterEq,
            (Op::Less, Some(_)) => Op::LessEq,
            (op, _) => op,
        };
        Comparator { op, ..self.comparator.clone() }
    }

    /// Whether the comparator, where it names a fourth number, lets the version's pass.
    fn lets_fourth(&self, asked: &Version) -> bool {
        let Some(fourth) = self.fourth else { return true };
        let c = &self.comparator;
        let order = asked.numbers().cmp(&[c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0), fourth]);
        match c.op {
            Op::Exact => order.is_eq(),
            Op::Greater => order.is_gt(),
            Op::Less => order.is_lt(),
            Op::LessEq => order.is_le(),
            // Bounded above by the comparator for SemVer.
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

/// A pre-release or a build, which must not be empty.
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
