//! Passwords that are easily guessed, however long they are.
//!
//! Whoever guesses long passwords joins short ones: common passwords, rows of keys, sequences, years, and what is known of
//! the person, in any case, with digits for letters, and repeated. So a password is read as the fewest such pieces; a
//! character that belongs to none is a piece of its own. Four different ones are enough: each has some ten thousand rivals.

use std::{collections::HashSet, sync::LazyLock};

/// So many different pieces make a password.
const ENOUGH: usize = 4;
/// Common passwords of four characters and more, the commonest first: 12,000 of the list that zxcvbn has (MIT license,
/// Copyright (c) 2012–2016 Dropbox, Inc. and (c) 2016 Joshua Holmer).
const COMMON: &str = include_str!("common.txt");
/// Rows of keys, on the keyboards that most people have.
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
/// No piece is longer, in characters.
const LONGEST: usize = 40;
/// So much of a password is looked at, in characters.
const LOOKED_AT: usize = 200;

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.lines().collect());

/// Whether others would guess it. `known` is what is known of the person and the place.
pub(super) fn easily(password: &str, known: &[&str]) -> bool {
    let known: HashSet<String> = known
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
        .map(plain)
        .map(|part| part.iter().collect::<String>())
        .filter(|part| part.chars().count() > 2)
        .collect();
    let text = plain(password);
    let text = text.get(..LOOKED_AT).unwrap_or(&text);
    pieces(text, &known) < ENOUGH
}

/// Letters and digits in small letters, with letters for what stands for them; whatever else is between pieces goes.
fn plain(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || "@$!#*".contains(*c)).collect()
}

/// How many different pieces it is made of, where it is cut into as few as can be.
fn pieces(text: &[char], known: &HashSet<String>) -> usize {
    // fewest[i] pieces make the first i characters, the last of which begins at from[i].
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

/// `aaaa`, `abcd`, `9876`.
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

/// The letter that a digit or sign stands for.
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
