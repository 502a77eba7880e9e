//! Features: typed capabilities of a product, whose values a license may set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Invalid, text};

/// Maximum number of features of a product.
pub const MOST: usize = 100;

/// Feature of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Name in the token: 1–40 letters, digits, `_`, `-` or `.`.
    pub code: String,
    /// Type of its values.
    pub kind: FeatureKind,
    /// Value for licenses that do not set one.
    pub default: FeatureValue,
}

/// Type of a feature's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// On or off.
    Boolean,
    /// Number.
    Number,
    /// Line of at most 200 characters.
    Text,
    /// One of these texts, each a trimmed line of 1 to 200 characters.
    Choice(Vec<String>),
}

/// Value of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeatureValue {
    /// On or off.
    Boolean(bool),
    /// JSON number.
    Number(serde_json::Number),
    /// Text, or one of the choices.
    Text(String),
}

/// Values by feature code, ordered by code.
pub type FeatureValues = BTreeMap<String, FeatureValue>;

impl FeatureKind {
    /// Reads a value of this kind as a user types it: `on`/`off`/`true`/`false`/`yes`/`no`, a number, a text.
    pub fn read(&self, text: &str) -> Result<FeatureValue, String> {
        let text = text.trim();
        match self {
            Self::Boolean => match text.to_ascii_lowercase().as_str() {
                "on" | "true" | "yes" => Ok(FeatureValue::Boolean(true)),
                "off" | "false" | "no" => Ok(FeatureValue::Boolean(false)),
                _ => Err("must be on or off".to_owned()),
            },
            Self::Number => {
                text.parse().map(FeatureValue::Number).map_err(|_| "must be a number, such as 64 or 0.5".to_owned())
            }
            Self::Text => {
                text::line(text, 200).map(|t| FeatureValue::Text(t.unwrap_or_default())).map_err(|e| e.to_string())
            }
            Self::Choice(choices) if choices.iter().any(|c| c == text) => Ok(FeatureValue::Text(text.to_owned())),
            Self::Choice(choices) => Err(format!("must be one of {}", choices.join(", "))),
        }
    }

    /// Returns `true` if the value is of this kind.
    pub fn takes(&self, value: &FeatureValue) -> bool {
        match (self, value) {
            (Self::Boolean, FeatureValue::Boolean(_)) | (Self::Number, FeatureValue::Number(_)) => true,
            (Self::Text, FeatureValue::Text(t)) => t.chars().count() <= 200 && !t.chars().any(char::is_control),
            (Self::Choice(choices), FeatureValue::Text(t)) => choices.contains(t),
            _ => false,
        }
    }
}

impl std::fmt::Display for FeatureValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("on"),
            Self::Boolean(false) => f.write_str("off"),
            Self::Number(n) => n.fmt(f),
            Self::Text(t) => f.write_str(t),
        }
    }
}

/// Checks the features of a product.
///
/// # Errors
/// Returns every fault: an invalid or duplicate code, invalid choices, a default of another kind, more than [`MOST`]
/// features.
pub fn check(features: &[Feature]) -> Result<(), Invalid> {
    let mut wrong = Invalid::default();
    if features.len() > MOST {
        wrong.add("features", format!("must not be more than {MOST}"));
    }
    for (i, feature) in features.iter().enumerate() {
        let code = feature.code.as_str();
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if code.is_empty() || code.len() > 40 || !code.chars().all(good) {
            wrong.add("features", format!("“{code}”: a feature's code is 1 to 40 letters, digits, _, - or ."));
        }
        if features.iter().take(i).any(|earlier| earlier.code == code) {
            wrong.add("features", format!("{code} appears twice"));
        }
        if let FeatureKind::Choice(choices) = &feature.kind
            && let Some(fault) = fault_in(choices)
        {
            wrong.add("features", format!("{code} {fault}"));
        } else if !feature.kind.takes(&feature.default) {
            wrong.add("features", format!("{code}: the default does not fit the type"));
        }
    }
    wrong.or(())
}

fn fault_in(choices: &[String]) -> Option<&'static str> {
    if choices.is_empty() {
        return Some("has no choices");
    }
    if choices.iter().any(|c| text::name(c, 200).as_ref() != Ok(c)) {
        return Some("has a choice that is not a line of 1 to 200 characters, or that has spaces around it");
    }
    choices.iter().enumerate().any(|(i, c)| choices.iter().take(i).any(|d| c == d)).then_some("has a choice twice")
}

/// Checks values against the features of a product.
///
/// # Errors
/// Returns every value whose feature does not exist or has another kind.
pub fn check_values(features: &[Feature], values: &FeatureValues) -> Result<(), Invalid> {
    let mut wrong = Invalid::default();
    for (code, value) in values {
        match features.iter().find(|f| f.code == *code) {
            None => wrong.add("features", format!("the product has no feature {code}")),
            Some(f) if !f.kind.takes(value) => wrong.add("features", format!("{code}: {value} does not fit its type")),
            Some(_) => {}
        }
    }
    wrong.or(())
}

/// Returns the value of every feature: from the last of the `layers` whose value fits the product, otherwise the
/// product's default. The layers are, from the bottom: the policy's values, the license's own, the trial's.
pub fn resolve(features: &[Feature], layers: &[&FeatureValues]) -> FeatureValues {
    let of = |f: &Feature| {
        let set = layers.iter().rev().find_map(|values| values.get(&f.code).filter(|value| f.kind.takes(value)));
        set.unwrap_or(&f.default).clone()
    };
    features.iter().map(|f| (f.code.clone(), of(f))).collect()
}

/// Returns those `values` that fit the product and differ from the `usual` ones.
pub fn differing(features: &[Feature], values: &FeatureValues, usual: &FeatureValues) -> FeatureValues {
    let fits = |code: &str, value| features.iter().any(|f| f.code == code && f.kind.takes(value));
    let differ = values.iter().filter(|(code, value)| usual.get(*code) != Some(*value) && fits(code, value));
    differ.map(|(code, value)| (code.clone(), value.clone())).collect()
}
