//! Validation of names, lines and notes that users type.

/// Maximum length of a product's or policy's name, in characters.
pub const LONGEST_NAME: usize = 80;
/// Maximum length of a product's slug, in characters.
pub const LONGEST_SLUG: usize = 40;

/// Error for an invalid text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("must not be empty")]
    Empty,
    /// Longer than this number of characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// Contains a control character or a line break; notes may have line breaks and tabs.
    #[error("contains a line break or another control character: remove it")]
    Control,
    /// Not a slug.
    #[error("must be lowercase letters, digits and single hyphens between them, such as drift-pro")]
    NotASlug,
}

/// Reads a non-empty line of at most `longest` characters, and trims it.
pub fn name(text: &str, longest: usize) -> Result<String, TextError> {
    line(text, longest)?.ok_or(TextError::Empty)
}

/// Reads a line of at most `longest` characters, trims it, and drops characters that reorder text. `None` if it is empty.
pub fn line(text: &str, longest: usize) -> Result<Option<String>, TextError> {
    bounded(text, longest, |c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Reads several lines of at most `longest` characters, and trims them. `None` if they are empty.
pub fn note(text: &str, longest: usize) -> Result<Option<String>, TextError> {
    bounded(&text.replace("\r\n", "\n"), longest, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Reads an identifier of 1 to `longest` lowercase letters, digits and single hyphens between them.
pub fn slug(text: &str, longest: usize) -> Result<String, TextError> {
    let text = name(text, longest)?;
    let good = text
        .split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if good { Ok(text) } else { Err(TextError::NotASlug) }
}

/// Derives an identifier of at most `longest` characters from a name: `Drift Pro 2` becomes `drift-pro-2`. Empty if the name
/// has no Latin letter and no digit.
pub fn slug_of(name: &str, longest: usize) -> String {
    let name = crate::fold(name);
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").to_ascii_lowercase().chars().take(longest).collect();
    slug.trim_end_matches('-').to_owned()
}

/// Returns `true` for a character without width and shape, which is pasted unnoticed from mails and web pages.
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

/// Returns `true` for a character that embeds, overrides or isolates a direction (UAX #9). Nobody types one; in a name it
/// can make `moc.live` look like `evil.com`. The marks U+200E and U+200F stay: they are part of right-to-left writing.
const fn redirects(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn bounded(text: &str, longest: usize, bad: impl Fn(char) -> bool) -> Result<Option<String>, TextError> {
    let text = text.replace(redirects, "");
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(TextError::TooLong(longest));
    }
    if text.contains(bad) {
        return Err(TextError::Control);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
