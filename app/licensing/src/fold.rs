//! Text in the form in which it is searched.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Folds text for searching: compatibility characters, case and the accents of Latin, Greek and Cyrillic letters make no
/// difference, so that `Zoë`, `ZOE` and a decomposed `Zoë` are one.
///
/// The folding is Unicode's (NFKD, without U+0300 to U+036F, lowercased by way of uppercase, NFC), plus the Latin letters
/// that have a stroke and no decomposition. It is the same on every machine: under a Turkish locale a database would
/// lowercase `INGRID` to `ıngrıd`. Both Turkish letters, `İ` and `ı`, become `i`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let (nfkd, nfc) = (DecomposingNormalizerBorrowed::new_nfkd(), ComposingNormalizerBorrowed::new_nfc());
    let cased = nfkd.normalize_iter(text.chars());
    // By way of uppercase `ß` becomes `ss` and the final sigma the other one; before it, `ẞ` becomes `ß`.
    let lowercased = cased.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let decomposed = nfkd.normalize_iter(lowercased);
    let letters = decomposed.filter(|c| !matches!(c, '\u{300}'..='\u{36F}')).flat_map(plain);
    nfc.normalize_iter(letters).collect()
}

/// A letter without its stroke, and a ligature as its letters.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        _ => (c, None),
    };
    std::iter::once(first).chain(second)
}
