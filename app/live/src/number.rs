//! Whole numbers as people type them.

use std::str::FromStr;

/// Parses a whole number without a sign: `12`, `10000`, `10,000`, `10 000`, `10'000`.
///
/// A comma, an apostrophe or a space counts as a thousands separator only if every group after the first has exactly
/// three digits and all separators are the same. Anywhere else it may be a decimal comma or a typing error: `1,5` could
/// mean 1.5 or 15. Returns `None` for any other text, and for a number that is too large for its type.
pub fn read<T: FromStr>(text: &str) -> Option<T> {
    let text = text.trim();
    let digits = match text.chars().find(|c| is_mark(*c)) {
        Some(mark) => ungrouped(text, mark)?,
        None => text.to_owned(),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The thousands separators: comma, apostrophe and its typographic form, space, no-break space, thin spaces.
fn is_mark(c: char) -> bool {
    matches!(c, ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

fn ungrouped(text: &str, mark: char) -> Option<String> {
    let mut groups = text.split(mark);
    let first = groups.next()?;
    let begins = (1..=3).contains(&first.len()) && !first.starts_with('0');
    (begins && groups.clone().all(|group| group.len() == 3))
        .then(|| groups.fold(first.to_owned(), |all, one| all + one))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_mark_between_thousands_is_read_as_one() {
        for (text, number) in [
            ("12", 12),
            (" 0 ", 0),
            ("007", 7),
            ("1,000", 1_000),
            ("10,000", 10_000),
            ("1,000,000", 1_000_000),
            ("10 000", 10_000),
            ("10\u{202f}000", 10_000),
            ("10'000", 10_000),
            ("10’000", 10_000),
        ] {
            assert_eq!(read::<u32>(text), Some(number), "{text}");
        }
    }

    #[test]
    fn a_mark_anywhere_else_is_refused() {
        for text in [
            "1,5",
            "1,50",
            "0,5",
            "0,500",
            "1,0000",
            "1000,000",
            "10,00,000",
            ",100",
            "100,",
            "1,,000",
            "1, 000",
            "1,000 000",
            "1.000",
            "+1",
            "-1",
            "1e3",
            "",
            " ",
            ",",
            "١",
            "4294967296",
            "1,000,000,000,000",
            "ten",
        ] {
            assert_eq!(read::<u32>(text), None, "{text}");
        }
    }
}
