//! Hints: request members that only help support, such as the name of a device. No decision depends on them, so they
//! are never refused; faults are repaired.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Visitor},
};

/// Names of the members.
pub const NAMES: [&str; 2] = ["deviceName", "platform"];
/// Maximum length of a hint, in characters.
pub const LONGEST: usize = 80;

/// Turns a hint into one line of at most [`LONGEST`] characters. Line breaks and other control characters become
/// spaces, characters that reorder text are dropped, and a longer text is cut. Returns `None` if nothing is left.
pub fn clean(text: &str) -> Option<String> {
    let shown = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    let mut clean = String::new();
    for c in text.chars().filter(|c| !reorders(*c)).map(shown) {
        let repeats = clean.chars().next_back().is_none_or(char::is_whitespace);
        // Invalid bytes in a row become one replacement character.
        let broken = c == char::REPLACEMENT_CHARACTER && clean.ends_with(c);
        if !(broken || repeats && c.is_whitespace()) {
            clean.push(c);
        }
    }
    let clean = clean.trim_end();
    let cut = match clean.char_indices().nth(LONGEST) {
        Some(_) => format!("{}…", clean.chars().take(LONGEST - 1).collect::<String>().trim_end()),
        None => clean.to_owned(),
    };
    (!cut.is_empty()).then_some(cut)
}

/// Returns `true` for a character that changes the order in which others are shown (UAX #9), and for the byte order
/// mark.
const fn reorders(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Reads a JSON string that may contain invalid UTF-8 or lone surrogates. They become U+FFFD.
#[derive(Clone, Copy, Debug)]
pub struct LossyText;

impl<'de> DeserializeSeed<'de> for LossyText {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        // For bytes, serde_json does not require valid Unicode.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for LossyText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}
