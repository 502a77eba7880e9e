//! CSV files (RFC 4180) that are safe to open in a spreadsheet.

use serde_json::Value;

/// Writes a line.
pub(crate) fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",") + "\r\n"
}

/// Writes a line with the members of an object, in the order of the columns. Lists and objects become JSON, unless they are
/// empty.
pub(crate) fn row(columns: &[&str], object: &Value) -> String {
    line(columns.iter().map(|column| match object.get(column) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(members)) if members.is_empty() => String::new(),
        Some(Value::Array(list)) if list.is_empty() => String::new(),
        Some(other) => other.to_string(),
    }))
}

/// A cell of a CSV file (RFC 4180). Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break as a
/// formula, which a customer's name could contain: such a cell gets an apostrophe in front.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    match text.contains(['"', ',', '\r', '\n', '\'']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        for (text, expected) in [
            ("Aurora", "Aurora"),
            ("", ""),
            ("Pixel, Reel", "\"Pixel, Reel\""),
            ("the \"big\" one", "\"the \"\"big\"\" one\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("-1", "\"'-1\""),
            ("+49", "\"'+49\""),
            ("@SUM", "\"'@SUM\""),
            ("\t=1", "\"'\t=1\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
