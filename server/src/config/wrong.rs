//! Errors of the settings.

/// All errors of the settings, a sentence each.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", as_lines(.0))]
pub struct Wrong(pub Vec<String>);

fn as_lines(wrong: &[String]) -> String {
    let head = match wrong.len() {
        1 => "a setting is invalid".to_owned(),
        n => format!("{n} settings are invalid"),
    };
    let lines: String = wrong.iter().map(|sentence| format!("\n  - {sentence}")).collect();
    format!("{head}; `latchkey settings` explains each:{lines}")
}
