//! Stored form of terms: only the members that differ from the default.

use serde_json::{Map, Value};

use crate::Terms;

/// Default terms of form 1, which stored terms are compared with. A test fails if they change.
fn plain_terms() -> &'static Map<String, Value> {
    static PLAIN: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(|| members(&Terms::default()));
    &PLAIN
}

fn members(terms: &Terms) -> Map<String, Value> {
    match serde_json::to_value(terms) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// Removes the feature values, which no rule reads, and all members equal to those of [`plain_terms`].
pub(super) fn kept_terms(terms: &Terms) -> Map<String, Value> {
    let mut kept = members(terms);
    let plain = plain_terms();
    kept.retain(|name, value| {
        !matches!(name.as_str(), "features" | "grace_features") && plain.get(name) != Some(value)
    });
    if let Some(trial) = kept.get_mut("trial").and_then(Value::as_object_mut) {
        trial.insert("features".to_owned(), Value::Object(Map::new()));
    }
    kept
}

pub(super) fn opened_terms(kept: &Map<String, Value>) -> Terms {
    let mut whole = plain_terms().clone();
    whole.extend(kept.clone());
    serde_json::from_value(Value::Object(whole)).unwrap_or_default()
}
