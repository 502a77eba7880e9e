//! A product's features as text, one per line, so that one field is enough to edit them without script:
//!
//! ```text
//! surround: boolean = off
//! max_voices: number = 64
//! edition: choice(studio, live) = studio
//! label: text = "Made with Drift"
//! ```
//!
//! The default is optional: if it is missing, it is off, 0, the first choice, or an empty text. Texts and choices may
//! be quoted, and must be if they contain a comma, a parenthesis or a quote; inside quotes, `\"` is a quote and `\\` a
//! backslash.

use licensing::{
    Invalid,
    feature::{self, Feature, FeatureKind, FeatureValue},
};

/// Formats the features, one per line.
pub fn print(features: &[Feature]) -> String {
    features.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(Feature { code, kind, default }: &Feature) -> String {
    let default = match (kind, default) {
        (FeatureKind::Text, FeatureValue::Text(text)) => quote(text),
        (FeatureKind::Choice(_), FeatureValue::Text(text)) => plain_or_quoted(text),
        _ => default.to_string(),
    };
    format!("{code}: {} = {default}", kind_words(kind))
}

/// A kind in this format: `choice(studio, live)`.
pub fn kind_words(kind: &FeatureKind) -> String {
    match kind {
        FeatureKind::Boolean => "boolean".to_owned(),
        FeatureKind::Number => "number".to_owned(),
        FeatureKind::Text => "text".to_owned(),
        FeatureKind::Choice(choices) => {
            let choices: Vec<_> = choices.iter().map(|it| plain_or_quoted(it)).collect();
            format!("choice({})", choices.join(", "))
        }
    }
}

fn plain_or_quoted(text: &str) -> String {
    if text.contains([',', '(', ')', '"']) || text.is_empty() { quote(text) } else { text.to_owned() }
}

pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Parses the lines; empty ones are skipped.
///
/// # Errors
/// One message at `features`, which says for each bad line what is expected.
pub fn read(text: &str) -> Result<Vec<Feature>, Invalid> {
    let mut features = Vec::new();
    let mut faults = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(feature) => features.push(feature),
            Err(fault) => faults.push(format!("Line {}: {fault}.", i + 1)),
        }
    }
    if faults.is_empty()
        && let Err(Invalid(wrong)) = feature::check(&features)
    {
        faults.extend(wrong.into_iter().map(|it| sentence(&it.message)));
    }
    if faults.is_empty() { Ok(features) } else { Err(Invalid::one("features", faults.join(" "))) }
}

fn sentence(message: &str) -> String {
    match message.strip_prefix("are more") {
        Some(rest) => format!("These are more{rest}."),
        None => format!("{}.", message.trim_end_matches('.')),
    }
}

fn read_line(line: &str) -> Result<Feature, String> {
    let (code, rest) = line.split_once(':').ok_or("write it like “max_voices: number = 64”")?;
    let code = code.trim().to_owned();
    let (kind, rest) = read_kind(rest.trim_start())?;
    let default = match rest.trim().strip_prefix('=') {
        Some(default) => {
            read_default(&kind, default.trim()).map_err(|fault| format!("the default of {code} {fault}"))?
        }
        None if rest.trim().is_empty() => usual(&kind),
        None => return Err(format!("after the kind of {code}, write “= ” and the default")),
    };
    Ok(Feature { code, kind, default })
}

fn read_kind(text: &str) -> Result<(FeatureKind, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word.to_ascii_lowercase().as_str() {
        "boolean" => Ok((FeatureKind::Boolean, rest)),
        "number" => Ok((FeatureKind::Number, rest)),
        "text" => Ok((FeatureKind::Text, rest)),
        "choice" => read_choices(rest).map(|(choices, rest)| (FeatureKind::Choice(choices), rest)),
        "" => Err("a kind is missing: boolean, number, text or choice(…)".to_owned()),
        _ => Err(format!("“{word}” is not a kind: use boolean, number, text or choice(…)")),
    }
}

fn read_choices(text: &str) -> Result<(Vec<String>, &str), String> {
    let listed = "list the choices like choice(studio, live)";
    let mut rest = text.trim_start().strip_prefix('(').ok_or(listed)?;
    let mut choices = Vec::new();
    loop {
        let (choice, after) = read_text(rest, [',', ')'])?;
        choices.push(choice);
        let mut after = after.chars();
        match after.next() {
            Some(',') => rest = after.as_str(),
            Some(')') => return Ok((choices, after.as_str())),
            _ => return Err(listed.to_owned()),
        }
    }
}

fn read_default(kind: &FeatureKind, text: &str) -> Result<FeatureValue, String> {
    match kind {
        FeatureKind::Boolean | FeatureKind::Number => kind.read(text),
        FeatureKind::Text | FeatureKind::Choice(_) => match read_text(text, [])? {
            (text, "") => kind.read(&text),
            _ => Err("continues after its closing quote: write \\\" for a quote inside the text".to_owned()),
        },
    }
}

/// Parses a quoted text, or an unquoted one up to a character of `ends`. Returns it with the remaining text.
pub(crate) fn read_text<const N: usize>(text: &str, ends: [char; N]) -> Result<(String, &str), String> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(ends).unwrap_or(text.len());
        let (bare, rest) = text.split_at(end);
        return Ok((bare.trim_end().to_owned(), rest));
    };
    let (mut value, mut rest) = (String::new(), quoted.chars());
    while let Some(c) = rest.next() {
        match c {
            '"' => return Ok((value, rest.as_str().trim_start())),
            '\\' => value.extend(rest.next()),
            _ => value.push(c),
        }
    }
    Err("has a quote that is never closed".to_owned())
}

fn usual(kind: &FeatureKind) -> FeatureValue {
    match kind {
        FeatureKind::Boolean => FeatureValue::Boolean(false),
        FeatureKind::Number => FeatureValue::Number(0.into()),
        FeatureKind::Text => FeatureValue::Text(String::new()),
        FeatureKind::Choice(choices) => FeatureValue::Text(choices.first().cloned().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LINES: &str = "surround: boolean = off\nmax_voices: number = 64\n\
        edition: choice(studio, live) = studio\nlabel: text = \"Made with Drift\"";

    fn fault(text: &str) -> String {
        let Invalid(mut wrong) = read(text).unwrap_err();
        assert_eq!(wrong.len(), 1);
        wrong.remove(0).message
    }

    #[test]
    fn what_is_read_is_printed_again() {
        assert_eq!(print(&read(LINES).unwrap()), LINES);
    }

    #[test]
    fn what_is_printed_is_read_again_however_odd_it_is() {
        let odd = ["a, b", "(c)", "say \"hi\"", "back\\slash", "x = y", "é: ü"].map(str::to_owned);
        let features = [
            Feature {
                code: "edition".to_owned(),
                kind: FeatureKind::Choice(odd.to_vec()),
                default: FeatureValue::Text("say \"hi\"".to_owned()),
            },
            Feature { code: "label".to_owned(), kind: FeatureKind::Text, default: FeatureValue::Text(String::new()) },
            Feature {
                code: "note".to_owned(),
                kind: FeatureKind::Text,
                default: FeatureValue::Text("\"\\\"".to_owned()),
            },
            Feature {
                code: "ratio".to_owned(),
                kind: FeatureKind::Number,
                default: FeatureKind::Number.read("-0.5").unwrap(),
            },
        ];
        assert_eq!(read(&print(&features)).unwrap(), features);
    }

    #[test]
    fn spaces_case_empty_lines_and_defaults_left_out_are_forgiven() {
        let features =
            read("\r\n  surround :Boolean= Yes \r\n\r\nedition: choice( studio ,live )\nvoices:number\nlabel:text")
                .unwrap();
        let lines =
            "surround: boolean = on\nedition: choice(studio, live) = studio\nvoices: number = 0\nlabel: text = \"\"";
        assert_eq!(print(&features), lines);
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn every_bad_line_is_named_with_what_would_be_good() {
        let message = fault(
            "surround\n\nvoices: integer = 3\nedition: choice = a\nlabel: text = \"a\" b\nfast: boolean = maybe\nx: number 3",
        );
        for part in [
            "Line 1: write it like “max_voices: number = 64”.",
            "Line 3: “integer” is not a kind: use boolean, number, text or choice(…).",
            "Line 4: list the choices like choice(studio, live).",
            "Line 5: the default of label continues after its closing quote",
            "Line 6: the default of fast must be on or off.",
            "Line 7: after the kind of x, write “= ” and the default.",
        ] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused_by_the_rules() {
        assert_eq!(fault("a: boolean\na: boolean"), "a appears twice.");
        assert!(fault("two words: boolean").starts_with("“two words”: a feature's code is"));
        assert!(fault("e: choice()").starts_with("e has a choice"));
        assert_eq!(fault("e: choice(a, b) = c"), "Line 1: the default of e must be one of a, b.");
    }
}
