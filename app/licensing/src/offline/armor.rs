//! ASCII armor: a block of text that survives mail. It is 7-bit, in short lines, between a first and a last line, as
//! RFC 7468 defines for keys. Quoting, indentation, other line ends and text around the block do not matter; the
//! signature inside detects any other damage.
//!
//! The crate `pem-rfc7468` writes and reads only base64, and a body here is a JWS. It also refuses what mail does to a
//! block: quoting, indentation and other line breaks.

use std::fmt;

/// Maximum length of a text that is read, in bytes.
pub const LONGEST: usize = 16 * 1024;
/// Length of a line in a block.
const WIDTH: usize = 64;

/// Type of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// Offline request of a device.
    Request,
    /// Offline release: the proof that a device has deleted its token.
    Release,
    /// Offline response to a request.
    Response,
}

/// Block found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Type that the block states; `None` if the text was the bare body.
    pub block: Option<Block>,
    /// Body without white space.
    pub body: String,
}

/// Error for a text without exactly one complete block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArmorError {
    /// Empty text.
    #[error("is empty: paste the whole file, including its first and last line")]
    Empty,
    /// Longer than 16 KiB.
    #[error("is longer than 16 KiB: send the block alone, without the text around it")]
    TooLong,
    /// No first line.
    #[error("has no line “-----BEGIN LATCHKEY …-----”: send the whole file, including its first and last line")]
    NoBegin,
    /// No last line, or the last line of another block type.
    #[error("has no line “{0}”: its end is missing, so copy the whole file")]
    NoEnd(String),
    /// More than one block.
    #[error("contains more than one block: send them one by one")]
    Several,
    /// A character that no block contains.
    #[error("contains the character {0}, which is not allowed: copy it again from the file")]
    Foreign(String),
}

impl Block {
    /// Every block type.
    pub const ALL: [Self; 3] = [Self::Request, Self::Release, Self::Response];

    const fn label(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Release => "RELEASE",
            Self::Response => "RESPONSE",
        }
    }

    fn begin(self) -> String {
        format!("-----BEGIN LATCHKEY {}-----", self.label())
    }

    fn end(self) -> String {
        format!("-----END LATCHKEY {}-----", self.label())
    }

    /// Wraps a body of ASCII characters in this block.
    pub fn around(self, body: &str) -> String {
        let mut text = self.begin();
        for (n, c) in body.chars().enumerate() {
            if n % WIDTH == 0 {
                text.push('\n');
            }
            text.push(c);
        }
        text.push('\n');
        text.push_str(&self.end());
        text.push('\n');
        text
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Finds the one block in a text. A text that consists only of body characters, such as a QR code's, is taken as the
/// bare body.
///
/// # Errors
/// Returns an error if the text does not contain exactly one complete block.
pub fn open(text: &str) -> Result<Opened, ArmorError> {
    if text.len() > LONGEST {
        return Err(ArmorError::TooLong);
    }
    let lines: Vec<&str> = text.split(['\n', '\r']).map(unquoted).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(ArmorError::Empty);
    }
    let mut begins = lines.iter().enumerate().filter_map(|(n, line)| {
        let block = Block::ALL.into_iter().find(|block| *line == block.begin())?;
        Some((n, block))
    });
    let Some((first, block)) = begins.next() else {
        let bare = lines.iter().all(|line| line.chars().all(is_of_a_body));
        let spoiled = lines.iter().any(|line| line.contains("LATCHKEY"));
        return if bare && !spoiled {
            Ok(Opened { block: None, body: body(&lines)? })
        } else {
            Err(ArmorError::NoBegin)
        };
    };
    if begins.next().is_some() {
        return Err(ArmorError::Several);
    }
    let inside = lines.get(first + 1..).unwrap_or_default();
    let end = block.end();
    let last = inside.iter().position(|line| *line == end).ok_or(ArmorError::NoEnd(end))?;
    Ok(Opened { block: Some(block), body: body(inside.get(..last).unwrap_or_default())? })
}

/// Strips what mail adds at the start and end of a line.
fn unquoted(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '>')
}

fn body(lines: &[&str]) -> Result<String, ArmorError> {
    let mut body = String::new();
    for c in lines.iter().flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()) {
        if !is_of_a_body(c) {
            return Err(ArmorError::Foreign(format!("“{}”", c.escape_debug())));
        }
        body.push(c);
    }
    if body.is_empty() { Err(ArmorError::Empty) } else { Ok(body) }
}

/// Characters of a body: base64url (RFC 4648 §5), the dots of a JWS, and the tilde between the parts of a response.
const fn is_of_a_body(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}
