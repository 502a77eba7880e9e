//! Activation codes: their shapes, how they are read, and the check symbol that catches typing errors.
//!
//! Generated codes use Crockford's base 32 (<https://www.crockford.com/base32.html>): digits and letters without `I`,
//! `L`, `O` and `U`. The last symbol is a check over GF(32), which detects every single wrong symbol and every exchange
//! of two symbols.

mod inside;
mod shape;
mod symbols;

use std::fmt;

pub use shape::CodeShape;
use symbols::{check_value, fold, is_separator, symbol, value};

/// Maximum length of a code, generated or imported, in characters.
pub const LONGEST: usize = 128;
/// Minimum length of an imported code, in characters other than separators.
pub const SHORTEST: usize = 6;

/// Origin of a code, judged by its symbols alone, without a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOrigin {
    /// It has the shape of a generated code and a correct check symbol.
    Generated,
    /// It has the shape of a generated code and a wrong check symbol, so it was never issued.
    Mistyped,
    /// It has another shape. A vendor may have imported it.
    Foreign,
}

/// Error for a text that is not an activation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing is left without spaces and dashes.
    #[error("enter an activation code")]
    Empty,
    /// Longer than 128 characters.
    #[error("is longer than 128 characters, the longest an activation code can be")]
    TooLong,
    /// Contains a control character or, for an import, a character outside printable ASCII.
    #[error("contains a character that is not allowed in an activation code")]
    BadCharacter,
    /// Import only: fewer than six characters other than separators.
    #[error("needs at least 6 letters or digits")]
    TooShort,
    /// Import only: has the shape of a generated code but a wrong check symbol, so it could not be told from a mistyped
    /// one.
    #[error(
        "looks like a generated code with a typing error (18 or 28 letters and digits, and a wrong check symbol): check it, or add a prefix"
    )]
    Reserved,
}

/// Activation code, the secret text that a customer types. `Debug` does not show it; use [`written`](Self::written) to
/// reveal it.
#[derive(Clone, PartialEq, Eq)]
pub struct ActivationCode {
    canonical: String,
    written: String,
}

impl ActivationCode {
    /// Creates a code of this shape from random bytes, of which 135 (or 85) bits are used.
    pub fn from_entropy(shape: CodeShape, random: &[u8; 32]) -> Self {
        let mut bits = random.iter().flat_map(|byte| (0..8).map(move |i| byte >> i & 1));
        let mut values: Vec<u8> =
            (1..shape.symbols()).map(|_| bits.by_ref().take(5).fold(0, |value, bit| value << 1 | bit)).collect();
        values.push(check_value(&values));
        let canonical: String = values.iter().map(|v| symbol(*v)).collect();
        let symbols: Vec<char> = canonical.chars().collect();
        let written = symbols.chunks(shape.group()).map(String::from_iter).collect::<Vec<_>>().join("-");
        Self { canonical, written }
    }

    /// Reads a code that a customer typed or pasted, ignoring case, spaces and dashes, and accepting full-width forms
    /// and look-alike letters. If the text is not a code itself, returns the generated code [`inside`](Self::inside)
    /// it.
    pub fn read(text: &str) -> Result<Self, CodeError> {
        Self::exact(text).or_else(|error| Self::find(text).ok_or(error))
    }

    fn exact(text: &str) -> Result<Self, CodeError> {
        let written = text.trim();
        if written.chars().count() > LONGEST {
            return Err(CodeError::TooLong);
        }
        if written.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(CodeError::BadCharacter);
        }
        let canonical: String = written.chars().filter(|c| !is_separator(*c)).map(fold).collect();
        if canonical.is_empty() { Err(CodeError::Empty) } else { Ok(Self { canonical, written: written.to_owned() }) }
    }

    /// Finds the generated code inside a pasted text that is not a code itself, such as `License key: "ABCDEFG-…".`.
    /// Its shape and check symbol distinguish it from the text around it.
    ///
    /// A vendor may have imported the whole text as a code: look that up first.
    pub fn inside(&self) -> Option<Self> {
        if self.shape_origin() == CodeOrigin::Foreign { Self::find(&self.written) } else { None }
    }

    fn find(text: &str) -> Option<Self> {
        inside::find(text).map(|canonical| Self { written: canonical.clone(), canonical })
    }

    /// Reads a code that a vendor imports: 6 to 128 printable ASCII characters of any shape, unless it could be taken
    /// for a mistyped generated code.
    pub fn import(text: &str) -> Result<Self, CodeError> {
        let code = Self::exact(text)?;
        if !code.written.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(CodeError::BadCharacter);
        }
        if code.canonical.len() < SHORTEST {
            return Err(CodeError::TooShort);
        }
        if code.shape_origin() == CodeOrigin::Mistyped { Err(CodeError::Reserved) } else { Ok(code) }
    }

    /// Form used to look codes up: ASCII upper case, no separators, look-alikes mapped. Secret.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Code as it was generated or typed. Secret: only for accounts that may reveal it.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Last four characters, which lists show in place of the code. For a code shorter than twelve characters, its last
    /// third, so that the hidden part cannot be guessed.
    pub fn tail(&self) -> String {
        let length = self.canonical.chars().count();
        self.canonical.chars().skip(length - (length / 3).min(4)).collect()
    }

    /// Returns the code in a text, if it has the shape of a generated one. Texts without a digit are taken for names.
    pub fn generated_in(text: &str) -> Option<Self> {
        let code = Self::read(text).ok()?;
        let code = code.inside().unwrap_or(code);
        (code.origin() != CodeOrigin::Foreign && text.contains(|c: char| c.is_ascii_digit())).then_some(code)
    }

    /// Returns the origin of this code, or of a generated code inside it, judged by shape and check symbol alone.
    pub fn origin(&self) -> CodeOrigin {
        if self.inside().is_some() { CodeOrigin::Generated } else { self.shape_origin() }
    }

    fn shape_origin(&self) -> CodeOrigin {
        let values: Option<Vec<u8>> = self.canonical.bytes().map(value).collect();
        match values {
            Some(values) if CodeShape::ALL.iter().any(|s| s.symbols() == values.len()) => {
                let (last, rest) = values.split_last().map_or((0, &[][..]), |(l, r)| (*l, r));
                if check_value(rest) == last { CodeOrigin::Generated } else { CodeOrigin::Mistyped }
            }
            _ => CodeOrigin::Foreign,
        }
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(secret)")
    }
}
