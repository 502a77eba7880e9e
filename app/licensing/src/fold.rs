//! Case and accent folding for search.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Folds text for searching: compatibility characters, case and the accents of Latin, Greek and Cyrillic letters make
/// no difference, so that `Zoë`, `ZOE` and a decomposed `Zoë` are equal.
///
/// Uses Unicode's rules (NFKD, without U+0300 to U+036F, lowercased by way of uppercase, NFC), and also maps the Latin
/// letters that have a stroke and no decomposition. The result is the same on every machine, whereas a database under a
/// Turkish locale would lowercase `INGRID` to `ıngrıd`. Both Turkish letters, `İ` and `ı`, become `i`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let (nfkd, nfc) = (DecomposingNormalizerBorrowed::new_nfkd(), ComposingNormalizerBorrowed::new_nfc());
    let cased = nfkd.normalize_iter(text.chars());
    // Uppercasing turns `ß` into `SS` and the final sigma into the other one; lowercasing first turns `ẞ` into `ß`.
    let lowercased = cased.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let decomposed = nfkd.normalize_iter(lowercased);
    let letters = decomposed.filter(|c| !matches!(c, '\u{300}'..='\u{36F}')).flat_map(plain);
    nfc.normalize_iter(letters).collect()
}

/// Returns a letter without its stroke, or the letters of a ligature.
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
