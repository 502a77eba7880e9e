//! The character U+0000, which no text of a request may contain and PostgreSQL cannot store.

use serde_json::Value;

use crate::Invalid;

/// The fault of a text with U+0000.
pub const HAS_NUL: &str = "must not contain the character U+0000";

/// Refuses a request with U+0000 in one of its strings or names. Errors name the place by a JSON pointer
/// (RFC 6901 §3).
pub fn without_nul(request: Value) -> Result<Value, Invalid> {
    let mut wrong = Invalid::default();
    look(&request, "", &mut wrong);
    wrong.or(request)
}

fn look(value: &Value, at: &str, wrong: &mut Invalid) {
    match value {
        Value::String(text) if text.contains('\0') => wrong.add(at, HAS_NUL),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| look(item, &format!("{at}/{n}"), wrong)),
        Value::Object(members) => {
            for (name, member) in members {
                if name.contains('\0') {
                    wrong.add(at, HAS_NUL);
                } else {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    look(member, &format!("{at}/{name}"), wrong);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_looked_at() {
        let wrong =
            without_nul(json!({ "name": "a\0", "tags": ["x", "\0"], "metadata": { "a/b": { "\0": 1 } }, "n": 0 }));
        let fields: Vec<_> = wrong.unwrap_err().0.into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["/metadata/a~1b", "/name", "/tags/1"]);
        assert!(without_nul(json!({ "name": "u0000 %00 \\u0000", "n": [null, true, 0.5] })).is_ok());
    }
}
