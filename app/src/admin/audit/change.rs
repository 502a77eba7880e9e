//! The changes that an event recorded, as text.

use chrono::{DateTime, Utc};
use licensing::{Overrides, feature::Feature, product::ProductVersion};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::words;

/// A value that an act changed, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The value's name.
    pub name: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// Members without meaning for people: the names next to them say the same.
const SILENT: [&str; 5] = ["id", "product_id", "policy_id", "created_at", "updated_at"];

/// The differences, one per member.
pub(crate) fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let (old, new) = (values_of(before), values_of(after));
    let mut names: Vec<&String> = old.iter().chain(&new).map(|(name, _)| name).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    let of = |all: &[(String, String)], name: &String| {
        all.iter().find(|(n, _)| n == name).map(|(_, text_of)| text_of.clone())
    };
    let change = |name: &String| Change { name: name.clone(), before: of(&old, name), after: of(&new, name) };
    names.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

/// Every member with a value, as text.
fn values_of(value: Option<&Value>) -> Vec<(String, String)> {
    let Some(Value::Object(members)) = value else { return Vec::new() };
    members
        .iter()
        .filter(|(name, _)| !SILENT.contains(&name.as_str()))
        .flat_map(|(name, value)| member(name, value))
        .collect()
}

fn member(name: &str, value: &Value) -> Vec<(String, String)> {
    match (name, value) {
        ("terms" | "overrides", value) => {
            let set: Overrides = serde_json::from_value(value.clone()).unwrap_or_default();
            set.words().into_iter().map(|(name, text_of)| (name.to_lowercase(), text_of)).collect()
        }
        ("features", Value::Object(values)) => {
            values.iter().filter_map(|(code, value)| Some((format!("feature {code}"), text_of(value)?))).collect()
        }
        ("features", value) => {
            let features: Vec<Feature> = serde_json::from_value(value.clone()).unwrap_or_default();
            features.into_iter().map(|f| (format!("feature {}", f.code), format!("{} by default", f.default))).collect()
        }
        ("releases", value) => {
            let versions: Vec<ProductVersion> = serde_json::from_value(value.clone()).unwrap_or_default();
            let released = |it: ProductVersion| (format!("version {}", it.version), words::exact(it.released_at));
            versions.into_iter().map(released).collect()
        }
        (name, value) => text_of(value).map(|text_of| (name.replace('_', " "), text_of)).into_iter().collect(),
    }
}

/// A value as text; `None` if it is empty.
fn text_of(value: &Value) -> Option<String> {
    let text_of = match value {
        Value::Null => return None,
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) => words::exact(at),
            Err(_) => text.clone(),
        },
        Value::Array(items) if items.is_empty() => return None,
        Value::Object(members) if members.is_empty() => return None,
        Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    Some(text_of).filter(|text_of| !text_of.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(before: Value, after: Value) -> Vec<String> {
        let text_of = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let line = |change: Change| format!("{}: {} → {}", change.name, text_of(change.before), text_of(change.after));
        changes(Some(&before), Some(&after)).into_iter().map(line).collect()
    }

    #[test]
    fn terms_are_told_as_people_speak_of_them() {
        assert_eq!(
            lines(json!({ "overrides": { "seats": { "limited": 3 } } }), json!({ "overrides": { "grace": 86_400 } })),
            ["seats: 3 devices → -", "offline grace: - → 1 day"]
        );
    }

    #[test]
    fn what_is_the_same_or_says_nothing_is_left_out() {
        assert_eq!(
            lines(
                json!({ "id": 1, "notes": null, "features": { "beta": false }, "metadata": {}, "state": "active" }),
                json!({ "id": 2, "notes": "", "features": { "beta": true }, "state": "active" }),
            ),
            ["feature beta: off → on"]
        );
    }

    #[test]
    fn moments_are_told_exactly() {
        assert_eq!(
            lines(json!({}), json!({ "lease_ends_at": "2026-12-23T07:00:00Z" })),
            ["lease ends at: - → 23 December 2026, 07:00:00 UTC"]
        );
    }

    #[test]
    fn only_the_versions_that_changed_are_told() {
        let version = |version: &str, at: &str| json!({ "version": version, "released_at": at });
        let (old, new) = (version("1.0.0", "2026-01-02T00:00:00Z"), version("1.1.0", "2026-03-04T05:06:07Z"));
        assert_eq!(
            lines(json!({ "releases": [old.clone()] }), json!({ "releases": [old, new] })),
            ["version 1.1.0: - → 4 March 2026, 05:06:07 UTC"]
        );
    }

    #[test]
    fn the_features_of_a_product_are_told_with_their_defaults() {
        let features = json!([{ "code": "max_voices", "kind": "number", "default": 64 }]);
        assert_eq!(
            lines(json!({ "features": [] }), json!({ "features": features })),
            ["feature max_voices: - → 64 by default"]
        );
    }
}
