//! Activation codes: their shapes, how they are read, and the check symbol that catches typing errors.
//!
//! Generated codes use Crockford's base 32 (<https://www.crockford.com/base32.html>): digits and letters without `I`,
//! `L`, `O` and `U`. The last symbol is a check over GF(32), which detects every single wrong symbol and every exchange
//! of two symbols.

mod inside;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::is_invisible;

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Maximum length of a code, generated or imported, in characters.
pub const LONGEST: usize = 128;
/// Minimum length of an imported code, in characters other than separators.
pub const SHORTEST: usize = 6;

/// Shape of a product's generated codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeShape {
    /// Four groups of seven: 27 random symbols (135 bits) and a check symbol. Cannot be guessed.
    #[default]
    FourBySeven,
    /// Three groups of six: 17 random symbols (85 bits) and a check symbol. Cannot be guessed over the network.
    ThreeBySix,
}

impl CodeShape {
    /// Every shape.
    pub const ALL: [Self; 2] = [Self::FourBySeven, Self::ThreeBySix];

    const fn group(self) -> usize {
        match self {
            Self::FourBySeven => 7,
            Self::ThreeBySix => 6,
        }
    }

    /// Number of symbols, including the check symbol.
    const fn symbols(self) -> usize {
        match self {
            Self::FourBySeven => 28,
            Self::ThreeBySix => 18,
        }
    }

    /// Stored name, also used in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourBySeven => "four-by-seven",
            Self::ThreeBySix => "three-by-six",
        }
    }

    /// Returns the shape with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// Origin of a code, judged by its symbols alone, without a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
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
        if self.shape_origin() == Origin::Foreign { Self::find(&self.written) } else { None }
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
        if code.shape_origin() == Origin::Mistyped { Err(CodeError::Reserved) } else { Ok(code) }
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

    /// Returns the origin of this code, or of a generated code inside it, judged by shape and check symbol alone.
    pub fn origin(&self) -> Origin {
        if self.inside().is_some() { Origin::Generated } else { self.shape_origin() }
    }

    fn shape_origin(&self) -> Origin {
        let values: Option<Vec<u8>> = self.canonical.bytes().map(value).collect();
        match values {
            Some(values) if CodeShape::ALL.iter().any(|s| s.symbols() == values.len()) => {
                let (last, rest) = values.split_last().map_or((0, &[][..]), |(l, r)| (*l, r));
                if check_value(rest) == last { Origin::Generated } else { Origin::Mistyped }
            }
            _ => Origin::Foreign,
        }
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(secret)")
    }
}

/// Returns `true` for spaces and dashes of every kind, and for the invisible characters that come with codes pasted
/// from a mail.
fn is_separator(c: char) -> bool {
    let dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}');
    c.is_whitespace() || dash || is_invisible(c)
}

/// Folds ASCII and its full-width forms, which East Asian input methods produce. Folding more would make unrelated
/// codes equal.
fn fold(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    match narrow.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

fn symbol(value: u8) -> char {
    SYMBOLS.get(usize::from(value)).copied().map_or('0', char::from)
}

fn value(symbol: u8) -> Option<u8> {
    SYMBOLS.iter().position(|s| *s == symbol).and_then(|p| u8::try_from(p).ok())
}

/// Value of the check symbol: the code word is a multiple of (x + α) over GF(32) = GF(2)[α]/(α⁵ + α² + 1). The powers
/// of α repeat after 31 places, more than the longest shape has, so two exchanged symbols never cancel out.
fn check_value(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, v| times_alpha(sum ^ v))
}

const fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { (shifted ^ 0b10_0101) & 0b1_1111 }
}
