//! Sentences, and the wording of dates, numbers and lengths of time in them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Sentence whose key words are marked, so that a page can show them in bold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence(pub Vec<Piece>);

/// Part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Words, including the spaces around them.
    pub text: String,
    /// `true` if they hold a number or a choice.
    pub strong: bool,
}

impl Sentence {
    pub(crate) fn plain(mut self, text: &str) -> Self {
        self.0.push(Piece { text: text.to_owned(), strong: false });
        self
    }
    pub(crate) fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece { text: text.into(), strong: true });
        self
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self::default().plain(text)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

/// Formats a date: `12 March 2027`.
pub fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

/// Formats a time to the minute: `12 March 2027, 14:05 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

/// Formats a number of times: `once`, `twice`, `5 times`.
pub fn times(n: u32) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{} times", thousands(n.into())),
    }
}

/// Formats a count with its noun: `1 device`, `2,000 devices`, `3 policies`.
pub fn count(n: u64, noun: &str) -> String {
    let number = thousands(n);
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        _ if n == 1 => format!("{number} {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

/// Formats a number with thousands separators: `12,345`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut sentence = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            sentence.push(',');
        }
        sentence.push(digit);
    }
    sentence
}
