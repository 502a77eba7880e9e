//! Finds a generated code inside a pasted text: in quotes, before a full stop, after a label, broken over lines, quoted
//! in a mail.

use super::{
    shape::CodeShape,
    symbols::{check_value, fold, is_separator, symbol, value},
};
use crate::text::is_invisible;

/// Maximum length of a text that is searched, in bytes.
const LONGEST: usize = 4096;

/// Similarity of a match to a code as it was issued. A closer match compares greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The right number of symbols in other groups, separated only by dashes and white space.
    Symbols,
    /// The groups of the shape.
    Groups,
    /// The groups of the shape, separated only by dashes and white space.
    Written,
}

/// A run of letters and digits.
struct Word {
    /// Values of its symbols; `None` if it has a letter that generated codes do not use.
    values: Option<Vec<u8>>,
    length: usize,
    /// `true` if only dashes and white space separate it from the word before.
    is_joined: bool,
}

/// Returns the canonical form of the code in the text; the closest match if there are several.
pub(super) fn find(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let words = words(text);
    let mut best: Option<(Likeness, Vec<u8>)> = None;
    for start in 0..words.len() {
        for shape in CodeShape::ALL {
            let Some(group) = group(words.get(start..).unwrap_or_default(), shape) else { continue };
            let Some((likeness, values)) = judge(group, shape) else { continue };
            if best.as_ref().is_none_or(|(found, _)| likeness > *found) {
                best = Some((likeness, values));
            }
        }
    }
    best.map(|(_, values)| values.into_iter().map(symbol).collect())
}

/// Returns the first words that together have the length of a code of this shape.
fn group(words: &[Word], shape: CodeShape) -> Option<&[Word]> {
    let mut length = 0;
    for (n, word) in words.iter().enumerate() {
        length += word.length;
        if length >= shape.symbols() {
            return if length == shape.symbols() { words.get(..=n) } else { None };
        }
    }
    None
}

/// Returns the values of these words and how closely they resemble a code; `None` if the check symbol is wrong.
fn judge(words: &[Word], shape: CodeShape) -> Option<(Likeness, Vec<u8>)> {
    let mut values = Vec::with_capacity(shape.symbols());
    for word in words {
        values.extend(word.values.as_ref()?);
    }
    let (last, rest) = values.split_last()?;
    if check_value(rest) != *last {
        return None;
    }
    let in_groups = words.iter().all(|word| word.length == shape.group());
    let joined = words.iter().skip(1).all(|word| word.is_joined);
    // One check symbol in 32 is right by chance, so a document with many words would seem to contain a code. Other
    // groups therefore count only if just separators are between them.
    let likeness = match (in_groups, joined) {
        (true, true) => Likeness::Written,
        (true, false) => Likeness::Groups,
        (false, true) => Likeness::Symbols,
        (false, false) => return None,
    };
    Some((likeness, values))
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = vec![];
    let (mut word, mut is_joined) = (String::new(), false);
    let mut end = |word: &mut String, is_joined: &mut bool| {
        if !word.is_empty() {
            let values: Option<Vec<u8>> = word.bytes().map(value).collect();
            words.push(Word { values, length: word.len(), is_joined: *is_joined });
            word.clear();
            *is_joined = true;
        }
    };
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        let folded = fold(c);
        if folded.is_ascii_alphanumeric() {
            word.push(folded);
        } else {
            end(&mut word, &mut is_joined);
            is_joined = is_joined && is_separator(c);
        }
    }
    end(&mut word, &mut is_joined);
    words
}
