//! Fingerprints as text, one per line, each with an optional note after a tab (pasted from a spreadsheet) or ` # `
//! (typed).

use licensing::{Fingerprint, Invalid, text};

/// Maximum length of a note, in characters.
pub const LONGEST_NOTE: usize = 100;

/// Parses the lines. Empty lines are skipped, and white space around a fingerprint is dropped.
///
/// # Errors
/// One message at `devices`, which says for each bad line what is expected.
pub fn read(lines: &str) -> Result<Vec<(Fingerprint, String)>, Invalid> {
    let mut devices = Vec::new();
    let mut faults = Vec::new();
    for (i, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(device) => devices.push(device),
            Err(fault) => faults.push(format!("Line {}: {fault}.", i + 1)),
        }
    }
    if devices.is_empty() && faults.is_empty() {
        faults.push("Enter at least one fingerprint.".to_owned());
    }
    if faults.is_empty() { Ok(devices) } else { Err(Invalid::one("devices", faults.join(" "))) }
}

fn read_line(line: &str) -> Result<(Fingerprint, String), String> {
    let (fingerprint, note) = line.split_once('\t').or_else(|| line.split_once(" # ")).unwrap_or((line, ""));
    let fingerprint = Fingerprint::read(fingerprint.trim()).map_err(|fault| format!("the fingerprint {fault}"))?;
    let note = text::line(note, LONGEST_NOTE).map_err(|fault| format!("the note {fault}"))?;
    Ok((fingerprint, note.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_line_is_a_fingerprint_and_perhaps_a_note() {
        let read =
            read("SHA256:9f3c\n\r\n  SHA256:51aa # Mix Room B\r\nSHA256:c0de\tLena’s Surface\nno#note here").unwrap();
        let found: Vec<_> = read.iter().map(|(it, note)| (it.as_str(), note.as_str())).collect();
        assert_eq!(
            found,
            [
                ("SHA256:9f3c", ""),
                ("SHA256:51aa", "Mix Room B"),
                ("SHA256:c0de", "Lena’s Surface"),
                ("no#note here", "")
            ]
        );
    }

    #[test]
    fn every_bad_line_is_named() {
        let long = "x".repeat(513);
        let note = "y".repeat(101);
        let Invalid(wrong) = read(&format!("good\n{long}\n # only a note\nfine # {note}")).unwrap_err();
        let found: Vec<_> = wrong.iter().map(|it| (it.field.as_str(), it.message.as_str())).collect();
        assert_eq!(
            found,
            [(
                "devices",
                "Line 2: the fingerprint is longer than 512 bytes: send a hash of it instead. Line 3: the fingerprint must \
                 not be empty. Line 4: the note is longer than 100 characters."
            )]
        );
        assert!(read("\n \n").is_err());
    }
}
