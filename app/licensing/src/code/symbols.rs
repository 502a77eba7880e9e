//! Symbols of generated codes, and how typed characters are read as symbols.

use crate::text::is_invisible;

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns `true` for spaces and dashes of every kind, and for the invisible characters that come with codes pasted
/// from a mail.
pub(super) fn is_separator(c: char) -> bool {
    let dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}');
    c.is_whitespace() || dash || is_invisible(c)
}

/// Folds ASCII and its full-width forms, which East Asian input methods produce. Folding more would make unrelated
/// codes equal.
pub(super) fn fold(c: char) -> char {
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

pub(super) fn symbol(value: u8) -> char {
    SYMBOLS.get(usize::from(value)).copied().map_or('0', char::from)
}

pub(super) fn value(symbol: u8) -> Option<u8> {
    SYMBOLS.iter().position(|s| *s == symbol).and_then(|p| u8::try_from(p).ok())
}

/// Value of the check symbol: the code word is a multiple of (x + α) over GF(32) = GF(2)[α]/(α⁵ + α² + 1). The powers
/// of α repeat after 31 places, more than the longest shape has, so two exchanged symbols never cancel out.
pub(super) fn check_value(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, v| times_alpha(sum ^ v))
}

const fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { (shifted ^ 0b10_0101) & 0b1_1111 }
}
