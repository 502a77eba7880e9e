//! Names, lines and notes that people type: bounded, and free of what no database or page should meet.

/// The longest name of a product or policy, in characters.
pub const LONGEST_NAME: usize = 80;
/// The longest slug of a product, in characters.
pub const LONGEST_SLUG: usize = 40;

/// Why a text is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Longer than so many characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A control character or a line break; notes may have line breaks and tabs.
    #[error("holds a line break or another control character: remove it")]
    Control,
    /// Not a slug.
    #[error("may contain only lowercase letters, digits and single hyphens, such as drift-pro")]
    NotASlug,
}

/// One line, trimmed, at most `longest` characters, not empty.
pub fn name(text: &str, longest: usize) -> Result<String, TextError> {
    line(text, longest)?.ok_or(TextError::Empty)
}

/// One line, trimmed, at most `longest` characters; `None` when it is empty.
pub fn line(text: &str, longest: usize) -> Result<Option<String>, TextError> {
    bounded(text, longest, |c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Several lines, trimmed, at most `longest` characters; `None` when it is empty.
pub fn note(text: &str, longest: usize) -> Result<Option<String>, TextError> {
    bounded(&text.replace("\r\n", "\n"), longest, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// A short name for machines: 1 to `longest` small letters, digits and single dashes between them.
pub fn slug(text: &str, longest: usize) -> Result<String, TextError> {
    let text = name(text, longest)?;
    let good = text
        .split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if good { Ok(text) } else { Err(TextError::NotASlug) }
}

/// Whether a character takes no room and has no shape of its own: it comes along when people paste from mails and pages,
/// and nobody can see that it is there.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

fn bounded(text: &str, longest: usize, bad: impl Fn(char) -> bool) -> Result<Option<String>, TextError> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(TextError::TooLong(longest));
    }
    if text.contains(bad) {
        return Err(TextError::Control);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
