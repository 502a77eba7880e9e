//! Feature values as text, one per line: `max_voices = 128`. Thus one field is enough to edit them, whatever features
//! the product has, and without script. A text may be quoted, and must be if it would be read as another kind of value.

use licensing::{
    Invalid,
    feature::{Feature, FeatureValue, FeatureValues},
};

use crate::features::{quote, read_text};

/// Formats the values, one per line.
pub fn print(values: &FeatureValues) -> String {
    let line = |(code, value): (&String, &FeatureValue)| match value {
        FeatureValue::Text(text) if literal(text).as_ref() != Ok(value) => format!("{code} = {}", quote(text)),
        _ => format!("{code} = {value}"),
    };
    values.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Parses the lines, each value as its product's feature requires; empty lines are skipped.
///
/// # Errors
/// One message at `features`, which says for each bad line what is expected.
pub fn read(text: &str, features: &[Feature]) -> Result<FeatureValues, Invalid> {
    let of = |code: &str, value: &str| {
        let feature = features.iter().find(|feature| feature.code == code).ok_or_else(|| unknown(code, features))?;
        let value = if value.trim_start().starts_with('"') { literal(value)?.to_string() } else { value.to_owned() };
        feature.kind.read(&value).map_err(|fault| format!("{code} {fault}"))
    };
    lines(text, &of).map_err(|faults| Invalid::one("features", faults))
}

/// Parses the lines without knowing the product; each value's form determines its kind: `on`, `64`, `studio`, `"64"`.
/// Values that [`print`](fn@print) formatted are read back unchanged. See [`fit`].
///
/// # Errors
/// A message that says for each bad line what is expected.
pub fn guess(text: &str) -> Result<FeatureValues, String> {
    lines(text, &|_, value| literal(value))
}

/// Converts values that [`guess`] took for another kind than the product's feature has. Values that cannot be converted
/// stay as they are, for the rules to refuse.
pub fn fit(values: &mut FeatureValues, features: &[Feature]) {
    for (code, value) in values {
        if let Some(feature) = features.iter().find(|feature| feature.code == *code && !feature.kind.takes(value))
            && let Ok(fitting) = feature.kind.read(&value.to_string())
        {
            *value = fitting;
        }
    }
}

fn literal(text: &str) -> Result<FeatureValue, String> {
    let text = text.trim();
    if text.starts_with('"') {
        return match read_text(text, [])? {
            (text, "") => Ok(FeatureValue::Text(text)),
            _ => Err("the value continues after its closing quote: write \\\" for a quote inside the text".to_owned()),
        };
    }
    Ok(match (text, text.parse::<serde_json::Number>()) {
        ("on" | "off", _) => FeatureValue::Boolean(text == "on"),
        (_, Ok(number)) if number.to_string() == text => FeatureValue::Number(number),
        _ => FeatureValue::Text(text.to_owned()),
    })
}

fn lines(text: &str, of: &dyn Fn(&str, &str) -> Result<FeatureValue, String>) -> Result<FeatureValues, String> {
    let mut values = FeatureValues::new();
    let mut faults = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let read = line.split_once('=').ok_or_else(|| "write it like “max_voices = 128”".to_owned());
        match read.and_then(|(code, value)| Ok((code.trim(), of(code.trim(), value)?))) {
            Ok((code, _)) if values.contains_key(code) => {
                faults.push(format!("Line {}: {code} is listed twice.", i + 1))
            }
            Ok((code, value)) => _ = values.insert(code.to_owned(), value),
            Err(fault) => faults.push(format!("Line {}: {fault}.", i + 1)),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults.join(" ")) }
}

fn unknown(code: &str, features: &[Feature]) -> String {
    let known: Vec<_> = features.iter().map(|feature| feature.code.as_str()).collect();
    match known.as_slice() {
        [] => format!("the product has no feature “{code}”; it has none at all"),
        known => format!("the product has no feature “{code}”; it has {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn features() -> Vec<Feature> {
        crate::features::read("surround: boolean\nmax_voices: number = 64\nedition: choice(studio, live)\nlabel: text")
            .unwrap()
    }

    #[test]
    fn what_is_read_is_printed_again() {
        let lines = "edition = live\nlabel = a = b\nmax_voices = 128\nsurround = on";
        assert_eq!(print(&read(lines, &features()).unwrap()), lines);
        assert_eq!(print(&read("\r\n surround=YES \r\n", &features()).unwrap()), "surround = on");
        assert_eq!(read(" \n", &features()).unwrap(), FeatureValues::new());
    }

    #[test]
    fn what_is_printed_is_guessed_again_however_odd_it_is() {
        let texts = ["on", "64", "0.5", "", " a ", "\"", "say \"hi\"", "a \\ b", "x = y", "none", "é"];
        let texts = texts.map(|text| FeatureValue::Text(text.to_owned()));
        let numbers = ["64", "-1", "0.5", "1e300", "64.0"].map(|n| FeatureValue::Number(n.parse().unwrap()));
        let all = texts.into_iter().chain(numbers).chain([true, false].map(FeatureValue::Boolean));
        let values: FeatureValues = all.enumerate().map(|(i, value)| (format!("f-{i}"), value)).collect();
        assert_eq!(guess(&print(&values)), Ok(values));
    }

    #[test]
    fn a_guess_is_put_right_where_the_product_takes_it_otherwise() {
        let mut values = guess("surround = Yes\nmax_voices = 1e2\nlabel = 64\nedition = home").unwrap();
        fit(&mut values, &features());
        assert_eq!(print(&values), "edition = home\nlabel = \"64\"\nmax_voices = 100.0\nsurround = on");
        assert_eq!(read("label = \"64\"", &features()).unwrap()["label"], values["label"]);
    }

    #[test]
    fn every_bad_line_is_named_with_what_would_be_good() {
        let Invalid(wrong) =
            read("surround\nvoices = 3\n\nmax_voices = many\nedition = home\nlabel = a\nlabel = b", &features())
                .unwrap_err();
        let errors: Vec<_> = wrong.iter().map(|it| (it.field.as_str(), it.message.as_str())).collect();
        assert_eq!(
            errors,
            [(
                "features",
                "Line 1: write it like “max_voices = 128”. Line 2: the product has no feature “voices”; it has surround, \
                 max_voices, edition, label. Line 4: max_voices must be a number, such as 64 or 0.5. Line 5: edition must be one of \
                 studio, live. Line 7: label is listed twice."
            )]
        );
    }
}
