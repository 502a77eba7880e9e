//! A generated code inside of what was pasted: with quotes or a full stop around it, behind a label, broken over lines,
//! quoted in a mail.

use super::{CodeShape, check_value, fold, value};
use crate::text::is_invisible;

/// The longest text that is searched, in bytes.
const LONGEST: usize = 4096;

/// How much a find resembles a code as it was given out: the greater, the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The right number of symbols, in other groups, with nothing but dashes and white space between them.
    Symbols,
    /// The groups of the shape.
    Groups,
    /// The groups of the shape, and a dash between them.
    Written,
}

/// A run of letters and digits.
struct Word {
    /// Its symbols' values; none where it holds a letter that no generated code has.
    values: Option<Vec<u8>>,
    length: usize,
    /// Whether nothing but dashes and white space stands before it, back to the word before.
    is_joined: bool,
}

/// The canonical form of the code that the text holds; where several pass for one, of the likeliest.
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
    best.map(|(_, values)| values.into_iter().map(super::symbol).collect())
}

/// The first words that together are as long as a code of the shape.
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

/// How much these words resemble a code, and their values, where the check symbol is right.
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
    // One check symbol in 32 is right by chance, so a document with many words would hold a code that nobody wrote: other
    // groups count only where nothing else stands between them.
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
            is_joined = is_joined && super::is_separator(c);
        }
    }
    end(&mut word, &mut is_joined);
    words
}
