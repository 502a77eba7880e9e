//! Detects passwords that are easy to guess despite their length.
//!
//! To guess long passwords, attackers combine short ones: common passwords, keyboard rows, sequences, years, and words
//! related to the person, in any case, with digits for letters, and repeated. A password is therefore split into the
//! fewest such pieces; a character that belongs to none is a piece of its own. Four different pieces are enough, since
//! each is one of some ten thousand.

use std::{collections::HashSet, sync::LazyLock};

/// Number of different pieces that make a password acceptable.
const ENOUGH: usize = 4;
/// Common passwords of four or more characters, most common first: 12,000 from zxcvbn's list (MIT license, Copyright
/// (c) 2012–2016 Dropbox, Inc. and (c) 2016 Joshua Holmer).
const COMMON: &str = include_str!("common.txt");
/// Rows of keys on the most common keyboard layouts.
const ROWS: [&str; 9] = [
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "1234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];
/// Maximum length of a piece, in characters.
const LONGEST: usize = 40;
/// Number of characters of a password that are analyzed.
const MOST_CHECKED: usize = 200;

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.lines().collect());

/// Returns `true` if the password is easy to guess. `known` contains words related to the person and the server.
pub(super) fn easily(password: &str, known: &[&str]) -> bool {
    let known: HashSet<String> = known
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
        .map(plain)
        .map(|part| part.iter().collect::<String>())
        .filter(|part| part.chars().count() > 2)
        .collect();
    let text = plain(password);
    let text = text.get(..MOST_CHECKED).unwrap_or(&text);
    pieces(text, &known) < ENOUGH
}

/// Lowercases the text and keeps letters, digits and the signs that stand for letters; other characters only separate
/// pieces.
fn plain(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || "@$!#*".contains(*c)).collect()
}

/// Returns the number of different pieces in a split with the fewest pieces.
fn pieces(text: &[char], known: &HashSet<String>) -> usize {
    // best[i]: the fewest pieces that make the first i characters, and the start of the last of them.
    let mut best: Vec<(usize, usize)> = vec![(0, 0)];
    for end in 1..=text.len() {
        let shortest = end.saturating_sub(LONGEST);
        let cut =
            (shortest..end).filter(|begin| end - begin == 1 || is_piece(text.get(*begin..end).unwrap_or(&[]), known));
        let cut = cut.filter_map(|begin| Some((best.get(begin)?.0 + 1, begin))).min();
        best.push(cut.unwrap_or((end, end - 1)));
    }
    let (mut different, mut end) = (HashSet::new(), text.len());
    while let Some((_, begin)) = best.get(end).filter(|_| end > 0) {
        different.insert(text.get(*begin..end).unwrap_or(&[]));
        end = *begin;
    }
    different.len()
}

fn is_piece(piece: &[char], known: &HashSet<String>) -> bool {
    if piece.len() < 3 {
        return false;
    }
    let text: String = piece.iter().collect();
    let spelled: String = piece.iter().map(|c| letter_for(*c)).collect();
    let backwards: String = piece.iter().rev().collect();
    let row = |text: &str| ROWS.iter().any(|row| row.contains(text));
    known.contains(&text)
        || known.contains(&spelled)
        || KNOWN.contains(text.as_str())
        || KNOWN.contains(spelled.as_str())
        || row(&text)
        || row(&backwards)
        || is_sequence(piece)
        || is_year(&text)
}

/// Detects texts such as `aaaa`, `abcd` and `9876`.
fn is_sequence(piece: &[char]) -> bool {
    let steps: HashSet<i64> = piece
        .iter()
        .zip(piece.iter().skip(1))
        .map(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a)))
        .collect();
    steps.len() == 1 && steps.iter().all(|step| step.abs() <= 1)
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// Returns the letter that a digit or sign stands for.
const fn letter_for(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_INGRID: [&str; 4] = ["ingrid.lund@nordwind.example", "Ingrid Lund", "Nordwind Audio", "latchkey"];

    #[test]
    fn ten_thousand_common_passwords_are_known() {
        assert!(KNOWN.len() >= 10_000, "{}", KNOWN.len());
        assert!(["password", "qwerty", "letmein", "iloveyou"].iter().all(|word| KNOWN.contains(word)));
    }

    #[test]
    fn a_few_words_are_not_easily_guessed_in_any_language() {
        for password in [
            "five owls on a fence",
            "a kettle of blue fish",
            "four small boats at sea",
            "seven lamps in the rain",
            "nine grey geese upstairs",
            "vier kleine boote auf see",
            "ледяной чайник спит в саду",
            "x7#kQ9!vLm2$pR4w",
            &"magenta wrist over nine lakes ".repeat(30),
        ] {
            assert!(!easily(password, &OF_INGRID), "{password}");
        }
    }

    #[test]
    fn what_everybody_would_try_is_however_long_it_is() {
        for password in [
            "passwordpassword",
            "Password123456789",
            "P@ssw0rd-P@ssw0rd-2026",
            "aaaaaaaaaaaaaaaaaaaa",
            "qwertyuiopasdfghjkl",
            "1qaz2wsx3edc4rfv",
            "123456789012345678",
            "abcabcabcabcabcabc",
            "poiuytrewq 0987654321",
            "ingridlund ingridlund",
            "Ingrid.Lund@nordwind.example",
            "NordwindAudio2026",
            "latchkeylatchkeylatchkey",
            "iloveyouiloveyouiloveyou",
            "letmein letmein dragon",
            "",
        ] {
            assert!(easily(password, &OF_INGRID), "{password}");
        }
    }
}
