//! The changes that an event records, as JSON outside the program.

use heck::ToLowerCamelCase as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::terms::{write_overrides, write_terms};

/// Returns the name of a stored member: `holdUntil` for `hold_until`.
pub fn member_name(stored: &str) -> String {
    stored.to_lower_camel_case()
}

/// Writes the values before or after an event. Terms get the form that the management API gives them; other values stay as they
/// are stored.
pub fn write_changes(stored: Value) -> Value {
    let Value::Object(members) = stored else { return stored };
    members.into_iter().map(|(name, value)| (member_name(&name), write_member(&name, value))).collect()
}

fn write_member(name: &str, stored: Value) -> Value {
    let written = match name {
        "terms" => read(&stored).as_ref().map(write_terms),
        "overrides" => read(&stored).as_ref().map(write_overrides),
        _ => None,
    };
    written.map_or(stored, Value::Object)
}

/// Reads a stored value. `None` if an older version stored it in another form.
fn read<T: DeserializeOwned>(stored: &Value) -> Option<T> {
    T::deserialize(stored).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Overrides, Span, Terms, terms::Seats};

    #[test]
    fn names_and_terms_are_those_of_the_management_api() {
        let overrides =
            Overrides { seats: Some(Seats::Limited(3)), grace: Some(Span::days(7)), ..Overrides::default() };
        let stored = json!({
            "code_tail": "7K2M", "overrides": overrides, "metadata": { "sold_by": 1 }, "features": { "max_voices": 64 },
        });
        let written = json!({
            "codeTail": "7K2M", "overrides": { "seats": 3, "grace": "P7D" }, "metadata": { "sold_by": 1 },
            "features": { "max_voices": 64 },
        });
        assert_eq!(write_changes(stored), written);
        let terms = write_changes(json!({ "terms": Terms::default() }));
        assert_eq!(terms["terms"], Value::Object(write_terms(&Terms::default())));
    }

    #[test]
    fn terms_that_cannot_be_read_stay_as_they_are_stored() {
        for stored in [json!({ "terms": { "seats": "many" } }), json!(null), json!([1])] {
            assert_eq!(write_changes(stored.clone()), stored);
        }
    }
}
