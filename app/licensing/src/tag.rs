//! Tags of licenses.

use crate::text::{TextError, name};

/// Maximum length of a tag, in characters.
pub const LONGEST_TAG: usize = 40;
/// Maximum number of tags of a license.
pub const MOST_TAGS: usize = 20;

/// Error for a text that is not a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// Not a short line of text.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Contains a comma, which separates tags.
    #[error("must not contain a comma")]
    Comma,
}

/// Reads a tag: a line of 1 to 40 characters without a comma, trimmed and in lower case, so that one tag has one spelling.
pub fn tag(text: &str) -> Result<String, TagError> {
    let text = name(text, LONGEST_TAG)?.to_lowercase();
    if text.contains(',') { Err(TagError::Comma) } else { Ok(text) }
}

/// Reads tags separated by commas, sorted and each once.
pub fn tags(text: &str) -> Result<Vec<String>, TagError> {
    let parts = text.split(',').filter(|part| !part.trim().is_empty());
    let mut tags = parts.map(tag).collect::<Result<Vec<_>, _>>()?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}
