//! Patterns that choose types of messages: a type, `license.*` for a group, or `*` for all.

use std::fmt;

use super::catalog::{CATALOG, EventType};

/// Maximum number of patterns of a subscription.
pub const MOST_PATTERNS: usize = 100;

/// Pattern for types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// This type.
    Type(&'static str),
    /// Every type of a group, except those that must be named.
    Group(&'static str),
    /// Every type, except those that must be named.
    All,
}

/// Error for a text that is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Neither a type nor a group.
    #[error("“{0}” is not a type of message: send one from the list, a group such as license.*, or *")]
    Unknown(String),
    /// None at all.
    #[error("must contain at least one type")]
    Empty,
    /// Too many.
    #[error("has more than {MOST_PATTERNS} types")]
    TooMany,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Returns an error for a type or a group that does not exist.
    pub fn read(text: &str) -> Result<Self, PatternError> {
        let unknown = || PatternError::Unknown(text.chars().take(80).collect());
        if text == "*" {
            return Ok(Self::All);
        }
        let found = match text.strip_suffix(".*") {
            Some(group) => CATALOG.iter().find(|it| it.group() == group).map(|it| Self::Group(it.group())),
            None => EventType::named(text).map(|it| Self::Type(it.name)),
        };
        found.ok_or_else(unknown)
    }

    /// Returns `true` if it chooses this type.
    pub fn chooses(self, of: &EventType) -> bool {
        match self {
            Self::Type(name) => of.name == name,
            Self::Group(group) => of.group() == group && !of.must_be_named,
            Self::All => !of.must_be_named,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => f.write_str(name),
            Self::Group(group) => write!(f, "{group}.*"),
            Self::All => f.write_str("*"),
        }
    }
}

/// Reads the patterns of a subscription: at least one, each once.
///
/// # Errors
/// Returns the first error.
pub fn patterns<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<Pattern>, PatternError> {
    let mut all: Vec<Pattern> = vec![];
    for text in texts {
        let pattern = Pattern::read(text.trim())?;
        if !all.contains(&pattern) {
            all.push(pattern);
        }
    }
    match all.len() {
        0 => Err(PatternError::Empty),
        n if n > MOST_PATTERNS => Err(PatternError::TooMany),
        _ => Ok(all),
    }
}
