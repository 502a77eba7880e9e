//! A product's released versions as text, one per line: `2.1.0 2026-03-12`.

use licensing::{Invalid, Version, product::ProductVersion};

use crate::day;

/// Formats the versions, one per line.
pub fn print(versions: &[ProductVersion]) -> String {
    let line = |it: &ProductVersion| format!("{} {}", it.version, day::format(it.released_at, day::START));
    versions.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Parses the lines; empty ones are skipped. A release counts from the start of its day, in UTC.
///
/// # Errors
/// One message at `releases`, the field of the form, which says for each bad line what is expected.
pub fn read(text: &str) -> Result<Vec<ProductVersion>, Invalid> {
    let mut versions = Vec::new();
    let mut faults = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(version) => versions.push(version),
            Err(fault) => faults.push(format!("Line {}: {fault}.", i + 1)),
        }
    }
    if faults.is_empty() { Ok(versions) } else { Err(Invalid::one("releases", faults.join(" "))) }
}

fn read_line(line: &str) -> Result<ProductVersion, String> {
    let (version, at) =
        line.trim().split_once(char::is_whitespace).ok_or("write the version and its day, like “2.1.0 2026-03-12”")?;
    Ok(ProductVersion {
        version: Version::read(version).map_err(|fault| format!("{version} {fault}"))?,
        released_at: day::read(at, day::START).map_err(|fault| format!("the day of {version} {fault}"))?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_read_is_printed_again() {
        let found = "2.1.0 2026-03-12\n3.0.0-beta.1 2026-06-01T12:30:00.000250Z";
        assert_eq!(print(&read(found).unwrap()), found);
        assert_eq!(print(&read("\r\n  2.1.0\t 2026-03-12 \r\n").unwrap()), "2.1.0 2026-03-12");
    }

    #[test]
    fn every_bad_line_is_named_with_what_would_be_good() {
        let Invalid(wrong) = read("2.1.0\n2.x 2026-03-12\n2.2.0 soon").unwrap_err();
        let found: Vec<_> = wrong.iter().map(|it| (it.field.as_str(), it.message.as_str())).collect();
        assert_eq!(
            found,
            [(
                "releases",
                "Line 1: write the version and its day, like “2.1.0 2026-03-12”. Line 2: 2.x is not a version: write one to \
                 four numbers, such as 2.1.0, 2.1.0.4 or 3.0.0-beta.1. Line 3: the day of 2.2.0 must be a date, such as 2027-03-12."
            )]
        );
    }
}
