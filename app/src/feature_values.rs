//! The feature values that a license sets, as text, a line a feature: `max_voices = 128`. They can be edited in one field,
//! whatever features the product has, and without script.

use licensing::{
    Invalid,
    feature::{Feature, FeatureValue, FeatureValues},
};

/// The lines that say these values.
pub fn print(values: &FeatureValues) -> String {
    values.iter().map(|(code, value)| format!("{code} = {value}")).collect::<Vec<_>>().join("\n")
}

/// Reads the lines, each value as the product's feature of that name takes it; empty lines are skipped.
///
/// # Errors
/// One message at `features` that tells, line by line, what would be good.
pub fn read(text: &str, features: &[Feature]) -> Result<FeatureValues, Invalid> {
    let mut values = FeatureValues::new();
    let mut faults = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line, features) {
            Ok((code, _)) if values.contains_key(&code) => {
                faults.push(format!("Line {}: {code} is there twice.", i + 1))
            }
            Ok((code, value)) => _ = values.insert(code, value),
            Err(fault) => faults.push(format!("Line {}: {fault}.", i + 1)),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(Invalid::one("features", faults.join(" "))) }
}

fn read_line(line: &str, features: &[Feature]) -> Result<(String, FeatureValue), String> {
    let (code, value) = line.split_once('=').ok_or("write it like “max_voices = 128”")?;
    let code = code.trim();
    let feature = features.iter().find(|feature| feature.code == code).ok_or_else(|| unknown(code, features))?;
    let value = feature.kind.read(value).map_err(|fault| format!("{code} {fault}"))?;
    Ok((code.to_owned(), value))
}

fn unknown(code: &str, features: &[Feature]) -> String {
    let known: Vec<_> = features.iter().map(|feature| feature.code.as_str()).collect();
    match known.as_slice() {
        [] => format!("the product has no feature “{code}”, nor any other"),
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
        let said = "edition = live\nlabel = a = b\nmax_voices = 128\nsurround = on";
        assert_eq!(print(&read(said, &features()).unwrap()), said);
        assert_eq!(print(&read("\r\n surround=YES \r\n", &features()).unwrap()), "surround = on");
        assert_eq!(read(" \n", &features()).unwrap(), FeatureValues::new());
    }

    #[test]
    fn every_bad_line_is_named_with_what_would_be_good() {
        let Invalid(wrong) =
            read("surround\nvoices = 3\n\nmax_voices = many\nedition = home\nlabel = a\nlabel = b", &features())
                .unwrap_err();
        let said: Vec<_> = wrong.iter().map(|it| (it.field.as_str(), it.message.as_str())).collect();
        assert_eq!(
            said,
            [(
                "features",
                "Line 1: write it like “max_voices = 128”. Line 2: the product has no feature “voices”; it has surround, \
                 max_voices, edition, label. Line 4: max_voices is a number, such as 64 or 0.5. Line 5: edition is one of \
                 studio, live. Line 7: label is there twice."
            )]
        );
    }
}
